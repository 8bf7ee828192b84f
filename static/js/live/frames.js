// Applies frames to the page. Every part of a frame says how things are, not how they changed: so what has to wait (see
// hold.js) simply waits for its turn, the newest word wins, and doing it twice changes nothing.

import { carry, keepFocus, place } from "./focus.js";
import { disturbs, heldElements } from "./hold.js";
import { settleOrders } from "./lists.js";
import { parse, slotPairs } from "./markup.js";

const PATIENCE = 15_000;

/** The live part of the page. */
export class Board {
  #root;
  #inserted;
  #missing;
  /** @type {Map<string, {element: Element, since: number}>} */
  #patches = new Map();
  /** @type {Map<string, {ids: string[], since: number}>} */
  #orders = new Map();
  /** @type {Map<string, number>} */
  #gone = new Map();
  /** @type {WeakMap<Element, string>} the markup an element was made from */
  #made = new WeakMap();
  /** @type {Map<string, string>} the markup of own elements as it last came, by id */
  #own = new Map();
  /** @type {WeakSet<Element>} */
  #isOwn = new WeakSet();
  /** @type {Map<string, Element>} children of lists that a new version doesn't have: an order may still want them */
  #loose = new Map();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /**
   * @param {HTMLElement} root
   * @param {{inserted: (element: Element) => void, missing: (id: string) => void}} handlers
   */
  constructor(root, { inserted, missing }) {
    this.#root = root;
    this.#inserted = inserted;
    this.#missing = missing;
  }

