// Holds the one number `seq` and keeps the rules of docs/protocol.md: what to ignore, what to apply, when to fetch.

import { breathe, late } from "./breath.js";
import { fullJitter, pause } from "./wait.js";

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
  /** @type {{epoch: string, seq: number} | null} what the last hello said there is */
  #promised = null;

  /**
   * @param {object} start
   * @param {number} start.seq
   * @param {string} start.epoch
   * @param {any} start.http an Http
   * @param {{frame: (frame: any) => Promise<void>, own: (message: any) => void, now: (now: any) => void,
   *   whole: (view: any) => Promise<void>, hello: (hello: any) => void, time: (ms: number) => void,
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
    this.#chain = this.#chain.then(step).catch((error) => console.error(error)).then(() => late() ? breathe() : undefined);
    return this.#chain;
  }

  /** @param {any} message */
  async #handle(message) {
    if (typeof message.time === "number") this.#apply.time(message.time);
    if (message.hello) this.#hello(message);
    else if (message.full) await this.#whole(message);
    else if ("from" in message) await this.#frame(message);
    else if ("own" in message) {
      await this.#fulfilled();
      this.#apply.own(message);
    } else if ("now" in message) this.#apply.now(message.now);
    else if ("reset" in message) {
      await this.#reset(message.reset);
    } else if ("notice" in message) this.#apply.notice(message.notice);
    else if (typeof message.seq === "number" && message.seq > this.seq) await this.#missing(message.seq);
  }

  /** @param {any} message */
  #hello(message) {
    const { hello, seq } = message;
    if (typeof hello.time === "number") this.#apply.time(hello.time);
    this.#apply.hello(hello);
    this.#promised = { epoch: hello.epoch, seq };
  }

  /** What a hello promised comes before this person's own values, however slow the line is: is it there? */
  async #fulfilled() {
    const { epoch, seq } = this.#promised ?? this;
    this.#promised = null;
    if (epoch !== this.epoch) await this.#snapshot();
    else await this.#missing(seq);
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
    await this.#apply.frame(frame);
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
        await this.#apply.frame(message);
        this.seq = message.seq;
      }
    }
  }

  /**
   * Everything, as it is now: whatever was before, this holds.
   * @param {any} view
   */
  async #whole(view) {
    this.#apply.busy(true);
    try {
      this.#lastSnapshot = performance.now();
      if (typeof view.time === "number") this.#apply.time(view.time);
      await this.#apply.whole(view);
      this.seq = view.seq;
      this.epoch = view.epoch;
    } finally {
      this.#apply.busy(false);
    }
  }

  /** Fetch everything. Tried until it works: without it nothing that follows makes sense. */
  async #snapshot() {
    this.#apply.busy(true);
    try {
      for (let tries = 0; !this.#stopped && tries < 8; tries += 1) {
        const { status, body } = await this.#http.snapshot();
        if (status === 200 && body?.full) {
          await this.#whole(body);
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
