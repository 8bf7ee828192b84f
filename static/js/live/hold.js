// What a person is busy with must not be changed under their hands. Says which elements those are.

const TYPING = 4_000;
const WORDS = "textarea, select, [contenteditable=''], [contenteditable=true], input:not([type=checkbox], [type=radio], "
  + "[type=button], [type=submit], [type=hidden], [type=range])";
const POPOVER = CSS.supports("selector(:popover-open)") ? ", [popover]:popover-open" : "";
// A menu over the page would change under the pointer. Other open details come along into the new version, see focus.js.
const OPEN = `details:is(.menu, [data-menu])[open], dialog[open], [role=menu]${POPOVER}`;

/** @type {{element: Element, at: number} | null} */
let typed = null;
let composing = false;
let pressed = false;
/** @type {Element | null} */
let dragged = null;

/**
 * Watch for the signs of being busy.
 * @param {() => void} released called when something may have been let go
 * @returns {void}
 */
export function watchHolding(released) {
  const later = () => setTimeout(released, 0);
  document.addEventListener("input", (event) => {
    if (event.isTrusted && event.target instanceof Element) typed = { element: event.target, at: performance.now() };
  }, true);
  document.addEventListener("compositionstart", () => { composing = true; }, true);
  document.addEventListener("compositionend", () => { composing = false; later(); }, true);
  document.addEventListener("pointerdown", () => { pressed = true; }, true);
  for (const type of ["pointerup", "pointercancel"]) {
    // The click comes after pointerup: let go only once it has found its button.
    document.addEventListener(type, () => setTimeout(() => { pressed = false; released(); }, 0), true);
  }
  document.addEventListener("focusout", later, true);
  document.addEventListener("toggle", later, true);
}

/**
 * @param {Element | null} element the card being dragged, or null
 * @returns {void}
 */
export function holdDragged(element) {
  dragged = element;
}

/** @returns {Element[]} what is held now */
export function heldElements() {
  /** @type {Element[]} */
  const held = [];
  if (dragged) held.push(dragged);
  const focus = document.activeElement;
  if (focus && focus !== document.body) {
    const isTyping = composing || (typed?.element === focus && performance.now() - typed.at < TYPING);
    if (isTyping && focus.matches(WORDS)) held.push(focus);
    const open = focus.closest(OPEN);
    if (open) held.push(focus);
  }
  if (pressed) {
    const active = [...document.querySelectorAll(":active")].at(-1);
    const control = active?.closest("button, a, input, select, textarea, summary, label, [data-drag]");
    if (control) held.push(control);
  }
  return held;
}

/**
 * Whether changing `element` itself would disturb something held. What sits in a list inside it moves along unharmed.
 * @param {Element} element
 * @param {Element[]} held
 * @returns {boolean}
 */
export function disturbs(element, held) {
  return held.some((one) => {
    if (!element.contains(one)) return false;
    const list = one.parentElement?.closest("[data-list]");
    return !list || !element.contains(list) || list === one;
  });
}
