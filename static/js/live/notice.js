// Sentences that need the person: refusals beside the field they belong to, notices above the page, the undo toast.

import { Passing } from "./passing.js";
import { text } from "./texts.js";

const TOAST_FOR = 10_000;
/** What the page said as it was loaded stays so long at most. */
const SAID_FOR = 60_000;

/**
 * @typedef {object} Action
 * @property {string} label
 * @property {() => void} act
 */

/**
 * The element with this id, made at the end of the body if the page has none.
 * @param {string} id
 * @param {string} role
 * @param {string} className
 * @returns {HTMLElement}
 */
export function region(id, role, className) {
  const found = document.getElementById(id);
  if (found) return found;
  const made = document.createElement("div");
  made.id = id;
  made.className = className;
  made.setAttribute("role", role);
  document.body.append(made);
  return made;
}

/**
 * @param {string} tag
 * @param {string} className
 * @param {string} [words]
 * @returns {HTMLElement}
 */
function make(tag, className, words = "") {
  const element = document.createElement(tag);
  if (className) element.className = className;
  element.textContent = words;
  return element;
}

/**
 * @param {Action} action
 * @returns {HTMLElement}
 */
function button({ label, act }) {
  const element = make("button", "do slim", label);
  element.setAttribute("type", "button");
  element.addEventListener("click", act);
  return element;
}

/** Notices, refusals and toasts. */
export class Notices {
  #place = region("notice", "alert", "notice");
  #toast = region("toast", "status", "toast-place");
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  /** @type {Map<Element, {name: string, words: string, sentence: string}>} refused words that were put back into a field */
  #putBack = new Map();
  #passing = new Passing();

  constructor() {
    for (const said of document.querySelectorAll("#messages > .note")) {
      if (said.matches(".is-success, .is-info")) this.#passing.add(said, SAID_FOR);
      else said.append(button({ label: text("close"), act: () => said.remove() }));
    }
    document.addEventListener("input", (event) => {
      if (event.target instanceof Element) this.#clearField(event.target);
    });
  }

  /**
   * Show a sentence above the page until it is closed or dropped.
   * @param {string} key a new one under the same key takes its place
   * @param {string} sentence
   * @param {Action[]} [actions]
   * @param {boolean} [closable]
   * @returns {HTMLElement} its line
   */
  show(key, sentence, actions = [], closable = true) {
    this.drop(key);
    const line = make("div", "row tight");
    line.dataset.notice = key;
    line.append(make("span", "", sentence));
    for (const action of actions) line.append(button(action));
    if (closable) line.append(button({ label: text("close"), act: () => this.drop(key) }));
    this.#place.append(line);
    this.#place.hidden = false;
    return line;
  }

  /**
   * Something else has happened: what only said what was is past.
   * @returns {void}
   */
  happened() {
    this.#passing.happened();
  }

  /**
   * @param {string} key
   * @returns {void}
   */
  drop(key) {
    this.#place.querySelector(`[data-notice="${CSS.escape(key)}"]`)?.remove();
    if (!this.#place.childElementCount) this.#place.hidden = true;
  }

  /**
   * A refused command: beside its field if that is in the page (its words are put back), else above the page.
   * @param {{field?: string, text?: string}} entry
   * @param {string} sentence
   * @returns {void}
   */
  refuse({ field = "", text: words = "" }, sentence) {
    const control = field && document.querySelector(`[name="${CSS.escape(field)}"]`);
    if (!(control instanceof HTMLInputElement || control instanceof HTMLTextAreaElement)) {
      const line = this.show(`refused:${words || sentence}`, words ? `${sentence} ${text("your_words", { words })}` : sentence);
      if (!words) this.#passing.add(line); // nothing of the person's is in it
      return;
    }
    for (let up = control.closest("details"); up; up = up.parentElement?.closest("details") ?? null) up.open = true;
    const free = control.value === "" || control.value === control.defaultValue;
    if (free && words) {
      control.value = words;
      control.dispatchEvent(new Event("input", { bubbles: true }));
    }
    const put = free || !words || control.value === words;
    this.#besides(control, put ? sentence : `${sentence} ${text("your_words", { words })}`);
    if (words && put) this.#putBack.set(control, { name: field, words, sentence });
  }

  /**
   * The page has changed: refused words whose field went with it are shown above the page instead.
   * @returns {void}
   */
  rescue() {
    for (const [control, { name, words, sentence }] of this.#putBack) {
      if (control.isConnected) continue;
      this.#putBack.delete(control);
      const successor = document.querySelector(`[name="${CSS.escape(name)}"]`);
      if (successor && "value" in successor && successor.value === words) this.#putBack.set(successor, { name, words, sentence });
      else this.refuse({ text: words }, sentence);
    }
  }

  /**
   * Show a sentence at a field.
   * @param {HTMLElement} control
   * @param {string} sentence
   * @returns {void}
   */
  atField(control, sentence) {
    this.#besides(control, sentence);
    control.focus();
  }

  /**
   * @param {string} sentence
   * @param {() => void} [undo]
   * @returns {void}
   */
  toast(sentence, undo = undefined) {
    clearTimeout(this.#timer);
    const line = make("p", "toast");
    line.append(make("span", "", sentence));
    const close = () => this.#toast.replaceChildren();
    if (undo) {
      const act = () => {
        close();
        undo();
      };
      line.append(button({ label: text("undo"), act }));
    }
    this.#toast.replaceChildren(line);
    const later = () => {
      // Not while it is being read or reached for.
      if (line.matches(":hover, :focus-within")) this.#timer = setTimeout(later, 2_000);
      else if (line.isConnected) close();
    };
    this.#timer = setTimeout(later, TOAST_FOR);
  }

  /**
   * Take the toast away: what it could undo is past.
   * @returns {void}
   */
  untoast() {
    clearTimeout(this.#timer);
    this.#toast.replaceChildren();
  }

  /**
   * @param {HTMLElement} control
   * @param {string} sentence
   */
  #besides(control, sentence) {
    this.#clearField(control);
    const name = control.getAttribute("name") ?? "";
    const line = make("p", "field-error", sentence);
    line.id = `refused-${name}`;
    line.setAttribute("role", "alert");
    control.after(line);
    control.setAttribute("aria-invalid", "true");
    const others = (control.getAttribute("aria-describedby") ?? "").split(" ").filter((id) => id && id !== line.id);
    control.setAttribute("aria-describedby", [...others, line.id].join(" "));
  }

  /** @param {Element} control */
  #clearField(control) {
    this.#putBack.delete(control);
    const name = control.getAttribute("name");
    const line = name && document.getElementById(`refused-${name}`);
    if (!line) return;
    line.remove();
    control.removeAttribute("aria-invalid");
    const rest = (control.getAttribute("aria-describedby") ?? "").split(" ").filter((id) => id && id !== `refused-${name}`);
    if (rest.length) control.setAttribute("aria-describedby", rest.join(" "));
    else control.removeAttribute("aria-describedby");
  }
}
