// Applies frames to the page. Every part of a frame says how things are, not how they changed: so what has to wait (see
// hold.js) simply waits for its turn, the newest word wins, and doing it twice changes nothing. What is much is done in
// slices (see breath.js); a whole view is a frame that names all there is, and changes only what differs.

import { breathe, inhale, late } from "./breath.js";
import { carry, keepFocus, place } from "./focus.js";
import { disturbs, heldElements } from "./hold.js";
import { settleOrders } from "./lists.js";
import { parse, parseAtLeisure, slotPairs } from "./markup.js";

const PATIENCE = 15_000;
/** With more changed elements than this, drawing once costs less than drawing many times. */
const MANY = 60;

/**
 * @typedef {object} Arrival
 * @property {Element[]} top those that stand in no list
 * @property {Element[]} elements all of them, their lists empty
 * @property {Map<string, Element>} lists the lists in them, by id
 * @property {Map<string, string[]>} orders what belongs into the lists that came filled
 */

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
  /** @type {string | null} */
  #ownHtml = null;
  /** @type {Map<string, string>} the markup of own elements as it last came, by id */
  #own = new Map();
  /** @type {WeakSet<Element>} */
  #isOwn = new WeakSet();
  /** @type {Map<string, Element>} where own elements go, by their id */
  #slots = new Map();
  /** @type {Map<string, Element>} children of lists that a new version doesn't have: an order may still want them */
  #loose = new Map();
  /** @type {Set<Element>} */
  #unnamed = new Set();
  /** @type {Promise<void> | null} the rest of what is being done in slices */
  #rest = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /**
   * @param {HTMLElement} root
   * @param {{inserted: (element: Element, markup: string) => void, missing: (id: string) => void}} handlers `inserted`
   *   is told of every element that came, with its markup, before its lists are filled
   */
  constructor(root, { inserted, missing }) {
    this.#root = root;
    this.#inserted = inserted;
    this.#missing = missing;
    this.#findSlots(root);
  }

  /**
   * @param {{html?: string, order?: Record<string, string[]>, gone?: string[]}} frame
   * @returns {Promise<void>} done when all of it that is free to be changed has been
   */
  async frame({ html = "", order = {}, gone = [] }) {
    const arrival = await this.#unpack(html);
    const now = performance.now();
    this.#arrive(arrival, now);
    for (const [list, ids] of Object.entries(order)) {
      this.#orders.set(list, { ids, since: this.#orders.get(list)?.since ?? now });
    }
    for (const id of gone) {
      this.#patches.delete(id);
      if (!this.#gone.has(id)) this.#gone.set(id, now);
    }
    await this.release();
  }

  /**
   * Everything, as it is now.
   * @param {{html: string, order?: Record<string, string[]>}} view
   * @returns {Promise<void>}
   */
  async whole({ html, order = {} }) {
    const arrival = await this.#unpack(html);
    const now = performance.now();
    this.#patches.clear();
    this.#orders.clear();
    this.#gone.clear();
    this.#ownHtml = null;
    for (const list of arrival.lists.keys()) if (!arrival.orders.has(list)) arrival.orders.set(list, []);
    for (const [list, ids] of Object.entries(order)) arrival.orders.set(list, ids);
    const inLists = new Set([...arrival.orders.values()].flat());
    arrival.top = arrival.top.filter(({ id }) => !inLists.has(id));
    if (this.#differs(arrival) && !heldElements().some((one) => this.#root.contains(one))) {
      await this.#swap(arrival);
      return;
    }
    this.#arrive(arrival, now);
    this.#orders.set(this.#root.id, { ids: arrival.top.map(({ id }) => id), since: now });
    await this.release();
  }

  /** @param {{elements: Element[]}} arrival */
  #differs({ elements }) {
    let many = 0;
    for (const element of elements) {
      const old = document.getElementById(element.id);
      if (!old || this.#made.get(old) !== this.#made.get(element)) many += 1;
    }
    return many > MANY;
  }

  /**
   * Make a whole view ready out of sight, then show it in one go.
   * @param {Arrival} arrival
   */
  async #swap({ top, elements, lists, orders }) {
    const found = new Map(elements.map((element) => [element.id, element]));
    for (const [id, ids] of orders) {
      for (const one of ids) {
        const element = found.get(one);
        if (element) lists.get(id)?.append(element);
        else this.#missing(one);
      }
    }
    for (const element of elements) {
      this.#appeared(element);
      if (late()) await breathe();
    }
    const view = document.createDocumentFragment();
    view.append(...top);
    keepFocus(() => {
      carry(this.#root, view);
      this.#root.replaceChildren(view);
      for (const id of this.#own.keys()) this.#offerOwn(id, 0);
      this.release();
    });
  }

  /**
   * Only this person's elements: whole, without an order of their own.
   * @param {string} html
   * @returns {void}
   */
  own(html) {
    if (html === this.#ownHtml) return;
    this.#ownHtml = html;
    const now = performance.now();
    this.#own = new Map(parse(html).map((element) => [element.id, element.outerHTML]));
    for (const id of this.#own.keys()) this.#offerOwn(id, now);
    for (const [name, slot] of this.#slots) {
      const over = slot.isConnected ? slot.firstElementChild : null;
      if (!slot.isConnected) this.#slots.delete(name);
      else if (over?.id && !this.#own.has(over.id)) this.#gone.set(over.id, now);
    }
    this.release();
  }

  /**
   * Apply what waited, as far as it is free now.
   * @returns {Promise<void> | void} where it takes longer: until that is done
   */
  release() {
    if (this.#rest) return this.#rest;
    return this.#step() ? undefined : (this.#rest = this.#goOn());
  }

  async #goOn() {
    try {
      do await breathe(); while (!this.#step());
    } finally {
      this.#rest = null;
    }
  }

  /** @returns {boolean} whether all is done that may be */
  #step() {
    clearTimeout(this.#timer);
    const waiting = () => this.#patches.size || this.#orders.size || this.#gone.size;
    if (!waiting()) return true;
    let done = true;
    keepFocus(() => {
      done = this.#settle();
    });
    const again = () => {
      inhale();
      this.release();
    };
    if (done && waiting()) this.#timer = setTimeout(again, 500);
    return done;
  }

  /**
   * From text to elements, none of them in the page yet. A list that came filled: its children are elements of the frame
   * like any other, and their order is its order.
   * @param {string} html
   * @returns {Promise<Arrival>}
   */
  async #unpack(html) {
    const top = await parseAtLeisure(html);
    /** @type {Element[]} */
    const elements = [];
    /** @type {Map<string, Element>} */
    const lists = new Map();
    /** @type {Map<string, string[]>} */
    const orders = new Map();
    /** @param {Element} element */
    const open = (element) => {
      for (const list of [element, ...element.querySelectorAll("[data-list][id]")]) {
        const children = [...list.children].filter((child) => child.id);
        if (!list.matches("[data-list][id]") || list.closest("[data-own-slot]")) continue;
        lists.set(list.id, list);
        if (!children.length) continue;
        orders.set(list.id, children.map((child) => child.id));
        list.replaceChildren();
        for (const child of children) open(child);
      }
      elements.push(element);
    };
    for (const element of top) open(element);
    for (const element of elements) {
      this.#made.set(element, element.outerHTML);
      if (late()) await breathe();
    }
    return { top, elements, lists, orders };
  }

  /**
   * @param {Arrival} arrival
   * @param {number} now
   */
  #arrive({ elements, orders }, now) {
    const parts = [...this.#patches.keys()].filter((id) => id.includes("."));
    for (const element of elements) {
      this.#agree(element, parts);
      this.#gone.delete(element.id);
      this.#patches.set(element.id, { element, since: this.#patches.get(element.id)?.since ?? now });
    }
    for (const [list, ids] of orders) this.#orders.set(list, { ids, since: now });
  }

  /**
   * A card and a part of it (idea-i7, idea-i7.tally) can be waiting at the same time: the newer word holds for the part
   * in both.
   * @param {Element} element
   * @param {string[]} parts ids of the parts that wait
   */
  #agree(element, parts) {
    const { id } = element;
    for (let dot = id.lastIndexOf("."); dot > 0; dot = id.lastIndexOf(".", dot - 1)) {
      const card = this.#patches.get(id.slice(0, dot))?.element;
      const part = card?.querySelector(`#${CSS.escape(id)}`);
      if (!card || !part) continue;
      part.replaceWith(element.cloneNode(true));
      this.#made.delete(card);
    }
    for (const part of parts) {
      if (part.startsWith(`${id}.`) && element.querySelector(`#${CSS.escape(part)}`)) this.#patches.delete(part);
    }
  }

  /**
   * @param {string} id
   * @param {number} now
   */
  #offerOwn(id, now) {
    const markup = this.#own.get(id) ?? "";
    const at = document.getElementById(id);
    const slot = at ?? this.#slots.get(id);
    if (!slot?.isConnected || (at && this.#made.get(at) === markup)) return;
    const [element] = parse(markup);
    this.#made.set(element, markup);
    this.#isOwn.add(element);
    if (!at) {
      slot.replaceChildren(element);
      this.#appeared(element);
    } else this.#patches.set(id, { element, since: this.#patches.get(id)?.since ?? now });
  }

  /** @returns {boolean} whether all is done that may be */
  #settle() {
    const held = heldElements();
    const now = performance.now();
    /** @param {number} since @param {boolean} busy */
    const waits = (since, busy) => busy && now - since < PATIENCE;
    if (!this.#replaceAll((old, since) => waits(since, disturbs(old, held)))) return false;
    const ordered = settleOrders({
      orders: this.#orders,
      patches: this.#patches,
      unnamed: this.#unnamed,
      find: (id) => this.#find(id),
      isBusy: (list, nodes, since) => {
        return waits(since, held.some((one) => list.contains(one) || nodes.some((node) => node.contains(one))));
      },
      inserted: (element) => this.#appeared(element),
      missing: this.#missing,
    });
    if (!ordered) return false;
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
    if (!this.#replaceAll((old, since) => waits(since, disturbs(old, held)))) return false;
    const expected = new Set([...this.#orders.values()].flatMap(({ ids }) => ids));
    for (const id of this.#patches.keys()) {
      if (!expected.has(id) && !document.getElementById(id)) this.#patches.delete(id);
    }
    return true;
  }

  /**
   * Put what came in the place of its namesakes.
   * @param {(old: Element, since: number) => boolean} waits
   * @returns {boolean} whether it got to the end before it was time to leave room
   */
  #replaceAll(waits) {
    for (const [id, { element, since }] of this.#patches) {
      const old = document.getElementById(id);
      if (!old || waits(old, since)) continue;
      if (old !== element && late()) return false;
      this.#patches.delete(id);
      if (old !== element) this.#replace(old, element);
    }
    return true;
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
    this.#appeared(fresh);
    for (const [from, to] of pairs) this.#fill(from, to, fresh);
    for (const child of old.querySelectorAll("[data-list] > [id]")) this.#loose.set(child.id, child);
    old.remove();
    for (const id of dialogs) {
      const dialog = fresh.querySelector(`#${CSS.escape(id)}`);
      if (dialog instanceof HTMLDialogElement && !dialog.open) dialog.showModal();
    }
  }

  /**
   * An empty place of the new version gets what stood in the old one: best as the same element, which keeps its scroll.
   * @param {Element} from
   * @param {Element} to
   * @param {Element} fresh the new version around it
   */
  #fill(from, to, fresh) {
    if (to.parentElement && to !== fresh && from.localName === to.localName && from.matches("[data-list]")) {
      for (const name of from.getAttributeNames()) if (!to.hasAttribute(name)) from.removeAttribute(name);
      for (const { name, value } of to.attributes) if (from.getAttribute(name) !== value) from.setAttribute(name, value);
      place(to.parentElement, from, to);
      to.remove();
      return;
    }
    while (from.firstChild) place(to, from.firstChild, null);
    if (this.#own.has(to.id)) this.#made.set(to, this.#made.get(from) ?? "");
  }

  /** @param {Element} element */
  #appeared(element) {
    const markup = this.#made.get(element) ?? element.outerHTML;
    if (markup.includes("data-own-slot")) this.#findSlots(element);
    this.#inserted(element, markup);
  }

  /** @param {ParentNode} scope */
  #findSlots(scope) {
    for (const slot of scope.querySelectorAll("[data-own-slot]:not([data-own-slot=''])")) {
      this.#slots.set(slot.getAttribute("data-own-slot") ?? "", slot);
    }
  }
}
