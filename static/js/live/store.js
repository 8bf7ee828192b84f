// What is kept on this device. Private windows, full disks and policies can forbid it: then it is kept in memory only,
// and whoever stores is told, so that the person can be told.

/** @returns {Storage | null} */
function area() {
  try {
    const storage = window.localStorage;
    storage.setItem("live:probe", "1");
    storage.removeItem("live:probe");
    return storage;
  } catch {
    return null;
  }
}

/** Strings by key, on the device where that is allowed. */
export class Store {
  #area = area();
  /** @type {Map<string, string>} */
  #memory = new Map();

  /** @returns {boolean} whether things outlive this page */
  get durable() {
    return this.#area !== null;
  }

  /**
   * @param {string} key
   * @returns {string | null}
   */
  get(key) {
    return this.#memory.get(key) ?? this.#area?.getItem(key) ?? null;
  }

  /**
   * @param {string} key
   * @param {string} value
   * @returns {boolean} whether it outlives this page
   */
  set(key, value) {
    try {
      if (this.#area) {
        this.#area.setItem(key, value);
        this.#memory.delete(key);
        return true;
      }
    } catch {
      // full: keep it in memory
    }
    this.#memory.set(key, value);
    return false;
  }

  /**
   * @param {string} key
   * @returns {void}
   */
  remove(key) {
    this.#memory.delete(key);
    this.#area?.removeItem(key);
  }

  /**
   * @param {string} prefix
   * @returns {string[]}
   */
  keys(prefix) {
    const found = new Set([...this.#memory.keys()].filter((key) => key.startsWith(prefix)));
    for (let i = 0; i < (this.#area?.length ?? 0); i += 1) {
      const key = this.#area?.key(i);
      if (key?.startsWith(prefix)) found.add(key);
    }
    return [...found];
  }
}