  /**
   * @param {{html?: string, order?: Record<string, string[]>, gone?: string[]}} frame
   * @returns {void}
   */
  frame({ html = "", order = {}, gone = [] }) {
    const now = performance.now();
    const waiting = [...this.#patches.values()].map(({ element }) => element);
    for (const element of parse(html)) {
      this.#agree(element, waiting);
      this.#arrive(element, now);
    }
    for (const [list, ids] of Object.entries(order)) {
      this.#orders.set(list, { ids, since: this.#orders.get(list)?.since ?? now });
    }
    for (const id of gone) {
      this.#patches.delete(id);
      if (!this.#gone.has(id)) this.#gone.set(id, now);
    }
    this.release();
  }

  /**
   * Only this person's elements: whole, without an order of their own.
   * @param {string} html
   * @returns {void}
   */
  own(html) {
    const now = performance.now();
    this.#own = new Map(parse(html).map((element) => [element.id, element.outerHTML]));
    for (const id of this.#own.keys()) this.#offerOwn(id, now);
    for (const slot of document.querySelectorAll("[data-own-slot]:not([data-own-slot=''])")) {
      const over = slot.firstElementChild;
      if (over?.id && !this.#own.has(over.id)) this.#gone.set(over.id, now);
    }
    this.release();
  }

  /**
   * Everything anew.
   * @param {{html: string, order?: Record<string, string[]>}} snapshot
   * @returns {void}
   */
  snapshot({ html, order = {} }) {
    this.#patches.clear();
    this.#orders.clear();
    this.#gone.clear();
    this.#own.clear();
    const template = document.createElement("template");
    template.innerHTML = html;
    keepFocus(() => {
      carry(this.#root, template.content);
      for (const element of template.content.children) this.#made.set(element, element.outerHTML);
      this.#root.replaceChildren(template.content);
      for (const [list, ids] of Object.entries(order)) this.#orders.set(list, { ids, since: -Infinity });
      this.#settle();
      this.#inserted(this.#root);
    });
  }

  /**
   * Apply what waited, as far as it is free now.
   * @returns {void}
   */
  release() {
    clearTimeout(this.#timer);
    if (!this.#patches.size && !this.#orders.size && !this.#gone.size) return;
    keepFocus(() => this.#settle());
    if (this.#patches.size || this.#orders.size || this.#gone.size) this.#timer = setTimeout(() => this.release(), 500);
  }

  /**
   * @param {Element} element
   * @param {number} now
   */
  #arrive(element, now) {
    // A list that came filled: its children are elements of the frame like any other, and their order is its order.
    for (const list of [element, ...element.querySelectorAll("[data-list][id]")]) {
      const children = [...list.children].filter((child) => child.id);
      if (!list.matches("[data-list][id]") || !children.length || list.closest("[data-own-slot]")) continue;
      this.#orders.set(list.id, { ids: children.map((child) => child.id), since: now });
      list.replaceChildren();
      for (const child of children) this.#arrive(child, now);
    }
    this.#made.set(element, element.outerHTML);
    this.#gone.delete(element.id);
    this.#patches.set(element.id, { element, since: this.#patches.get(element.id)?.since ?? now });
  }

  /**
   * A card and a part of it can be waiting at the same time: the newer word holds for the part in both.
   * @param {Element} element
   * @param {Element[]} waiting
   */
  #agree(element, waiting) {
    for (const other of waiting) {
      if (!other.id || other.id === element.id) continue;
      const part = other.querySelector(`#${CSS.escape(element.id)}`);
      if (part) {
        part.replaceWith(element.cloneNode(true));
        this.#made.delete(other);
      } else if (element.querySelector(`#${CSS.escape(other.id)}`)) {
        this.#patches.delete(other.id);
      }
    }
  }

  /**
   * @param {string} id
   * @param {number} now
   */
  #offerOwn(id, now) {
    const markup = this.#own.get(id) ?? "";
    const at = document.getElementById(id);
    const slot = at ?? document.querySelector(`[data-own-slot="${CSS.escape(id)}"]`);
    if (!slot || (at && this.#made.get(at) === markup)) return;
    const [element] = parse(markup);
    this.#made.set(element, markup);
    this.#isOwn.add(element);
    if (!at) {
      slot.replaceChildren(element);
      this.#inserted(element);
    } else this.#patches.set(id, { element, since: this.#patches.get(id)?.since ?? now });
  }

  #settle() {
    const held = heldElements();
    const now = performance.now();
    /** @param {number} since @param {boolean} busy */
    const waits = (since, busy) => busy && now - since < PATIENCE;
    for (const [id, { element, since }] of this.#patches) {
      const old = document.getElementById(id);
      if (!old || old === element || waits(since, disturbs(old, held))) continue;
      this.#patches.delete(id);
      this.#replace(old, element);
    }
    settleOrders({
      orders: this.#orders,
      patches: this.#patches,
      find: (id) => this.#find(id),
      isBusy: (list, nodes, since) => {
        return waits(since, held.some((one) => list.contains(one) || nodes.some((node) => node.contains(one))));
      },
      inserted: this.#inserted,
      missing: this.#missing,
    });
    for (const [id, since] of this.#gone) {
      const old = document.getElementById(id);
      if (old && waits(since, held.some((one) => old.contains(one)))) continue;
      this.#gone.delete(id);
      old?.remove();
    }
    this.#loose.clear();
    for (const id of this.#own.keys()) {
      if (!this.#patches.has(id)) this.#offerOwn(id, now);
    }
    for (const [id, { element, since }] of this.#patches) {
      const old = document.getElementById(id);
      const expected = [...this.#orders.values()].some(({ ids }) => ids.includes(id));
      if (old && !waits(since, disturbs(old, held))) this.#replace(old, element);
      if (!expected && (!old || old === element || !waits(since, disturbs(old, held)))) this.#patches.delete(id);
    }
  }

  /** @param {string} id */
  #find(id) {
    return document.getElementById(id) ?? this.#patches.get(id)?.element ?? this.#loose.get(id) ?? null;
  }

  /**
   * @param {Element} old
   * @param {Element} fresh
   */
  #replace(old, fresh) {
    const made = this.#made.get(old);
    if (made !== undefined && made === this.#made.get(fresh)) return;
    for (let up = old.parentElement; up; up = up.parentElement) this.#made.delete(up);
    carry(old, fresh);
    const pairs = this.#isOwn.has(fresh) ? [] : slotPairs(old, fresh);
    const dialogs = [...old.querySelectorAll("dialog[open][id]")].map(({ id }) => id);
    old.before(fresh);
    for (const [from, to] of pairs) {
      while (from.firstChild) place(to, from.firstChild, null);
      if (this.#own.has(to.id)) this.#made.set(to, this.#made.get(from) ?? "");
    }
    for (const child of old.querySelectorAll("[data-list] > [id]")) this.#loose.set(child.id, child);
    old.remove();
    for (const id of dialogs) {
      const dialog = fresh.querySelector(`#${CSS.escape(id)}`);
      if (dialog instanceof HTMLDialogElement && !dialog.open) dialog.showModal();
    }
    this.#inserted(fresh);
  }
}
