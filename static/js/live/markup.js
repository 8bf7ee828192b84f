// From the text of a frame to elements, and which of their empty places are filled from the version before.

import { breathe, late } from "./breath.js";

const SLOT = "[data-list][id], [data-own-slot]";
const AT_ONCE = 24_000;
/**
 * Buttons and fields name the page's one form for browsers without script. With it, they are better without: Chromium
 * goes through the whole page for every button that joins a form, which is seconds for a ballot of six hundred ideas.
 */
const FORM = ' form="act"';

/**
 * @param {string} html
 * @returns {Element[]} its top-level elements; those without an id have no place and are left out
 */
export function parse(html) {
  if (!html) return [];
  const template = document.createElement("template");
  template.innerHTML = html.replaceAll(FORM, "");
  return withIds(template);
}

/**
 * The same for any length, leaving room in between.
 * @param {string} html
 * @returns {Promise<Element[]>}
 */
export async function parseAtLeisure(html) {
  if (html.length < AT_ONCE) return parse(html);
  const text = html.replaceAll(FORM, "");
  // A page that nobody sees: its parser takes text piece by piece, wherever that is cut.
  const page = document.implementation.createHTMLDocument();
  page.write("<template>");
  for (let from = 0; from < text.length; from += AT_ONCE) {
    page.write(text.slice(from, from + AT_ONCE));
    if (late()) await breathe();
  }
  page.write("</template>");
  page.close();
  return withIds(/** @type {HTMLTemplateElement} */ (page.querySelector("template")));
}

/** @param {HTMLTemplateElement} template */
function withIds(template) {
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
