// Tells a screen reader what others did: one message at most every five seconds, and none if the person says so.

import { text } from "./texts.js";

const APART = 5_000;
const GATHER = 300;
const AT_MOST = 3;

/** Feeds the polite region #announce. */
export class Announcer {
  #region;
  #store;
  /** @type {string[]} */
  #queue = [];
  #last = -Infinity;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /**
   * @param {HTMLElement} region
   * @param {any} store a Store
   */
  constructor(region, store) {
    this.#region = region;
    this.#store = store;
    const choice = document.querySelector("input[type=checkbox][data-announce]");
    if (choice instanceof HTMLInputElement) {
      choice.checked = this.#wanted;
      choice.addEventListener("change", () => store.set("announce", choice.checked ? "on" : "off"));
    }
  }

  get #wanted() {
    return this.#store.get("announce") !== "off";
  }

  /**
   * @param {string[]} sentences
   * @returns {void}
   */
  say(sentences) {
    if (!this.#wanted || document.visibilityState === "hidden") return;
    for (const sentence of sentences) {
      this.#queue = this.#queue.filter((one) => one !== sentence);
      this.#queue.push(sentence);
    }
    if (!this.#queue.length || this.#timer) return;
    const wait = Math.max(GATHER, this.#last + APART - performance.now());
    this.#timer = setTimeout(() => this.#speak(), wait);
  }

  #speak() {
    this.#timer = undefined;
    this.#last = performance.now();
    const rest = this.#queue.length - AT_MOST;
    const said = this.#queue.slice(-AT_MOST);
    this.#queue = [];
    if (rest > 0) said.push(text("and_more", { n: rest }));
    this.#region.textContent = said.join(" ");
  }
}
