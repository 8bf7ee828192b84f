// What this person did and the server has not answered yet. Nothing leaves it without an answer or the person's word.
// One storage key an entry, so that two tabs never overwrite each other's.

const DAY = 24 * 60 * 60 * 1000;

/**
 * @typedef {object} Entry
 * @property {string} op the operation id, made before the first try
 * @property {Record<string, unknown>} command what is sent, without op
 * @property {number} at when it was made, ms; also its place in the order
 * @property {string} tab the tab that sends it
 * @property {string} [field] name of the field its words came from
 * @property {string} [text] those words
 * @property {string} [done] the sentence to show when it is saved
 * @property {Record<string, unknown>} [undo] the command that undoes it
 * @property {number} [stage] which stage this page was at, counted from its start
 * @property {string} [card] id of an element that was moved ahead of the answer
 * @property {boolean} [kept] whether it outlives this page
 */

/** @returns {string} a new operation id */
function newOp() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 15) | 64;
  bytes[8] = (bytes[8] & 63) | 128;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/** The queue of one person in one workshop, shared by all tabs of this browser. */
export class Outbox {
  #store;
  #prefix;
  #changed;
  #tab = newOp();
  /** @type {Entry[]} */
  #entries = [];
  #last = 0;
  /** @type {Entry[]} */
  #old = [];

  /**
   * @param {any} store a Store
   * @param {string} workshop
   * @param {string} person
   * @param {() => void} changed called after every change
   */
  constructor(store, workshop, person, changed) {
    this.#store = store;
    this.#prefix = `outbox:${workshop}:${person}:`;
    this.#changed = changed;
    // Held as long as this tab lives: others see by it whose entries need a new sender.
    navigator.locks?.request(`${this.#prefix}${this.#tab}`, () => new Promise(() => {})).catch(() => {});
  }

  /** @returns {Entry[]} this tab's entries in order */
  get entries() {
    return this.#entries;
  }

  /** @returns {number} how many wait for an answer */
  get size() {
    return this.#entries.length;
  }

  /** @returns {boolean} whether all that waits outlives this page */
  get kept() {
    return this.#entries.every((entry) => entry.kept !== false);
  }

  /** @returns {Entry[]} entries of more than a day ago: the person is asked first */
  get old() {
    return this.#old;
  }

  /** @returns {Entry | undefined} the one to send next */
  get head() {
    return this.#entries[0];
  }

  /**
   * Keep a command until it is answered.
   * @param {Record<string, unknown>} command
   * @param {Partial<Entry>} [extra]
   * @returns {Entry}
   */
  add(command, extra = {}) {
    this.#last = Math.max(Date.now(), this.#last + 1);
    /** @type {Entry} */
    const entry = { ...extra, op: newOp(), command, at: this.#last, tab: this.#tab };
    entry.kept = this.#write(entry);
    this.#entries.push(entry);
    this.#changed();
    return entry;
  }

  /**
   * It was answered, or given up by the person: forget it.
   * @param {string} op
   * @returns {Entry | undefined} what it was
   */
  settle(op) {
    const index = this.#entries.findIndex((entry) => entry.op === op);
    this.#store.remove(this.#prefix + op);
    if (index < 0) return undefined;
    const [entry] = this.#entries.splice(index, 1);
    this.#changed();
    return entry;
  }

  /**
   * Take over what a closed or reloaded tab left. Sending it twice would be harmless (same op), only wasteful.
   * @returns {Promise<number>} how many were taken
   */
  async adopt() {
    const living = await this.#livingTabs();
    const mine = new Set([...this.#entries, ...this.#old].map((entry) => entry.op));
    let taken = 0;
    for (const key of this.#store.keys(this.#prefix)) {
      const entry = this.#read(key);
      if (!entry || mine.has(entry.op) || living.has(entry.tab)) continue;
      if (Date.now() - entry.at > DAY) this.#old.push(entry);
      else this.#take(entry);
      taken += 1;
    }
    if (taken) this.#changed();
    return taken;
  }

  /**
   * The person has decided about the old ones.
   * @param {boolean} send
   * @returns {void}
   */
  decide(send) {
    for (const entry of this.#old.splice(0)) {
      if (send) this.#take(entry);
      else this.#store.remove(this.#prefix + entry.op);
    }
    this.#changed();
  }

  /**
   * Forget everything on this device.
   * @returns {void}
   */
  clear() {
    for (const key of this.#store.keys(this.#prefix)) this.#store.remove(key);
    this.#entries = [];
    this.#old = [];
    this.#changed();
  }

  /** @param {Entry} entry */
  #take(entry) {
    entry.tab = this.#tab;
    entry.kept = this.#write(entry);
    this.#entries.push(entry);
    this.#entries.sort((a, b) => a.at - b.at);
    this.#last = Math.max(this.#last, entry.at);
  }

  /** @param {Entry} entry */
  #write(entry) {
    return this.#store.set(this.#prefix + entry.op, JSON.stringify(entry));
  }

  /**
   * @param {string} key
   * @returns {Entry | null}
   */
  #read(key) {
    try {
      const entry = JSON.parse(this.#store.get(key) ?? "null");
      return entry && typeof entry.op === "string" && entry.command ? entry : null;
    } catch {
      return null;
    }
  }

  /** @returns {Promise<Set<string>>} */
  async #livingTabs() {
    if (!navigator.locks?.query) return new Set();
    const { held = [], pending = [] } = await navigator.locks.query();
    return new Set([...held, ...pending].map((lock) => String(lock.name).slice(this.#prefix.length)));
  }
}
