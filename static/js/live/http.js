// The wire over plain HTTP: commands, missed frames, the snapshot.

import { inhale } from "./breath.js";

/**
 * @typedef {object} Answer
 * @property {number} status 0 if there was no answer
 * @property {any} body the JSON, or null
 */

/** The three requests of a room. */
export class Http {
  #frames;
  #commands;
  #as;

  /**
   * @param {{frames: string, commands: string, as: string}} addresses
   */
  constructor({ frames, commands, as }) {
    this.#frames = frames;
    this.#commands = commands;
    this.#as = as;
  }

  /**
   * What came after `seq`.
   * @param {number} seq
   * @param {string} epoch
   * @param {{wait?: number, next?: string, signal?: AbortSignal}} [poll] seconds the server may hold the request; the
   *   mark that the answer before gave
   * @returns {Promise<Answer>}
   */
  frames(seq, epoch, { wait = 0, next = "", signal } = {}) {
    const query = { after: String(seq), epoch, ...(wait ? { wait: String(wait) } : {}), ...(next ? { next } : {}) };
    return this.#get(query, (wait + 15) * 1000, signal);
  }

  /**
   * Everything, as it is now.
   * @returns {Promise<Answer>}
   */
  snapshot() {
    return this.#get({}, 30_000);
  }

  /**
   * Send one command.
   * @param {object} payload with op
   * @returns {Promise<Answer>}
   */
  command(payload) {
    const headers = { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": csrfToken() };
    return ask(this.#commands, { method: "POST", headers, body: JSON.stringify(payload) }, 15_000);
  }

  /**
   * @param {Record<string, string>} query
   * @param {number} limit ms
   * @param {AbortSignal} [signal]
   */
  #get(query, limit, signal) {
    const search = new URLSearchParams(this.#as ? { ...query, as: this.#as } : query);
    const url = search.size ? `${this.#frames}?${search}` : this.#frames;
    return ask(url, { headers: { Accept: "application/json" }, cache: "no-store" }, limit, signal);
  }
}

/** @returns {string} Django's token: the cookie is newer than the page, the page has one where the cookie is hidden */
function csrfToken() {
  const cookie = document.cookie.split("; ").find((pair) => pair.startsWith("csrftoken="));
  if (cookie) return decodeURIComponent(cookie.slice("csrftoken=".length));
  const field = document.querySelector("#act input[name=csrfmiddlewaretoken]");
  return field instanceof HTMLInputElement ? field.value : "";
}

/**
 * @param {string} url
 * @param {RequestInit} init
 * @param {number} limit ms
 * @param {AbortSignal} [signal]
 * @returns {Promise<Answer>}
 */
async function ask(url, init, limit, signal) {
  const own = new AbortController();
  const timer = setTimeout(() => own.abort(), limit);
  const stop = () => own.abort();
  signal?.addEventListener("abort", stop);
  try {
    const response = await fetch(url, { ...init, credentials: "same-origin", redirect: "error", signal: own.signal });
    const json = response.headers.get("Content-Type")?.includes("json") ?? false;
    const body = json ? await response.json() : null;
    inhale();
    return { status: response.status, body };
  } catch {
    return { status: 0, body: null };
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", stop);
  }
}
