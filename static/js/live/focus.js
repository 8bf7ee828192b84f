// Replacing elements without the person noticing: what they typed, ticked or opened comes along, and focus stays.

/**
 * Move a connected node, keeping its focus and state where the browser can.
 * @param {Element} parent
 * @param {Node} node
 * @param {Node | null} before
 * @returns {void}
 */
export function place(parent, node, before) {
  const mover = /** @type {any} */ (parent);
  if (typeof mover.moveBefore === "function" && node.isConnected && parent.isConnected) {
    mover.moveBefore(node, before);
  } else {
    parent.insertBefore(node, before);
  }
}

/**
 * Run a change and put focus back where it was: on the same element, else on the one that took its place, else on the
 * nearest thing around it that is still there.
 * @param {() => void} change
 * @returns {void}
 */
export function keepFocus(change) {
  const active = document.activeElement;
  if (!(active instanceof HTMLElement) || active === document.body) {
    change();
    return;
  }
  const around = [];
  for (let up = active.parentElement; up; up = up.parentElement) if (up.id) around.push(up.id);
  const selection = readSelection(active);
  change();
  if (document.activeElement === active && active.isConnected) return;
  const again = active.isConnected ? active : successor(active, around);
  if (!again) return;
  again.focus({ preventScroll: true });
  if (selection && again.matches("input, textarea")) writeSelection(again, selection);
}

/**
 * Let the new version of an element take over what the person did to the old one.
 * @param {ParentNode} old
 * @param {ParentNode} fresh
 * @returns {void}
 */
export function carry(old, fresh) {
  for (const details of inside(old, "details[id]")) {
    const next = fresh.querySelector(`details#${CSS.escape(details.id)}`);
    if (next instanceof HTMLDetailsElement) next.open = /** @type {HTMLDetailsElement} */ (details).open;
  }
  for (const control of inside(old, "input, textarea, select")) carryControl(control, fresh);
}

/**
 * @param {ParentNode} scope
 * @param {string} selector
 * @returns {Element[]} matches that are not in a list of the scope (those move along by themselves)
 */
function inside(scope, selector) {
  return [...scope.querySelectorAll(selector)].filter((one) => {
    const list = one.closest("[data-list]");
    return !list || list === scope || !scope.contains(list);
  });
}

/**
 * @param {Element} control
 * @param {ParentNode} fresh
 */
function carryControl(control, fresh) {
  const next = twin(control, fresh);
  if (!next) return;
  if (control instanceof HTMLInputElement && next instanceof HTMLInputElement) {
    if (control.type === "checkbox" || control.type === "radio") {
      if (control.checked !== control.defaultChecked) next.checked = control.checked;
    } else if (control.type !== "file" && control.type !== "hidden" && control.value !== control.defaultValue) {
      next.value = control.value;
    }
  } else if (control instanceof HTMLTextAreaElement && next instanceof HTMLTextAreaElement) {
    if (control.value !== control.defaultValue) next.value = control.value;
  } else if (control instanceof HTMLSelectElement && next instanceof HTMLSelectElement) {
    const changed = [...control.options].some((option) => option.selected !== option.defaultSelected);
    if (changed && [...next.options].some((option) => option.value === control.value)) next.value = control.value;
  }
}

/**
 * @param {Element} control
 * @param {ParentNode} scope
 * @returns {Element | null} the same control in another version of its surroundings
 */
function twin(control, scope) {
  if (control.id) return scope.querySelector(`#${CSS.escape(control.id)}`);
  const name = control.getAttribute("name");
  if (!name) return null;
  const value = control.matches("button, [type=checkbox], [type=radio]") ? control.getAttribute("value") : null;
  const same = value === null ? "" : `[value="${CSS.escape(value)}"]`;
  return scope.querySelector(`${control.localName}[name="${CSS.escape(name)}"]${same}`);
}

/**
 * @param {HTMLElement} gone
 * @param {string[]} around ids of what was around it, nearest first
 * @returns {HTMLElement | null}
 */
function successor(gone, around) {
  for (const id of around) {
    const near = document.getElementById(id);
    if (!near) continue;
    const next = gone.id ? document.getElementById(gone.id) : twin(gone, near) ?? namesake(gone, near);
    if (next instanceof HTMLElement) return next;
    if (!near.hasAttribute("tabindex")) near.setAttribute("tabindex", "-1");
    return near;
  }
  return null;
}

/**
 * @param {Element} control
 * @returns {string | undefined} what it is called
 */
function called(control) {
  return control.getAttribute("aria-label") ?? control.textContent?.trim();
}

/**
 * For what has neither id nor name (a summary, a link): the same kind of element with the same words.
 * @param {Element} gone
 * @param {Element} near
 * @returns {Element | null}
 */
function namesake(gone, near) {
  const words = called(gone);
  return [...near.querySelectorAll(gone.localName)].find((one) => called(one) === words) ?? null;
}

/** @param {Element} element */
function readSelection(element) {
  try {
    const field = /** @type {HTMLInputElement} */ (element);
    return typeof field.selectionStart === "number" ? [field.selectionStart, field.selectionEnd] : null;
  } catch {
    return null;
  }
}

/**
 * @param {Element} element
 * @param {any[]} selection
 */
function writeSelection(element, selection) {
  try {
    /** @type {HTMLInputElement} */ (element).setSelectionRange(selection[0], selection[1]);
  } catch {
    // a kind of field without a selection
  }
}
