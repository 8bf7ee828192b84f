// What a person does becomes a command in the outbox; what the server answers becomes a word to the person.

import { emptyFields, readCommand } from "./commands.js";
import { closeAround, menuAdditions, titleOf, undoAdditions } from "./menus.js";
import { personAdditions } from "./people.js";
import { fill, text } from "./texts.js";

const TOO_LARGE = 60 * 1024;
const DOUBLE = 500;

/** Listens to the command form and to drops. */
export class Actions {
  #parts;
  /** @type {{value: string, at: number}} */
  #last = { value: "", at: -Infinity };

  /**
   * @param {{outbox: any, sender: any, notices: any, drafts: any, pending: any, repair: () => void,
   *   stage: () => number}} parts `stage` is another number after every change of what the room is at
   */
  constructor(parts) {
    this.#parts = parts;
  }

  /**
   * @returns {void}
   */
  listen() {
    // Not by the form's own submitting: buttons that came by frames don't belong to it (see markup.js).
    document.addEventListener("click", (event) => {
      const button = event.target instanceof Element && event.target.closest("button[name=command]");
      if (!(button instanceof HTMLButtonElement) || !button.value || (button.form && button.form.id !== "act")) return;
      event.preventDefault();
      this.#press(button);
    });
    document.getElementById("act")?.addEventListener("submit", (event) => event.preventDefault());
    for (const button of document.querySelectorAll("#live button[form=act]")) button.setAttribute("type", "button");
    document.addEventListener("keydown", (event) => this.#enter(event));
  }

  /**
   * A card was dropped: show it there at once, marked as waiting, and send it.
   * @param {string} value the zone's command
   * @param {HTMLElement} card
   * @param {Record<string, string>} changes
   * @param {Element | null} before
   * @returns {void}
   */
  dropped(value, card, changes, before) {
    const reading = readCommand(value);
    if (!reading) return;
    const zone = [...document.querySelectorAll("[data-drop]")].find((one) => one.getAttribute("data-drop") === value);
    const list = zone?.matches("[data-list]") ? zone : zone?.querySelector("[data-list]");
    const child = card.closest("[data-list] > *") ?? card;
    if (list) list.insertBefore(child, before);
    card.classList.add("is-wait");
    Object.assign(reading.command, changes);
    if (reading.done) reading.done = fill(reading.done, { card: titleOf(card) });
    this.#send(reading, { card: child.id });
  }

  /**
   * @param {any} entry
   * @returns {void}
   */
  acked(entry) {
    this.#settled(entry);
    this.#parts.pending.answered(entry);
    this.#parts.notices.happened();
    const past = entry.stage !== undefined && entry.stage !== this.#parts.stage();
    if (past || (!entry.done && !entry.undo)) {
      this.#parts.notices.untoast();
      return;
    }
    const undo = entry.undo && (() => this.#send({ command: entry.undo, controls: [] }));
    this.#parts.notices.toast(entry.done || text("done_short"), undo);
  }

  /**
   * @param {any} entry
   * @param {{code: string, message: string}} answer
   * @returns {void}
   */
  refused(entry, answer) {
    this.#settled(entry);
    if (entry.card) this.#parts.repair();
    this.#parts.notices.refuse(entry, answer.message || text("refused"));
  }

  /** @param {any} entry */
  #settled(entry) {
    const moved = entry.card && document.getElementById(entry.card);
    if (!moved) return;
    for (const card of [moved, ...moved.querySelectorAll(".is-wait")]) card.classList.remove("is-wait");
  }

  /** @param {HTMLButtonElement} button */
  #press(button) {
    if (button.getAttribute("aria-disabled") === "true") return;
    const reading = readCommand(button.value);
    if (!reading) {
      console.error("This button's value is no command.", button);
      return;
    }
    const now = performance.now();
    const again = this.#last.value === button.value && now - this.#last.at < DOUBLE;
    if (reading.empty) {
      if (!again) this.#parts.notices.atField(reading.empty, reading.empty.dataset.missing || text("write_first"));
      return;
    }
    this.#last = { value: button.value, at: now };
    Object.assign(reading.command, menuAdditions(button), personAdditions(button));
    if (reading.undo) Object.assign(reading.undo, undoAdditions(button));
    if (!this.#send(reading)) return;
    emptyFields(reading.controls);
    closeAround(button, reading.controls);
  }

  /**
   * @param {any} reading
   * @param {Record<string, unknown>} [extra]
   * @returns {boolean} whether it is in the outbox
   */
  #send({ command, done, undo, field, text: words }, extra = {}) {
    const { outbox, notices, drafts, sender, stage } = this.#parts;
    if (new Blob([JSON.stringify(command)]).size > TOO_LARGE) {
      notices.refuse({ field, text: "" }, text("closed_large"));
      return false;
    }
    outbox.add(command, { done, undo, field, text: words, stage: stage(), ...extra });
    if (field) drafts.forget(field);
    sender.pump();
    return true;
  }

  /** @param {KeyboardEvent} event */
  #enter(event) {
    if (event.key !== "Enter" || event.isComposing || !(event.target instanceof HTMLElement)) return;
    const button = document.getElementById(event.target.dataset.enter ?? "");
    if (!(button instanceof HTMLButtonElement)) return;
    if (event.target instanceof HTMLTextAreaElement && !event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    button.click();
  }
}
