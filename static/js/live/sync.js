// Holds the one number `seq` and keeps the rules of docs/protocol.md: what to ignore, what to apply, when to fetch.

import { fullJitter, pause } from "./wait.js";

const CATCH_UP = 400;
const RESET_JITTER = 2_000;
const FRESH = 5_000;

/** Applies messages in the order in which they came. */
export class Sync {
  seq;
  epoch;
  #http;
  #apply;
  #chain = Promise.resolve();
  #stopped = false;
  #lastSnapshot = -Infinity;

  /**
   * @param {object} start
   * @param {number} start.seq
   * @param {string} start.epoch
   * @param {any} start.http an Http
   * @param {{frame: (frame: any) => void, own: (message: any) => void, now: (now: any) => void,
   *   snapshot: (snapshot: any) => void, hello: (hello: any) => void, time: (ms: number) => void,
   *   notice: (name: string) => void, busy: (busy: boolean) => void}} start.apply
   */
  constructor({ seq, epoch, http, apply }) {
    this.seq = seq;
    this.epoch = epoch;
    this.#http = http;
    this.#apply = apply;
  }

  /**
   * @param {any} message
   * @returns {Promise<void>} done when it has been applied
   */
  receive(message) {
    return this.#then(() => this.#handle(message));
  }

  /**
   * Something doesn't fit (an element is missing, a move was taken back): fetch everything, not more than twice a minute.
   * @returns {void}
   */
  repair() {
    this.#then(async () => {
      if (performance.now() - this.#lastSnapshot > 30_000) await this.#snapshot();
    });
  }

  /**
   * Ask whether anything was missed, for instance after the device slept.
   * @returns {void}
   */
  look() {
    this.#then(() => this.#missing(0));
  }

  /**
   * @returns {void}
   */
  stop() {
    this.#stopped = true;
  }

  /** @param {() => Promise<void> | void} step */
  #then(step) {
    this.#chain = this.#chain.then(step).catch((error) => console.error(error));
    return this.#chain;
  }

  /** @param {any} message */
  async #handle(message) {
    if (typeof message.time === "number") this.#apply.time(message.time);
    if (message.hello) await this.#hello(message);
    else if ("from" in message) await this.#frame(message);
    else if ("own" in message) this.#apply.own(message);
    else if ("now" in message) this.#apply.now(message.now);
    else if ("reset" in message) {
      await this.#reset(message.reset);
    } else if ("notice" in message) this.#apply.notice(message.notice);
    else if (typeof message.seq === "number" && message.seq > this.seq) await this.#missing(message.seq);
  }

  /** @param {any} message */
  async #hello(message) {
    const { hello, seq } = message;
    if (typeof hello.time === "number") this.#apply.time(hello.time);
    this.#apply.hello(hello);
    if (hello.epoch !== this.epoch) await this.#snapshot();
    // The server may be sending what was missed right behind its hello: give that a moment before asking.
    else if (seq > this.seq) setTimeout(() => this.#then(() => this.#missing(seq)), CATCH_UP);
  }

  /** @param {number} seq */
  async #reset(seq) {
    // A hello with another epoch has led to the same already.
    const isFresh = performance.now() - this.#lastSnapshot < FRESH && this.seq >= seq;
    if (isFresh) return;
    await pause(Math.random() * RESET_JITTER);
    await this.#snapshot();
  }

  /** @param {any} frame */
  async #frame(frame) {
    if (frame.seq <= this.seq) return;
    if (frame.from > this.seq) await this.#missing(frame.seq);
    if (frame.seq <= this.seq) return;
    if (frame.from > this.seq) await this.#snapshot();
    if (frame.seq <= this.seq || frame.from > this.seq) return;
    this.#apply.frame(frame);
    this.seq = frame.seq;
  }

  /**
   * Fetch what came after ours.
   * @param {number} wanted the number the server is known to have, 0 if not known
   */
  async #missing(wanted) {
    if (wanted && wanted <= this.seq) return;
    const { status, body } = await this.#http.frames(this.seq, this.epoch);
    if (status !== 200 || !body) return;
    for (const message of body.messages ?? []) {
      if (!("from" in message)) await this.#handle(message);
      else if (message.from > this.seq) await this.#snapshot();
      else if (message.seq > this.seq) {
        this.#apply.frame(message);
        this.seq = message.seq;
      }
    }
  }

  /** Replace everything. Tried until it works: without it nothing that follows makes sense. */
  async #snapshot() {
    this.#apply.busy(true);
    try {
      for (let tries = 0; !this.#stopped && tries < 8; tries += 1) {
        const { status, body } = await this.#http.snapshot();
        if (status === 200 && body?.full) {
          this.#lastSnapshot = performance.now();
          this.seq = body.seq;
          this.epoch = body.epoch;
          this.#apply.snapshot(body);
          return;
        }
        if (status === 403 || status === 404) return;
        await pause(500 + fullJitter(tries));
      }
    } finally {
      this.#apply.busy(false);
    }
  }
}
