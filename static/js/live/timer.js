// Time left, by the server's clock: a device whose clock is an hour off shows the same as all others.

import { text } from "./texts.js";

const SAMPLES = 8;

/** Shows every <time data-until="ms"> and <time data-left="ms"> of the page. */
export class Timers {
  /** @type {number[]} */
  #offsets = [];
  #started = false;
  #isOver = false;

  /**
   * The server said what time it is. A message is always a little late, so the largest of the last few is the truest.
   * @param {number} time ms since 1970
   * @returns {void}
   */
  sync(time) {
    if (!Number.isFinite(time) || time <= 0) return;
    const offset = time - Date.now();
    const jumped = this.#offsets.length > 0 && Math.abs(offset - this.#offset()) > 5_000;
    this.#offsets = jumped ? [offset] : [...this.#offsets, offset].slice(-SAMPLES);
  }

  /** @returns {number} ms since 1970 by the server's clock */
  now() {
    return Date.now() + this.#offset();
  }

  /**
   * @returns {void}
   */
  start() {
    if (this.#started) return;
    this.#started = true;
    this.show(document);
    setInterval(() => this.show(document), 250);
  }

  /**
   * @param {Document | Element} scope
   * @returns {void}
   */
  show(scope) {
    let isOver = scope !== document && this.#isOver;
    // A collection by name is kept by the browser; a search four times a second through a large board is felt.
    for (const element of scope.getElementsByTagName("time")) {
      if (!element.hasAttribute("data-until") && !element.hasAttribute("data-left")) continue;
      const until = element.getAttribute("data-until");
      const left = until ? Number(until) - this.now() : Number(element.getAttribute("data-left"));
      if (!Number.isFinite(left)) continue;
      const over = Boolean(until) && left <= 0;
      isOver ||= over;
      write(element, over ? text("time_up") : clock(left));
      const state = over ? "over" : until ? (left <= 60_000 ? "soon" : "running") : "paused";
      if (element.getAttribute("data-state") === state) continue;
      element.setAttribute("data-state", state);
      element.closest(".clock")?.classList.toggle("is-over", over);
    }
    if (isOver !== this.#isOver || scope !== document) this.#ask(isOver);
    this.#isOver = isOver;
  }

  /**
   * What stands in the page for when time is up: "Are you ready?"
   * @param {boolean} isOver
   */
  #ask(isOver) {
    for (const element of document.querySelectorAll("[data-when-over]")) element.toggleAttribute("hidden", !isOver);
  }

  #offset() {
    return this.#offsets.length ? Math.max(...this.#offsets) : 0;
  }
}

/**
 * @param {Element} element
 * @param {string} words
 */
function write(element, words) {
  if (element.textContent !== words) element.textContent = words;
}

/**
 * @param {number} ms
 * @returns {string} m:ss, or h:mm:ss
 */
function clock(ms) {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  const parts = [Math.floor(seconds / 60) % 60, seconds % 60].map((part) => String(part).padStart(2, "0"));
  const hours = Math.floor(seconds / 3600);
  return hours ? `${hours}:${parts.join(":")}` : `${Number(parts[0])}:${parts[1]}`;
}
