// Sentences that only say what has happened. They go when the next thing happens, but never before they could be read
// out; what asks something of the person isn't one of them, and stays until it is closed.

const HEARD = 10_000;

/** Sentences on their way out. */
export class Passing {
  /** @type {Map<Element, number>} each with the time since when it stands there */
  #since = new Map();

  /**
   * @param {Element} line
   * @param {number} [most] after so many milliseconds it goes by itself
   * @returns {void}
   */
  add(line, most = 0) {
    this.#since.set(line, performance.now());
    if (most) setTimeout(() => this.#leave(line), most);
  }

  /**
   * Something else has happened: what was said before is past.
   * @returns {void}
   */
  happened() {
    for (const [line, since] of this.#since) {
      setTimeout(() => this.#leave(line), Math.max(0, since + HEARD - performance.now()));
    }
  }

  /** @param {Element} line */
  #leave(line) {
    if (line.isConnected && line.matches(":hover, :focus-within")) {
      setTimeout(() => this.#leave(line), 2_000);
      return;
    }
    this.#since.delete(line);
    const place = line.parentElement;
    line.remove();
    if (place?.id === "notice") place.hidden = !place.childElementCount;
  }
}
