// The plain truth about this person's work, in words: saved, waiting, offline, blocked, over.

import { text } from "./texts.js";

const CALM = 400;
const LOST_FOR = 2_000;

/**
 * @typedef {object} Situation
 * @property {string} connection socket, poll, down, connecting or ended
 * @property {string} reason why it ended
 * @property {boolean} blocked
 * @property {number} waiting how many changes have no answer
 * @property {boolean} kept whether those outlive the page
 */

/** Writes into #saved. */
export class Saved {
  #place = document.getElementById("saved");
  #words = this.#place?.querySelector("[data-saved-text]") ?? this.#place;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  #waitingSince = 0;
  #downSince = 0;

  /**
   * @param {Situation} now
   * @returns {void}
   */
  tell(now) {
    clearTimeout(this.#timer);
    const time = performance.now();
    this.#waitingSince = now.waiting ? this.#waitingSince || time : 0;
    const down = now.connection === "down" || now.connection === "connecting";
    this.#downSince = down ? this.#downSince || time : 0;
    const lost = down && (time - this.#downSince > LOST_FOR || navigator.onLine === false);
    const calm = !lost && now.waiting > 0 && time - this.#waitingSince < CALM;
    // A dot that is saved within a blink needs no "Saving…"; a line that is back at once was never lost.
    if (calm || (down && !lost)) this.#timer = setTimeout(() => this.tell(now), calm ? CALM : LOST_FOR);
    if (calm) return;
    const [state, words] = describe(now, lost);
    if (!(down && !lost && !now.waiting)) this.#write(state, words);
  }

  /**
   * @param {string} state
   * @param {string} words
   */
  #write(state, words) {
    if (!this.#place || !this.#words) return;
    if (this.#place.dataset.state !== state) this.#place.dataset.state = state;
    if (this.#words.textContent !== words) this.#words.textContent = words;
  }
}

/**
 * How things stand, in one word and one or two sentences.
 * @param {Situation} now
 * @param {boolean} lost nothing answers
 * @returns {[string, string]}
 */
function describe(now, lost) {
  const { waiting, kept } = now;
  const rest = waiting ? ` ${text(kept ? "kept" : "not_kept", { n: waiting })}` : "";
  if (now.connection === "ended" && now.reason !== "done") return ["blocked", text(now.reason || "removed") + rest];
  if (lost) return ["offline", text("offline") + rest];
  if (waiting) return ["waiting", kept ? text("saving") : `${text("saving")} ${text("keep_open")}`];
  if (now.connection === "ended") return ["saved", text("done")];
  if (now.blocked) return ["blocked", text("blocked")];
  return ["saved", text("saved")];
}
