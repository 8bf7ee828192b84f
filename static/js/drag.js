// Dragging a card by its handle, with a mouse, a finger or a pen. The keyboard's way is the card's "Move to…" menu.
//
//   [data-card="i7"]   the card           [data-drag="i7"]   its handle          [data-title]   what to call it
//   [data-drop='{"do":"idea.move","activity":"a2","to":"g3"}']   where it may be let go; its list is the [data-list] in it

import { holdDragged } from "./live/hold.js";
import { cardOf, childIn, nextAt } from "./live/places.js";
import { text } from "./live/texts.js";

const FAR_ENOUGH = 5;
const EDGE = 72;
const FASTEST = 18;

/**
 * @typedef {object} Drop
 * @property {Element} zone
 * @property {Element | null} list
 * @property {Element | null} before the child of the list that will follow
 */

/** One drag at a time, in the whole page. */
class Drag {
  #dropped;
  #released;
  /** @type {HTMLElement | null} */
  #handle = null;
  /** @type {HTMLElement | null} */
  #card = null;
  /** @type {HTMLElement | null} */
  #ghost = null;
  /** @type {HTMLElement | null} */
  #slot = null;
  /** @type {Drop | null} */
  #drop = null;
  #pointer = -1;
  #start = { x: 0, y: 0 };
  #at = { x: 0, y: 0 };
  #grip = { x: 0, y: 0 };
  #frame = 0;

