// What the server has to work out first comes into its place on the console by itself: near-duplicates before a vote.
//
//   <div data-fill="address">…</div>   gets what the address answers; what stands in it is for who has no script.

const PLACE = "[data-fill]";
const AFTER_PRESS = 1200;

/** @type {WeakSet<Element>} */
const asked = new WeakSet();

/**
 * @param {Element} place
 * @returns {Promise<void>}
 */
async function fill(place) {
  try {
    const response = await fetch(place.getAttribute("data-fill") ?? "", { headers: { Accept: "text/html" } });
    if (!response.ok || response.redirected) return;
    const inside = place.contains(document.activeElement);
    place.innerHTML = await response.text();
    if (inside && place instanceof HTMLElement) place.focus(); // what was pressed is gone with the old list
  } catch {
    // Away from the server: the link that stands there will do.
  }
}

/**
 * @returns {void}
 */
function look() {
  for (const place of document.querySelectorAll(PLACE)) {
    if (asked.has(place)) continue;
    asked.add(place);
    void fill(place);
  }
}

document.addEventListener("click", (event) => {
  const place = event.target instanceof Element && event.target.closest("button")?.closest(PLACE);
  if (place) setTimeout(() => void fill(place), AFTER_PRESS);
});
const live = document.getElementById("live");
if (live) new MutationObserver(look).observe(live, { childList: true, subtree: true });
look();
