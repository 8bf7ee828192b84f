// Words that were sent but not answered yet stand as a line near their field: [data-pending-for="<field name>"].

import { text } from "./texts.js";

const AFTER_ANSWER = 1_500;

/** The pending lines of the page. */
export class Pending {
  #outbox;
  /** @type {() => string} */
  #state;
  /** @type {Map<string, any>} answered, but perhaps not in the page yet */
  #answered = new Map();

  /**
   * @param {any} outbox
   * @param {() => string} state the sentence that tells how things stand
   */
  constructor(outbox, state) {
    this.#outbox = outbox;
    this.#state = state;
  }

  /**
   * Draw the lines anew, in every place that asks for them.
   * @returns {void}
   */
  show() {
    const entries = [...this.#answered.values(), ...this.#outbox.entries].filter((entry) => entry.field && entry.text);
    for (const spot of document.querySelectorAll("[data-pending-for]")) {
      const name = spot.getAttribute("data-pending-for");
      const wanted = entries.filter((entry) => entry.field === name);
      const ops = new Set(wanted.map((entry) => entry.op));
      for (const line of spot.querySelectorAll("[data-op]")) if (!ops.has(line.getAttribute("data-op") ?? "")) line.remove();
      for (const entry of wanted) this.#line(spot, entry);
    }
  }

  /**
   * It is saved. Its line stays until the page has shown it, so that nothing seems to vanish.
   * @param {any} entry
   * @returns {void}
   */
  answered(entry) {
    if (!entry.field || !entry.text) return;
    this.#answered.set(entry.op, entry);
    setTimeout(() => this.#done(entry.op), AFTER_ANSWER);
    this.show();
  }

  /**
   * The page has been brought up to date: what was answered stands in it now.
   * @returns {void}
   */
  caughtUp() {
    if (!this.#answered.size) return;
    this.#answered.clear();
    this.show();
  }

  /** @param {string} op */
  #done(op) {
    if (this.#answered.delete(op)) this.show();
  }

  /**
   * @param {Element} spot
   * @param {any} entry
   */
  #line(spot, entry) {
    const state = this.#answered.has(entry.op) ? text("line_saved") : this.#state();
    let line = spot.querySelector(`[data-op="${CSS.escape(entry.op)}"]`);
    if (!line) {
      line = document.createElement(spot.matches("ul, ol") ? "li" : "div");
      line.className = "idea is-wait";
      line.setAttribute("data-op", entry.op);
      const words = document.createElement("p");
      words.className = "idea-text";
      words.textContent = entry.text;
      const told = document.createElement("p");
      told.className = "state";
      line.append(words, told);
      spot.append(line);
    }
    const told = line.querySelector(".state");
    if (told && told.textContent !== state) told.textContent = state;
  }
}
