// The ladder: a WebSocket; where that is blocked or keeps being cut, long polling and POST, trying the socket again
// every minute; where nothing answers, waiting with full jitter. Says which of these is true.

import { NOT_YOURS, poll } from "./poll.js";
import { Line } from "./socket.js";
import { fullJitter, pause } from "./wait.js";

const SILENT = 35_000;
const SUSPECT = 20_000;
const TRY_AGAIN = 60_000;
const SHORT_LIFE = 65_000;
const CUTS = 3;
const CUTS_WITHIN = 5 * 60_000;
/** Our own close codes and how long to stay away, as the first number given to fullJitter. */
const COME_BACK = new Map([[4400, 1], [4408, 1], [4413, 1], [4429, 4], [4012, 2]]);

/** One room's connection, whatever carries it. */
export class Transport {
  /** @type {"connecting" | "socket" | "poll" | "down" | "ended"} */
  state = "connecting";
  /** @type {"" | "removed" | "away" | "done"} why it ended */
  reason = "";
  /** whether HTTP works here and sockets don't */
  blocked = false;
  #parts;
  /** @type {Line | null} */
  #line = null;
  #suspicion = 0;
  #tries = 0;
  #httpFails = 0;
  /** @type {number[]} */
  #cuts = [];
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  /** @type {AbortController | null} */
  #polling = null;
  #wake = () => {};

  /**
   * @param {object} parts
   * @param {string} parts.socket path of the socket
   * @param {string} parts.as
   * @param {any} parts.http an Http
   * @param {() => {seq: number, epoch: string}} parts.place
   * @param {(messages: any[], goesOn?: () => boolean) => Promise<void>} parts.receive
   * @param {(answer: any) => void} parts.late
   * @param {(code: number) => void} parts.closed called with every close code of ours
   * @param {() => void} parts.changed
   */
  constructor(parts) {
    this.#parts = parts;
  }