  /**
   * @param {(value: string, card: HTMLElement, changes: Record<string, string>, before: Element | null) => void} dropped
   * @param {() => void} released
   */
  constructor(dropped, released) {
    // Handles must not scroll the page under a finger: one rule for all there will ever be.
    const style = new CSSStyleSheet();
    style.replaceSync("[data-drag] { touch-action: none; }");
    document.adoptedStyleSheets.push(style);
    this.#dropped = dropped;
    this.#released = released;
    document.addEventListener("pointerdown", (event) => this.#down(event));
    document.addEventListener("pointermove", (event) => this.#move(event));
    document.addEventListener("pointerup", (event) => this.#up(event));
    document.addEventListener("pointercancel", (event) => event.pointerId === this.#pointer && this.cancel());
    document.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || this.#pointer < 0) return;
      event.preventDefault();
      this.cancel();
    });
    for (const type of ["selectstart", "contextmenu", "dragstart"]) {
      document.addEventListener(type, (event) => this.#pointer >= 0 && event.preventDefault());
    }
    addEventListener("blur", () => this.cancel());
  }

  /** Let go without moving anything. */
  cancel() {
    if (this.#pointer < 0) return;
    cancelAnimationFrame(this.#frame);
    if (this.#handle?.hasPointerCapture(this.#pointer)) this.#handle.releasePointerCapture(this.#pointer);
    this.#pointer = -1;
    this.#ghost?.remove();
    this.#slot?.remove();
    this.#card?.classList.remove("is-dragging");
    this.#mark(null);
    this.#ghost = this.#slot = this.#card = this.#handle = null;
    holdDragged(null);
    this.#released();
  }

  /** @param {PointerEvent} event */
  #down(event) {
    const handle = event.target instanceof Element ? event.target.closest("[data-drag]") : null;
    const card = handle?.closest("[data-card]");
    if (!(handle instanceof HTMLElement) || !(card instanceof HTMLElement)) return;
    if (this.#pointer >= 0 || event.button !== 0 || !event.isPrimary) return;
    event.preventDefault();
    handle.setPointerCapture(event.pointerId);
    this.#handle = handle;
    this.#card = card;
    this.#pointer = event.pointerId;
    this.#start = this.#at = { x: event.clientX, y: event.clientY };
    const box = card.getBoundingClientRect();
    this.#grip = { x: event.clientX - box.left, y: event.clientY - box.top };
  }

  /** @param {PointerEvent} event */
  #move(event) {
    if (event.pointerId !== this.#pointer || !this.#card) return;
    this.#at = { x: event.clientX, y: event.clientY };
    const way = Math.hypot(this.#at.x - this.#start.x, this.#at.y - this.#start.y);
    if (!this.#ghost && way >= FAR_ENOUGH) this.#lift(this.#card);
  }

  /** @param {PointerEvent} event */
  #up(event) {
    if (event.pointerId !== this.#pointer) return;
    this.#at = { x: event.clientX, y: event.clientY };
    if (this.#ghost) this.#look();
    const card = this.#card;
    const drop = this.#ghost && this.#drop;
    const id = this.#handle?.dataset.drag ?? "";
    this.cancel();
    if (!card?.isConnected || !drop || this.#atHome(card, drop)) return;
    const follows = drop.before && cardOf(drop.before)?.getAttribute("data-card");
    /** @type {Record<string, string>} */
    const changes = { idea: id, ...(follows ? { before: follows } : {}) };
    this.#dropped(drop.zone.getAttribute("data-drop") ?? "", card, changes, drop.before);
  }

  /** @param {HTMLElement} card */
  #lift(card) {
    const box = card.getBoundingClientRect();
    const ghost = /** @type {HTMLElement} */ (card.cloneNode(true));
    for (const one of [ghost, ...ghost.querySelectorAll("*")]) {
      for (const name of ["id", "name", "data-card", "data-drag"]) one.removeAttribute(name);
    }
    ghost.classList.add("is-lifted", "drag-ghost");
    ghost.setAttribute("aria-hidden", "true");
    ghost.inert = true;
    Object.assign(ghost.style, {
      position: "fixed", left: "0", top: "0", margin: "0", width: `${box.width}px`, pointerEvents: "none", zIndex: "9",
    });
    document.body.append(ghost);
    this.#ghost = ghost;
    card.classList.add("is-dragging");
    holdDragged(card);
    const step = () => {
      this.#scroll();
      ghost.style.transform = `translate(${this.#at.x - this.#grip.x}px, ${this.#at.y - this.#grip.y}px)`;
      this.#look();
      this.#frame = requestAnimationFrame(step);
    };
    step();
  }

  /** Where would it go? Show that. */
  #look() {
    const under = document.elementFromPoint(this.#at.x, this.#at.y);
    if (this.#slot?.contains(under)) return;
    const zone = under?.closest("[data-drop]") ?? null;
    this.#mark(zone);
    if (!zone || !this.#card) {
      this.#slot?.remove();
      this.#drop = null;
      return;
    }
    const list = zone.matches("[data-list]") ? zone : zone.querySelector("[data-list]");
    const before = list ? nextAt(list, this.#card, this.#at) : null;
    this.#drop = { zone, list, before };
    if (!list || this.#atHome(this.#card, this.#drop)) this.#slot?.remove();
    else this.#showSlot(list, before);
  }

  /**
   * @param {Element} list
   * @param {Element | null} before
   */
  #showSlot(list, before) {
    if (!this.#slot) {
      this.#slot = document.createElement(list.matches("ul, ol") ? "li" : "div");
      this.#slot.setAttribute("data-drag-slot", "");
      this.#slot.setAttribute("aria-hidden", "true");
      const words = document.createElement("p");
      words.className = "drop";
      words.textContent = text("drop_here");
      this.#slot.append(words);
    }
    if (this.#slot.parentElement !== list || this.#slot.nextElementSibling !== before) list.insertBefore(this.#slot, before);
  }

  /** @param {Element | null} zone */
  #mark(zone) {
    for (const one of document.querySelectorAll(".is-over")) if (one !== zone) one.classList.remove("is-over");
    zone?.classList.add("is-over");
  }

  /**
   * @param {Element} card
   * @param {Drop} drop
   * @returns {boolean} whether it would stay where it is
   */
  #atHome(card, { list, zone, before }) {
    if (!list) return zone.contains(card);
    const child = childIn(list, card);
    if (!child) return false;
    let next = child.nextElementSibling;
    while (next?.hasAttribute("data-drag-slot")) next = next.nextElementSibling;
    return next === before;
  }

  /** Near the upper or lower edge the page comes along. */
  #scroll() {
    const up = EDGE - this.#at.y;
    const down = this.#at.y - (innerHeight - EDGE);
    const by = Math.max(up, down);
    if (by > 0) scrollBy({ top: Math.min(1, by / EDGE) * FASTEST * (up > down ? -1 : 1), behavior: "instant" });
  }
}

/**
 * @param {(value: string, card: HTMLElement, changes: Record<string, string>, before: Element | null) => void} dropped
 *   gets the zone's data-drop, the card, what to add to the command, and the list's child that should follow
 * @param {() => void} released called when a card was let go, moved or not
 * @returns {{cancel: () => void}}
 */
export function startDragging(dropped, released) {
  return new Drag(dropped, released);
}
