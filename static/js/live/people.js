// The facilitators' list of people. Rows say who somebody is; who is here, and how far they are, comes with presence
// and is written into the rows here. One dialog serves all rows.

import { fill } from "./texts.js";

/** @type {string} the person whose dialog is open */
let chosen = "";

/** The list beside the stage. */
export class People {
  /** @type {any} */
  #now = {};
  #find = "";
  #only = "";

  /**
   * Watch the fields above the list, and the names in it.
   * @returns {void}
   */
  listen() {
    const ask = (/** @type {Event} */ { target }) => {
      if (!(target instanceof Element) || !target.matches("[data-people-find], [data-people-only]")) return;
      this.refresh();
    };
    document.addEventListener("input", ask);
    document.addEventListener("change", ask);
    document.addEventListener("click", (event) => {
      const link = event.target instanceof Element && event.target.closest("[data-people] a[href^='?person=']");
      const dialog = document.getElementById("person-menu");
      if (!link || !(dialog instanceof HTMLDialogElement) || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      this.#open(dialog, /** @type {HTMLElement} */ (link.closest("li")));
    });
  }

  /**
   * Who is here, and who has finished.
   * @param {any} now
   * @returns {void}
   */
  show(now) {
    this.#now = now ?? {};
    this.refresh();
  }

  /**
   * Write into the rows what is so, and hide those that nobody looks for.
   * @returns {void}
   */
  refresh() {
    const place = document.querySelector("[data-people]");
    if (!(place instanceof HTMLElement)) return;
    this.#find = value("[data-people-find]").trim().toLocaleLowerCase();
    this.#only = value("[data-people-only]");
    let shown = 0;
    let all = 0;
    for (const row of place.querySelectorAll("li[id^='person-']")) {
      all += 1;
      if (this.#row(/** @type {HTMLElement} */ (row), place.dataset)) shown += 1;
    }
    const told = document.querySelector("[data-people-shown]");
    const words = this.#find || this.#only ? fill(place.dataset.shown ?? "", { n: shown, all }) : "";
    if (told && told.textContent !== words) told.textContent = words;
  }

  /**
   * @param {HTMLElement} row
   * @param {DOMStringMap} words
   * @returns {boolean} whether it is shown
   */
  #row(row, words) {
    const person = row.id.slice("person-".length);
    const removed = row.classList.contains("is-removed");
    const here = Boolean(this.#now.people?.[person]);
    const finished = Boolean(this.#now.finished?.[person]);
    const state = removed
      ? words.removed ?? ""
      : [here ? words.here : words.away, this.#now.far?.[person], finished && `✓ ${words.finished}`].filter(Boolean).join(" · ");
    const told = row.querySelector(".state");
    if (told && told.textContent !== state) told.textContent = state;
    const kept = { "": true, here: here && !removed, away: !here && !removed, waiting: here && !finished && !removed, removed };
    const isShown = (kept[/** @type {keyof typeof kept} */ (this.#only)] ?? true)
      && (!this.#find || (row.querySelector("p")?.textContent ?? "").toLocaleLowerCase().includes(this.#find));
    if (row.hidden === isShown) row.hidden = !isShown;
    return isShown;
  }

  /**
   * @param {HTMLDialogElement} dialog
   * @param {HTMLElement} row
   */
  #open(dialog, row) {
    chosen = row.id.slice("person-".length);
    const name = row.querySelector("a")?.textContent ?? "";
    const removed = row.classList.contains("is-removed");
    write(dialog, "[data-person-name]", name);
    write(dialog, "[data-person-state]", [row.querySelector(".soft")?.textContent, row.querySelector(".state")?.textContent]
      .filter(Boolean).join(" · "));
    const field = dialog.querySelector("#person-name");
    if (field instanceof HTMLInputElement) field.value = field.defaultValue = name;
    const said = dialog.querySelector("#nudge-text");
    if (said instanceof HTMLInputElement) said.value = "";
    for (const one of dialog.querySelectorAll("[data-while-in]")) one.toggleAttribute("hidden", removed);
    for (const one of dialog.querySelectorAll("[data-while-out]")) one.toggleAttribute("hidden", !removed);
    for (const one of dialog.querySelectorAll("details")) one.open = false;
    dialog.showModal();
  }
}

/**
 * What the open dialog adds to the command of a button in it.
 * @param {Element} button
 * @returns {Record<string, unknown>}
 */
export function personAdditions(button) {
  return chosen && button.matches("#person-menu [data-with-person]") ? { person: chosen } : {};
}

/** @param {string} selector */
function value(selector) {
  const field = document.querySelector(selector);
  return field instanceof HTMLInputElement || field instanceof HTMLSelectElement ? field.value : "";
}

/**
 * @param {Element} scope
 * @param {string} selector
 * @param {string} words
 */
function write(scope, selector, words) {
  const element = scope.querySelector(selector);
  if (element) element.textContent = words;
}
