// Turns a pressed button into a command. Its value is the command; `fields` says which fields' contents go along;
// `done` and `undo` are for the person and are not sent.

import { fill } from "./texts.js";

// What can be told to be missing without asking the server. (Without script, `required` would stop every other button of
// the page's one form, so the pages say aria-required.)
const NEEDED = "textarea:not([data-may-be-empty]), [required], [aria-required=true]";

/**
 * @typedef {object} Reading
 * @property {Record<string, unknown>} command what to send
 * @property {string} [done]
 * @property {Record<string, unknown>} [undo]
 * @property {string} [field] the name of the field the words came from
 * @property {string} [text] those words
 * @property {Element[]} controls all fields that were read
 * @property {HTMLElement} [empty] a field that must be filled first
 */

/**
 * @param {string} value the button's value
 * @param {ParentNode} [page]
 * @returns {Reading | null} null if it is no command
 */
export function readCommand(value, page = document) {
  let parsed;
  try {
    parsed = JSON.parse(value);
  } catch {
    return null;
  }
  if (!parsed || typeof parsed !== "object" || typeof parsed.do !== "string") return null;
  const { fields = {}, done, undo, ...command } = parsed;
  /** @type {Reading} */
  const reading = { command, undo, controls: [] };
  /** @type {Record<string, string>} */
  const shown = {};
  for (const [key, name] of Object.entries(fields)) readField(reading, shown, key, String(name), page);
  if (typeof done === "string") reading.done = fill(done, shown);
  return reading;
}

/**
 * The words are in the outbox now: free the fields for the next.
 * @param {Element[]} controls
 * @returns {void}
 */
export function emptyFields(controls) {
  for (const control of controls) {
    if (control instanceof HTMLInputElement && (control.type === "checkbox" || control.type === "radio")) {
      control.checked = control.defaultChecked;
      control.dispatchEvent(new Event("change", { bubbles: true }));
    } else if (control instanceof HTMLInputElement || control instanceof HTMLTextAreaElement) {
      // A field that came with words (an edit) keeps the new ones as its own: they are no longer a change.
      if (control.defaultValue === "") control.value = "";
      else control.defaultValue = control.value;
      control.dispatchEvent(new Event("input", { bubbles: true }));
    }
  }
}

/**
 * @param {Reading} reading
 * @param {Record<string, string>} shown
 * @param {string} key
 * @param {string} name
 * @param {ParentNode} page
 */
function readField(reading, shown, key, name, page) {
  const many = name.endsWith("[]");
  const plain = CSS.escape(many ? name.slice(0, -2) : name);
  const controls = [...page.querySelectorAll(`[name="${plain}"]`)].filter((one) => one.matches("input, textarea, select"));
  if (!controls.length) {
    console.error(`No field is named ${name}.`);
    return;
  }
  if (many) {
    const ticked = controls.filter((one) => /** @type {HTMLInputElement} */ (one).checked);
    reading.command[key] = ticked.map((one) => /** @type {HTMLInputElement} */ (one).value);
    reading.controls.push(...ticked);
    return;
  }
  const control = chosen(controls);
  const value = valueOf(control);
  shown[key] = control instanceof HTMLSelectElement ? (control.selectedOptions[0]?.text.trim() ?? "") : String(value ?? "");
  reading.controls.push(control);
  const blank = value === null || (typeof value === "string" && !value.trim());
  if (blank && control.matches(NEEDED)) reading.empty ??= /** @type {any} */ (control);
  if (value === null) return;
  reading.command[key] = value;
  if (typeof value === "string" && value.trim() && !reading.field && control.matches("textarea, input:not([type=hidden])")) {
    reading.field = control.getAttribute("name") ?? "";
    reading.text = value;
  }
}

/** @param {Element[]} controls */
function chosen(controls) {
  const radios = controls.filter((one) => one instanceof HTMLInputElement && one.type === "radio");
  return radios.find((one) => /** @type {HTMLInputElement} */ (one).checked) ?? controls[0];
}

/**
 * @param {Element} control
 * @returns {string | number | boolean | null}
 */
function valueOf(control) {
  if (control instanceof HTMLInputElement) {
    if (control.type === "checkbox") return control.checked;
    if (control.type === "radio") return control.checked ? control.value : null;
    if (control.type === "number" || control.type === "range") {
      return Number.isNaN(control.valueAsNumber) ? null : control.valueAsNumber;
    }
  }
  return /** @type {HTMLTextAreaElement} */ (control).value;
}
