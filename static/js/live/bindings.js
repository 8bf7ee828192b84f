// Shows what only this person gets (own) and who is here (now) in the places that ask for it by attribute. Knows where
// these are, so that a new value costs what it changes, however large the board is.

const SWEEP_EVERY = 10_000;

/**
 * Walk a path of words through an object. On a list the last word asks whether the list contains it.
 * @param {any} source
 * @param {string[]} words
 * @returns {any} "" where the path leads nowhere
 */
function look(source, words) {
  let value = source;
  for (const word of words) {
    if (Array.isArray(value)) value = contents(value).has(word);
    else if (value && typeof value === "object" && Object.hasOwn(value, word)) value = value[word];
    else return "";
  }
  return value ?? "";
}

/** @type {WeakMap<any[], Set<string>>} */
const sets = new WeakMap();

/** @param {any[]} list */
function contents(list) {
  let set = sets.get(list);
  if (!set) {
    set = new Set(list.map(String));
    sets.set(list, set);
  }
  return set;
}

/** @type {Record<string, (element: Element, value: any) => void>} */
const EFFECTS = {
  text: (element, value) => {
    const words = Array.isArray(value) ? String(value.length) : value === false ? "" : String(value);
    if (element.textContent !== words) element.textContent = words;
  },
  show: (element, value) => element.toggleAttribute("hidden", !truthy(value)),
  hide: (element, value) => {
    const leaves = truthy(value) && element.contains(document.activeElement);
    element.toggleAttribute("hidden", truthy(value));
    if (leaves) queueMicrotask(() => focusBeside(element));
  },
  value: (element, value) => {
    const words = value === "" || value === false ? "0" : String(value);
    if (element.getAttribute("data-value") !== words) element.setAttribute("data-value", words);
    if (element.matches("input, meter, progress") && element !== document.activeElement) {
      const field = /** @type {HTMLInputElement} */ (element);
      if (String(field.value) !== words) /** @type {any} */ (field).value = words;
    }
  },
  // For a hidden field that goes along with a command: the names of what is there.
  ids: (element, value) => {
    if (element instanceof HTMLInputElement) element.value = value && typeof value === "object" ? Object.keys(value).join(" ") : "";
  },
  disabled: (element, value) => {
    if (truthy(value)) element.setAttribute("aria-disabled", "true");
    else element.removeAttribute("aria-disabled");
  },
  pressed: (element, value) => {
    const words = String(truthy(value));
    if (element.getAttribute("aria-pressed") !== words) element.setAttribute("aria-pressed", words);
  },
};

/**
 * Focus was in what is hidden now: on to the sentence beside it that says why, if one asks for it by tabindex.
 * @param {Element} element
 */
function focusBeside(element) {
  const beside = [element.previousElementSibling, element.nextElementSibling];
  const sentence = beside.find((one) => one?.matches('[tabindex="-1"]:not([hidden])'));
  if (sentence instanceof HTMLElement) sentence.focus({ preventScroll: true });
}

/** @param {any} value */
function truthy(value) {
  return Array.isArray(value) ? value.length > 0 : Boolean(value);
}

/**
 * @typedef {object} Place
 * @property {string[]} words its path
 * @property {(element: Element, value: any) => void} effect
 * @property {Set<Element>} elements
 * @property {any} value shown there now
 */

/** All places of the page that show one kind of values. */
export class Bindings {
  #source;
  #attributes;
  #selector;
  /** @type {Map<string, Place>} */
  #places = new Map();
  #added = 0;

  /**
   * @param {"own" | "now"} kind
   * @param {any} source
   */
  constructor(kind, source) {
    this.#source = source;
    this.#attributes = Object.entries(EFFECTS).map(([name, effect]) => ({ attribute: `data-${kind}-${name}`, effect }));
    this.#selector = this.#attributes.map(({ attribute }) => `[${attribute}]`).join(", ");
  }

  /**
   * Show the values in a part of the page that appeared, and from now on.
   * @param {ParentNode} scope an element, itself included, or the document
   * @returns {void}
   */
  add(scope) {
    for (const element of scope.querySelectorAll(this.#selector)) this.#add(element);
    if (scope instanceof Element && scope.matches(this.#selector)) this.#add(scope);
    if (this.#added > SWEEP_EVERY) this.#sweep();
  }

  /**
   * The values are these now.
   * @param {any} source
   * @returns {void}
   */
  show(source) {
    this.#source = source;
    for (const place of this.#places.values()) {
      const value = look(source, place.words);
      if (value === place.value && typeof value !== "object") continue;
      place.value = value;
      for (const element of place.elements) {
        if (element.isConnected) place.effect(element, value);
        else place.elements.delete(element);
      }
    }
  }

  /** @param {Element} element */
  #add(element) {
    for (const { attribute, effect } of this.#attributes) {
      const path = element.getAttribute(attribute);
      if (path === null) continue;
      const place = this.#place(attribute, path, effect);
      place.elements.add(element);
      effect(element, place.value);
      this.#added += 1;
    }
  }

  /**
   * @param {string} attribute
   * @param {string} path
   * @param {(element: Element, value: any) => void} effect
   * @returns {Place}
   */
  #place(attribute, path, effect) {
    const key = `${attribute}=${path}`;
    let place = this.#places.get(key);
    if (!place) {
      const words = path.trim().split(/\s+/);
      place = { words, effect, elements: new Set(), value: look(this.#source, words) };
      this.#places.set(key, place);
    }
    return place;
  }

  /** Forget what is no longer in the page. */
  #sweep() {
    this.#added = 0;
    for (const [key, { elements }] of this.#places) {
      for (const element of elements) if (!element.isConnected) elements.delete(element);
      if (!elements.size) this.#places.delete(key);
    }
  }
}
