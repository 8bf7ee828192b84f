// The projector has no hands: what doesn't fit on one screen is shown page by page, a new one every quarter of a minute.
// A key, the wheel or a finger holds it for a minute, so that people can talk about what they see.

const TURN = 15_000;
const HELD = 60_000;
const SPARE = 40;

const wall = document.querySelector("main.wall");
const told = document.getElementById("wall-pages");
const foot = document.querySelector(".wall-foot");
let dueAt = performance.now() + TURN;
let shown = "";
let fitted = true;

/** @returns {number} how much of the window isn't covered by the foot */
function seen() {
  return window.innerHeight - (foot?.getBoundingClientRect().height ?? 0);
}

/** @returns {number} where the next page begins: at the first piece that isn't wholly on this one */
function next() {
  const end = seen();
  let top = Infinity;
  for (const piece of document.querySelectorAll("#live li, #live tr, #live dl, #live figure")) {
    const box = piece.getBoundingClientRect();
    if (box.height > 0 && box.height < end && box.bottom > end && box.top > SPARE) top = Math.min(top, box.top);
  }
  return window.scrollY + (top < end + SPARE ? top - SPARE / 2 : end - 2 * SPARE);
}

/**
 * Whether a page is to be turned now, and the line that says which one this is.
 * @returns {void}
 */
function look() {
  const whole = document.documentElement.scrollHeight;
  const what = document.querySelector("#live h1")?.textContent ?? "";
  const now = performance.now();
  const fits = whole <= window.innerHeight + SPARE;
  if (what !== shown || (fitted && !fits)) {
    shown = what;
    window.scrollTo(0, 0);
    dueAt = now + TURN;
  }
  fitted = fits;
  const pages = fits ? 1 : Math.max(2, Math.ceil((whole - SPARE) / seen()));
  if (told) {
    told.hidden = pages < 2;
    const words = (told.dataset.words ?? "")
      .replace("{page}", String(Math.min(pages, 1 + Math.ceil((window.scrollY - 1) / seen()))))
      .replace("{pages}", String(pages));
    if (told.textContent !== words) told.textContent = words;
  }
  if (now < dueAt) return;
  dueAt = now + TURN;
  if (pages < 2) return;
  const atEnd = window.scrollY + window.innerHeight >= whole - SPARE;
  window.scrollTo(0, atEnd ? 0 : next());
}

/** @returns {void} */
function hold() {
  dueAt = performance.now() + HELD;
}

if (wall) {
  for (const sign of ["keydown", "wheel", "pointerdown", "touchmove"]) {
    document.addEventListener(sign, hold, { passive: true });
  }
  setInterval(look, 500);
}
