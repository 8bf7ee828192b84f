// One WebSocket, from its handshake to its end. Knows nothing of what comes after it.

import { inhale } from "./breath.js";

const HELLO_WITHIN = 5_000;
const ANSWER_WITHIN = 10_000;

/** One try at a live connection. */
export class Line {
  #socket;
  #handlers;
  #helloTimer;
  /** @type {Map<string, (answer: any) => void>} */
  #waiting = new Map();
  #over = false;
  helloAt = 0;
  heardAt = performance.now();

  /**
   * @param {string} url
   * @param {{message: (message: any) => void, late: (answer: any) => void, over: (code: number) => void}} handlers
   */
  constructor(url, handlers) {
    this.#handlers = handlers;
    this.#socket = new WebSocket(url);
    this.#helloTimer = setTimeout(() => this.drop(), HELLO_WITHIN);
    this.#socket.addEventListener("message", (event) => this.#hear(event));
    this.#socket.addEventListener("close", (event) => this.#end(event.code));
  }

  /** @returns {boolean} whether the server has said hello */
  get ready() {
    return this.helloAt > 0 && !this.#over;
  }

  /** @returns {number} ms since anything was heard */
  get silence() {
    return performance.now() - this.heardAt;
  }

  /**
   * @param {any} payload with op
   * @returns {Promise<any>} the answer; null when none came in time or the line broke
   */
  deliver(payload) {
    return new Promise((resolve) => {
      const timer = setTimeout(() => done(null), ANSWER_WITHIN);
      /** @param {any} answer */
      const done = (answer) => {
        clearTimeout(timer);
        this.#waiting.delete(payload.op);
        resolve(answer);
      };
      this.#waiting.set(payload.op, done);
      try {
        this.#socket.send(JSON.stringify(payload));
      } catch {
        done(null);
      }
    });
  }

  /**
   * Give it up now, without waiting for the network to agree.
   * @param {number} [code] what to report
   * @returns {void}
   */
  drop(code = 1006) {
    try {
      this.#socket.close(1000);
    } catch {
      // it was not open yet
    }
    this.#end(code);
  }

  /** @param {MessageEvent} event */
  #hear(event) {
    if (this.#over) return;
    inhale();
    this.heardAt = performance.now();
    let message;
    try {
      message = JSON.parse(event.data);
    } catch {
      return;
    }
    if (!message || typeof message !== "object") return;
    if (message.hello) {
      clearTimeout(this.#helloTimer);
      this.helloAt = performance.now();
    }
    if ("ack" in message || "refused" in message || "retry" in message) this.#answer(message);
    else this.#handlers.message(message);
  }

  /** @param {any} answer */
  #answer(answer) {
    // `refused: null`: what was sent was no command. One is under way at a time, so it is that one.
    const op = answer.ack ?? answer.refused ?? answer.retry ?? this.#waiting.keys().next().value;
    const done = this.#waiting.get(op);
    if (done) done(answer);
    else this.#handlers.late(answer);
  }

  /** @param {number} code */
  #end(code) {
    if (this.#over) return;
    this.#over = true;
    clearTimeout(this.#helloTimer);
    this.#waiting.forEach((done) => done(null));
    this.#handlers.over(code);
  }
}