  /**
   * Begin, and keep going until the room ends.
   * @returns {void}
   */
  start() {
    this.#connect();
    setInterval(() => {
      if (this.#line?.ready && this.#line.silence > SILENT) this.#line.drop();
    }, 5_000);
    addEventListener("online", () => {
      // A request that was held over a change of network may never be answered.
      if (this.#polling && !this.#line?.ready) {
        this.#stopPolling();
        this.#poll(0);
      }
      this.check();
    });
    addEventListener("offline", () => {
      this.#line?.drop();
      if (this.state === "poll") this.#become("down");
    });
    addEventListener("pageshow", () => this.check());
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible") this.check();
    });
  }

  /** @returns {boolean} whether a command can go out now */
  get ready() {
    return this.state === "socket" || this.state === "poll" || this.reason === "done";
  }

  /**
   * The network may be back, or the device woke up: look at once.
   * @returns {void}
   */
  check() {
    if (this.state === "ended") return;
    if (this.#line && this.#line.silence > SUSPECT) this.#line.drop();
    if (!this.#line && !this.blocked) this.#plan(0);
    this.#wake();
  }

  /**
   * @param {any} payload a command with op
   * @returns {Promise<any>} ack, refused or retry; null if no answer came
   */
  async deliver(payload) {
    if (this.#line?.ready) return this.#line.deliver(payload);
    const { status, body } = await this.#parts.http.command(payload);
    if (body && ("ack" in body || "refused" in body || "retry" in body)) return body;
    if (status === 429 || status === 503) return { retry: payload.op, after: 5 };
    if (NOT_YOURS.has(status)) await this.#stillMine();
    else if (this.state === "poll") this.#wake();
    return null;
  }

  #connect() {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#line || this.state === "ended") return;
    const { seq, epoch } = this.#parts.place();
    const url = new URL(this.#parts.socket, location.href);
    url.protocol = location.protocol === "https:" ? "wss:" : "ws:";
    url.searchParams.set("after", String(seq));
    url.searchParams.set("epoch", epoch);
    if (this.#parts.as) url.searchParams.set("as", this.#parts.as);
    this.#line = new Line(url.href, {
      message: (message) => this.#hear(message),
      late: this.#parts.late,
      over: (code) => this.#over(code),
    });
  }

  /** @param {any} message */
  #hear(message) {
    if (message.hello) {
      this.#tries = 0;
      this.#suspicion = 0;
      this.#httpFails = 0;
      this.blocked = false;
      this.#stopPolling();
      this.#become("socket");
    }
    this.#parts.receive([message]);
  }

  /** @param {number} code */
  #over(code) {
    const life = this.#line?.helloAt ? performance.now() - this.#line.helloAt : 0;
    this.#line = null;
    if (this.state === "ended") return;
    if (code === 4403 || code === 1000) {
      this.#end(code === 1000 ? "done" : "removed");
      return;
    }
    const stayAway = COME_BACK.get(code);
    if (stayAway !== undefined) {
      this.#parts.closed(code);
      if (!this.#polling) this.#become("down");
      this.#plan(fullJitter(stayAway + this.#tries++));
      return;
    }
    if (!life) this.#suspicion += 1;
    else if (life < SHORT_LIFE && navigator.onLine !== false) this.#countCut();
    if (!this.#polling) {
      this.#become("down");
      this.#poll(life ? fullJitter(0) : 0);
    } else if (!this.#httpFails) {
      this.#planNext();
    }
  }

  #countCut() {
    const now = performance.now();
    this.#cuts = [...this.#cuts.filter((at) => now - at < CUTS_WITHIN), now];
    if (this.#cuts.length >= CUTS) this.#suspicion = 2;
  }

  /** HTTP works: when to try the socket next. */
  #planNext() {
    if (this.#suspicion < 2) {
      this.#plan(fullJitter(this.#tries++));
      return;
    }
    const isNews = !this.blocked;
    this.blocked = true;
    if (isNews) this.#parts.changed();
    this.#plan(TRY_AGAIN);
  }

  /** @param {number} ms */
  #plan(ms) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#connect(), ms);
  }

  /** @param {number} delay ms before the first request */
  #poll(delay) {
    const turn = new AbortController();
    this.#polling = turn;
    poll(delay, {
      http: this.#parts.http,
      place: this.#parts.place,
      receive: this.#parts.receive,
      signal: turn.signal,
      rest: (ms) => this.#rest(ms),
      goesOn: () => this.#polling === turn && this.state !== "ended",
      works: () => this.#httpWorks(),
      failed: () => this.#httpFailed(),
      forbidden: (status) => this.#end(status === 403 ? "removed" : "away"),
    });
  }

  #httpWorks() {
    const recovered = this.#httpFails > 0;
    this.#httpFails = 0;
    if (!this.#line?.ready) this.#become("poll");
    if (recovered && !this.#line) this.#plan(0);
    else if (!this.#line && !this.#timer) this.#planNext();
  }

  async #httpFailed() {
    this.#httpFails += 1;
    this.#suspicion = 0;
    this.blocked = false;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (!this.#line?.ready) this.#become("down");
    await this.#rest(fullJitter(this.#httpFails));
  }

  /** A POST was forbidden: is it only this command, or the whole room? */
  async #stillMine() {
    const { seq, epoch } = this.#parts.place();
    const { status } = await this.#parts.http.frames(seq, epoch);
    if (NOT_YOURS.has(status)) this.#end(status === 403 ? "removed" : "away");
    else await pause(2_000);
  }

  /** @param {number} ms */
  async #rest(ms) {
    if (ms <= 0) return;
    await Promise.race([pause(ms), new Promise((resolve) => (this.#wake = () => resolve(undefined)))]);
    this.#wake = () => {};
  }

  #stopPolling() {
    this.#polling?.abort();
    this.#polling = null;
    this.#wake();
  }

  /** @param {"removed" | "away" | "done"} reason */
  #end(reason) {
    this.reason = reason;
    this.#become("ended");
    clearTimeout(this.#timer);
    this.#stopPolling();
    this.#line?.drop();
  }

  /** @param {"socket" | "poll" | "down" | "ended"} state */
  #become(state) {
    if (this.state === state) return;
    this.state = state;
    this.#parts.changed();
  }
}
