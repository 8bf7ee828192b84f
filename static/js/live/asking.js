// Questions that the facilitators' page asks before a command that moves the room for everybody: somebody else leads, or
// everything is paused. Each is a dialog of the page. Who says yes is asked the next one, then the button is pressed.

import { fill } from "./texts.js";

/** Commands that move the room for everybody, or can't be taken back. */
const MOVES = /^(show\.|step\.(open|new_round|close|reveal|pause|resume)$|room\.|rooms\.(go_on|call_back)$|board\.put_back$|workshop\.close|hands\.lower$)/;
/** Commands after which people have something to do or to see. */
const OPENS = /^(show\.|step\.(open|new_round|reveal|resume)$)/;

/**
 * @typedef {object} Question
 * @property {string} dialog its id
 * @property {(command: string) => string | boolean} asks whether it must be asked; a name for its words, where it has one
 */

/** @type {Question[]} */
const QUESTIONS = [
  { dialog: "ask-leading", asks: (command) => MOVES.test(command) && whoLeads() },
  { dialog: "ask-paused", asks: (command) => OPENS.test(command) && isPaused() },
];

function whoLeads() {
  return document.querySelector("[data-not-leading]:not([hidden])")?.getAttribute("data-not-leading") ?? "";
}

function isPaused() {
  return document.querySelector("#room .says-pause") !== null;
}

/**
 * Ask before such a button is pressed.
 * @returns {void}
 */
export function askFirst() {
  /** @type {HTMLElement | null} */
  let waiting = null;
  /** @type {Set<string>} what was said yes to, for the button that waits */
  let answered = new Set();
  document.addEventListener("click", (event) => {
    const button = event.target instanceof Element ? event.target.closest("button") : null;
    if (!button) return;
    if (button.matches("[data-ask-yes]")) {
      const dialog = button.closest("dialog");
      const first = document.getElementById(button.getAttribute("data-ask-first") ?? "");
      const [target, said] = [waiting, new Set([...answered, dialog?.id ?? ""])];
      dialog?.close();
      for (const one of [first, target && inPage(target)]) {
        waiting = target;
        answered = new Set(said);
        one?.click();
      }
      return;
    }
    if (event.isTrusted) answered.clear();
    const command = commandOf(button);
    for (const { dialog, asks } of command ? QUESTIONS : []) {
      const place = document.getElementById(dialog);
      const about = !answered.has(dialog) && asks(command);
      if (!about || !(place instanceof HTMLDialogElement)) continue;
      event.preventDefault();
      event.stopImmediatePropagation();
      waiting = button;
      const words = place.querySelector("[data-ask-words]");
      if (words) words.textContent = fill(words.getAttribute("data-ask-words") ?? "", { name: String(about) });
      place.showModal();
      return;
    }
  }, true);
}

/**
 * The page may have been drawn again while the question stood over it.
 * @param {HTMLElement} button
 * @returns {HTMLElement | null} the button, or the one that took its place
 */
function inPage(button) {
  if (button.isConnected) return button;
  const value = /** @type {HTMLButtonElement} */ (button).value;
  return [...document.querySelectorAll("button")].find((one) => one.name === "command" && one.value === value) ?? null;
}

/** @param {HTMLButtonElement} button */
function commandOf(button) {
  if (button.name !== "command" || !button.value) return "";
  try {
    return String(JSON.parse(button.value).do ?? "");
  } catch {
    return "";
  }
}
