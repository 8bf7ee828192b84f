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
  /** counts what came and what was asked for, so that each can be said to be before or after the other */
  #tick = 0;
  /** the tick at which the newest fetch that brought us up to date was asked for: what came before it is stale */
  #fetched = 0;

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
   * What came together is queued together, so that nothing from elsewhere that is newer gets in between.
   * @param {any[]} messages
   * @param {() => boolean} [goesOn] whether the way they came is still the one that counts
   * @returns {Promise<void>} done when they have been applied
   */
  receive(messages, goesOn = () => true) {
    const came = (this.#tick += 1);
    for (const message of messages) this.#then(() => goesOn() ? this.#handle(message, came, goesOn) : undefined);
    return this.#chain;
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

  /**
   * @param {any} message
   * @param {number} came its tick
   * @param {() => boolean} [goesOn]
   */
  async #handle(message, came, goesOn = () => true) {
    const isStale = () => came < this.#fetched || !goesOn();
    if (typeof message.time === "number") this.#apply.time(message.time);
    if (message.hello) this.#hello(message);
    else if ("notice" in message) this.#apply.notice(message.notice);
    else if (isStale()) return;
    else if (message.full) await this.#whole(message);
    else if ("from" in message) await this.#frame(message);
    else if ("own" in message) {
      await this.#fulfilled();
      if (!isStale()) this.#apply.own(message);
    } else if ("now" in message) this.#apply.now(message.now);
    else if ("reset" in message) await this.#reset(message.reset, isStale);
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

  /**
   * @param {number} seq
   * @param {() => boolean} isStale
   */
  async #reset(seq, isStale) {
    // A hello with another epoch has led to the same already.
    const isFresh = performance.now() - this.#lastSnapshot < FRESH && this.seq >= seq;
    if (isFresh) return;
    await pause(Math.random() * RESET_JITTER);
    if (!isStale()) await this.#snapshot();
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
    const asked = (this.#tick += 1);
    const { status, body } = await this.#http.frames(this.seq, this.epoch);
    if (status !== 200 || !body) return;
    for (const message of body.messages ?? []) {
      if ("from" in message && message.from > this.seq) return this.#snapshot();
      if (!("from" in message)) await this.#handle(message, asked);
      else if (message.seq > this.seq) {
        await this.#apply.frame(message);
        this.seq = message.seq;
      }
      if ("reset" in message) return;
    }
    this.#fetched = Math.max(this.#fetched, asked);
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
        const asked = (this.#tick += 1);
        const { status, body } = await this.#http.snapshot();
        if (status === 200 && body?.full) {
          await this.#whole(body);
          this.#fetched = asked;
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
