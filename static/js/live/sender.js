// Sends the outbox, strictly one after another: order is kept even when the server answers `retry` to one of them.

import { pause } from "./wait.js";

/** Takes the outbox's head to the server until it is answered. */
export class Sender {
  #outbox;
  #deliver;
  #ready;
  #acked;
  #refused;
  #busy = false;
  #stopped = false;
  /** @type {any} the entry sent last */
  #out = null;

  /**
   * @param {object} parts
   * @param {any} parts.outbox
   * @param {(payload: object) => Promise<any>} parts.deliver resolves with the answer, or null if none came
   * @param {() => boolean} parts.ready
   * @param {(entry: any, answer: any) => void} parts.acked
   * @param {(entry: any, answer: any) => void} parts.refused
   */
  constructor({ outbox, deliver, ready, acked, refused }) {
    this.#outbox = outbox;
    this.#deliver = deliver;
    this.#ready = ready;
    this.#acked = acked;
    this.#refused = refused;
  }

  /**
   * Send what waits. Call it whenever something was added or a connection came.
   * @returns {Promise<void>}
   */
  async pump() {
    if (this.#busy) return;
    this.#busy = true;
    try {
      while (this.#outbox.head && this.#ready() && !this.#stopped) {
        const entry = this.#outbox.head;
        this.#out = entry;
        const answer = await this.#deliver({ op: entry.op, ...entry.command });
        if (answer) await this.#settle(entry, answer);
        else await pause(300);
      }
    } finally {
      this.#busy = false;
    }
  }

  /**
   * An answer nobody waits for any more (it came after its time, or by the other way).
   * @param {any} answer
   * @returns {void}
   */
  late(answer) {
    const op = answer.ack ?? answer.refused;
    const entry = op && this.#outbox.entries.find((/** @type {any} */ one) => one.op === op);
    if (entry) this.#final(entry, answer);
  }

  /**
   * Give up what is on its way: the server can't take it at all (too large, not understood).
   * @param {string} message the sentence to show
   * @returns {void}
   */
  reject(message) {
    const entry = this.#out;
    if (entry && this.#outbox.entries.includes(entry)) this.#final(entry, { refused: entry.op, code: "not_taken", message });
  }

  /**
   * The person is no longer in the room: send nothing more.
   * @returns {void}
   */
  stop() {
    this.#stopped = true;
  }

  /**
   * @param {any} entry
   * @param {any} answer
   */
  async #settle(entry, answer) {
    if ("retry" in answer) {
      const seconds = Math.min(60, Math.max(0.5, Number(answer.after) || 2));
      await pause(seconds * 1000 * (1 + Math.random() / 2));
    } else {
      this.#final(entry, answer);
    }
  }

  /**
   * @param {any} entry
   * @param {any} answer
   */
  #final(entry, answer) {
    if (!this.#outbox.settle(entry.op)) return;
    if ("ack" in answer) this.#acked(entry, answer);
    else this.#refused(entry, answer);
  }
}
