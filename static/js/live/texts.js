// Every sentence this client shows comes translated from the page's <script type="application/json" id="live-texts">.

/** @type {Record<string, string>} */
let texts = {};
let plurals = new Intl.PluralRules("en-GB");

/**
 * Read a JSON data block of the page.
 * @param {string} id
 * @returns {any} its content, or an empty object where it is missing or damaged
 */
export function dataBlock(id) {
  const block = document.getElementById(id);
  if (!block) return {};
  try {
    return JSON.parse(block.textContent || "{}") ?? {};
  } catch {
    console.error(`The data block #${id} is not JSON.`);
    return {};
  }
}

/**
 * Load the page's sentences.
 * @param {string} lang a language tag, which also decides the plural forms
 * @returns {void}
 */
export function loadTexts(lang) {
  texts = dataBlock("live-texts");
  try {
    plurals = new Intl.PluralRules(lang || "en-GB");
  } catch {
    plurals = new Intl.PluralRules("en-GB");
  }
}

/**
 * One sentence. `n` in the values chooses the plural form: `key_one`, `key_few`, ... `key_other`.
 * @param {string} key
 * @param {Record<string, string | number>} [values] put in place of {name}
 * @returns {string}
 */
export function text(key, values = {}) {
  const plural = typeof values.n === "number" ? plurals.select(values.n) : "other";
  const pattern = texts[`${key}_${plural}`] ?? texts[`${key}_other`] ?? texts[key] ?? key;
  return fill(pattern, values);
}

/**
 * Put values in place of {name}; a name without a value stays as it is.
 * @param {string} pattern
 * @param {Record<string, string | number>} values
 * @returns {string}
 */
export function fill(pattern, values) {
  return pattern.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}
