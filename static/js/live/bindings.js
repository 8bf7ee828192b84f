// Shows what only this person gets (own) and who is here (now) in the places that ask for it by attribute.

/**
 * Walk a path of words through an object. On a list the last word asks whether the list contains it.
 * @param {any} source
 * @param {string} path
 * @returns {any} "" where the path leads nowhere
 */
export function look(source, path) {
  let value = source;
  for (const word of path.trim().split(/\s+/)) {
    if (Array.isArray(value)) value = value.some((item) => String(item) === word);
    else if (value && typeof value === "object" && Object.hasOwn(value, word)) value = value[word];
    else return "";
  }
  return value ?? "";
}

/** @type {Record<string, (element: Element, value: any) => void>} */
const EFFECTS = {
  text: (element, value) => {
    const words = Array.isArray(value) ? String(value.length) : value === false ? "" : String(value);
    if (element.textContent !== words) element.textContent = words;
  },
  show: (element, value) => element.toggleAttribute("hidden", !truthy(value)),
  hide: (element, value) => element.toggleAttribute("hidden", truthy(value)),
  value: (element, value) => {
    const words = value === "" || value === false ? "0" : String(value);
    if (element.getAttribute("data-value") !== words) element.setAttribute("data-value", words);
    if (element.matches("input, meter, progress") && element !== document.activeElement) {
      const field = /** @type {HTMLInputElement} */ (element);
      if (String(field.value) !== words) /** @type {any} */ (field).value = words;
    }
  },
  disabled: (element, value) => {
    if (truthy(value)) element.setAttribute("aria-disabled", "true");
    else element.removeAttribute("aria-disabled");
  },
  pressed: (element, value) => element.setAttribute("aria-pressed", String(truthy(value))),
};

/** @param {any} value */
function truthy(value) {
  return Array.isArray(value) ? value.length > 0 : Boolean(value);
}

/**
 * @param {"own" | "now"} kind
 * @param {ParentNode & Node} scope an element, itself included, or the document
 * @param {any} source
 * @returns {void}
 */
export function bind(kind, scope, source) {
  for (const [name, effect] of Object.entries(EFFECTS)) {
    const attribute = `data-${kind}-${name}`;
    const found = [...scope.querySelectorAll(`[${attribute}]`)];
    if (scope instanceof Element && scope.hasAttribute(attribute)) found.push(scope);
    for (const element of found) effect(element, look(source, element.getAttribute(attribute) ?? ""));
  }
}
