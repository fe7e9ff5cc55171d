// What a pocket says when it cannot do what it is asked.

/** `code` is one of the API's codes, or `outside`, `mode` or `damaged`. */
export class PocketError extends Error {
  constructor(code, message = code, parameter = null) {
    super(message);
    this.name = "PocketError";
    this.code = code;
    this.parameter = parameter;
  }
}
