// A pocket's file: sections with checksums, as geo/pocket/files.py writes them.

import { PocketError } from "./errors.js";

const MAGIC = "YZPOCKET";
export const FORMAT = 1;
const HEAD = 20;
const ROW = 24;
const MOST_SECTIONS = 64;

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});

function crc32(bytes) {
  let value = 0xffffffff;
  for (let i = 0; i < bytes.length; i += 1) value = TABLE[(value ^ bytes[i]) & 0xff] ^ (value >>> 8);
  return (value ^ 0xffffffff) >>> 0;
}

const ascii = (bytes) => String.fromCharCode(...bytes);
const damaged = (what) => new PocketError("damaged", `the pocket is cut off or damaged (${what})`);

/**
 * Take a file apart.
 * @param {ArrayBuffer} buffer
 * @returns {Promise<Map<string, Uint8Array>>} the sections, unpacked, by name
 */
export async function unpack(buffer) {
  const bytes = new Uint8Array(buffer);
  if (bytes.length < HEAD || ascii(bytes.subarray(0, 8)) !== MAGIC) throw new PocketError("damaged", "no pocket: its first bytes are others");
  const view = new DataView(buffer);
  const format = view.getUint32(8, true);
  if (format !== FORMAT) throw new PocketError("damaged", `a pocket of format ${format}, not ${FORMAT}`);
  const count = view.getUint32(12, true);
  let end = HEAD + ROW * count;
  if (count > MOST_SECTIONS || bytes.length < end || crc32(bytes.subarray(HEAD, end)) !== view.getUint32(16, true)) throw damaged("its table");
  const packed = [];
  for (let at = HEAD; at < HEAD + ROW * count; at += ROW) {
    const name = ascii(bytes.subarray(at, at + 8)).trimEnd();
    const [begin, stored, size, checksum] = [8, 12, 16, 20].map((field) => view.getUint32(at + field, true));
    const body = bytes.subarray(begin, begin + stored);
    if (begin !== end || body.length < stored || crc32(body) !== checksum) throw damaged(name);
    packed.push([name, body, size]);
    end = begin + stored;
  }
  if (end !== bytes.length) throw damaged("its end");
  return new Map(await Promise.all(packed.map(async ([name, body, size]) => [name, await inflated(name, body, size)])));
}

async function inflated(name, body, size) {
  let unpacked;
  try {
    unpacked = await new Response(new Blob([body]).stream().pipeThrough(new DecompressionStream("gzip"))).arrayBuffer();
  } catch {
    throw damaged(name);
  }
  if (unpacked.byteLength !== size) throw damaged(name);
  return new Uint8Array(unpacked);
}

/** Reads whole numbers, one after the other: seven bits to a byte, the lowest first. */
export class Varints {
  #bytes;
  #at = 0;

  constructor(bytes) {
    this.#bytes = bytes;
  }

  next() {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = this.#bytes[this.#at];
      if (byte === undefined) throw damaged("numbers");
      this.#at += 1;
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
  }

  /** A number of either sign, folded by zigzag. */
  signed() {
    const value = this.next();
    return value % 2 ? -(value + 1) / 2 : value / 2;
  }
}

/** Values of a section of JSON. */
export function json(sections, name) {
  return JSON.parse(new TextDecoder().decode(section(sections, name)));
}

/** A section, which must be there. */
export function section(sections, name) {
  const body = sections.get(name);
  if (!body) throw damaged(`${name} is missing`);
  return body;
}
