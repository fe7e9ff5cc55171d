// Which parts of a canvas have to be drawn anew: squares of a few pixels.

/** Side of a square in pixels of the canvas. */
export const CELL_PX = 32;

/** The squares of a canvas. Boxes are given in squares: left, top, right, bottom, all inclusive. */
export class Cells {
  #columns;
  #rows;
  #marked;

  constructor(width, height) {
    this.#columns = Math.ceil(width / CELL_PX);
    this.#rows = Math.ceil(height / CELL_PX);
    this.#marked = new Uint8Array(this.#columns * this.#rows);
  }

  /** The box of squares that a box of pixels touches, written to `boxes` at `at`. */
  box(boxes, at, west, north, east, south) {
    boxes[at] = clamped(west, this.#columns);
    boxes[at + 1] = clamped(north, this.#rows);
    boxes[at + 2] = clamped(east, this.#columns);
    boxes[at + 3] = clamped(south, this.#rows);
  }

  mark(boxes, at) {
    for (let row = boxes[at + 1]; row <= boxes[at + 3]; row += 1) this.#marked.fill(1, row * this.#columns + boxes[at], row * this.#columns + boxes[at + 2] + 1);
  }

  touches(boxes, at) {
    for (let row = boxes[at + 1]; row <= boxes[at + 3]; row += 1) {
      for (let column = boxes[at]; column <= boxes[at + 2]; column += 1) if (this.#marked[row * this.#columns + column]) return true;
    }
    return false;
  }

  /** How much of the canvas is marked, 0 to 1. */
  share() {
    return this.#marked.reduce((sum, one) => sum + one, 0) / Math.max(this.#marked.length, 1);
  }

  /** Call for each row of marked squares side by side, in pixels. */
  each(act) {
    for (let row = 0; row < this.#rows; row += 1) {
      for (let column = 0; column < this.#columns; column += 1) {
        if (!this.#marked[row * this.#columns + column]) continue;
        const from = column;
        while (column < this.#columns && this.#marked[row * this.#columns + column]) column += 1;
        act(from * CELL_PX, row * CELL_PX, (column - from) * CELL_PX, CELL_PX);
      }
    }
  }
}

function clamped(pixel, count) {
  return Math.max(0, Math.min(count - 1, Math.floor(pixel / CELL_PX)));
}
