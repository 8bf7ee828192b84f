// From the text of a frame to elements, and which of their empty places are filled from the version before.

const SLOT = "[data-list][id], [data-own-slot]";

/**
 * @param {string} html
 * @returns {Element[]} its top-level elements; those without an id have no place and are left out
 */
export function parse(html) {
  if (!html) return [];
  const template = document.createElement("template");
  template.innerHTML = html;
  return [...template.content.children].filter((element) => element.id);
}

/**
 * @param {Element} old
 * @param {Element} fresh
 * @returns {[Element, Element][]} empty places of the new version and the old ones whose children belong there
 */
export function slotPairs(old, fresh) {
  /** @type {[Element, Element][]} */
  const pairs = [];
  for (const to of [fresh, ...fresh.querySelectorAll(SLOT)]) {
    if (!to.matches(SLOT) || to.childElementCount) continue;
    const same = to.id ? `#${CSS.escape(to.id)}` : `[data-own-slot="${CSS.escape(to.getAttribute("data-own-slot") ?? "")}"]`;
    const from = old.matches(same) ? old : old.querySelector(same);
    if (from) pairs.push([from, to]);
  }
  return pairs;
}
