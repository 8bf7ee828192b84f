// What a person is writing but has not sent: kept on this device by the field's name, through steps, reloads and redraws.

const FIELD = "input[data-draft], textarea[data-draft]";

/** The drafts of one person in one workshop. */
export class Drafts {
  #store;
  #prefix;

  /**
   * @param {any} store a Store
   * @param {string} workshop
   * @param {string} person
   */
  constructor(store, workshop, person) {
    this.#store = store;
    this.#prefix = `draft:${workshop}:${person}:`;
    document.addEventListener("input", (event) => {
      if (event.target instanceof Element && event.target.matches(FIELD)) this.#keep(event.target);
    });
  }

  /**
   * Give fields that (re)appeared their words back.
   * @param {ParentNode & Node} scope
   * @returns {void}
   */
  restore(scope) {
    const fields = [...scope.querySelectorAll(FIELD)];
    if (scope instanceof Element && scope.matches(FIELD)) fields.push(scope);
    for (const one of fields) {
      const field = /** @type {HTMLInputElement | HTMLTextAreaElement} */ (one);
      const draft = this.#store.get(this.#prefix + field.name);
      if (draft !== null && field.value === field.defaultValue && draft !== field.value) {
        field.value = draft;
        field.dispatchEvent(new Event("input", { bubbles: true }));
      }
    }
  }

  /**
   * The words are on their way: they stand in the outbox now.
   * @param {string} name the field's name
   * @returns {void}
   */
  forget(name) {
    this.#store.remove(this.#prefix + name);
  }

  /**
   * @returns {void}
   */
  clear() {
    for (const key of this.#store.keys(this.#prefix)) this.#store.remove(key);
  }

  /** @param {Element} element */
  #keep(element) {
    const field = /** @type {HTMLInputElement | HTMLTextAreaElement} */ (element);
    if (!field.name) return;
    if (field.value === field.defaultValue) this.forget(field.name);
    else this.#store.set(this.#prefix + field.name, field.value);
  }
}
