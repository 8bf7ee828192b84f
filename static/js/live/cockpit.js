// What the facilitators' page does beside commands: asks before some (asking.js), says how far ahead or behind the room
// is, keeps what is now in sight in a long agenda, jumps to controls by key, and saves notes when they are left.

import { askFirst } from "./asking.js";
import { text } from "./texts.js";

const MINUTE = 60_000;
const TOO_FAR = 180;
const EVERY = 5_000;
const WRITING = "textarea, select, input:not([type=checkbox], [type=radio])";

/**
 * Bring the cockpit to life.
 * @param {{now: () => number}} clock the server's
 * @returns {() => void} to call when the page has changed
 */
export function startCockpit(clock) {
  askFirst();
  watchKeys();
  watchNotes();
  watchAgenda();
  const look = () => showDrift(clock.now());
  let before = whereabouts();
  const changed = () => {
    look();
    keepNowInSight();
    if (before !== (before = whereabouts())) goToTop();
  };
  setInterval(look, EVERY);
  changed();
  return changed;
}

/** @returns {string} what the stage shows: an activity, and the room that a facilitator dropped in on */
function whereabouts() {
  return ["#stage h1", ".room-head b"].map((one) => document.querySelector(one)?.textContent ?? "").join("\n");
}

/** Another activity or room begins at its top; whoever is writing is left where they are. */
function goToTop() {
  if (!document.activeElement?.matches(WRITING)) window.scrollTo({ top: 0 });
}

// -- the agenda -----------------------------------------------------------------------------------------------------

let before = "";
let scrolled = 0;

/** A long agenda scrolls by itself: when the room moves on, to where it is; drawn again, back to where it was. */
function keepNowInSight() {
  const agenda = document.getElementById("run");
  const here = agenda?.querySelector(".is-now");
  if (!agenda || !here) return;
  agenda.scrollTop = scrolled;
  const title = here.querySelector(".strong")?.textContent ?? "";
  if (title === before) return;
  before = title;
  const [around, at] = [agenda.getBoundingClientRect(), here.getBoundingClientRect()];
  if (at.top < around.top || at.bottom > around.bottom) agenda.scrollTop += at.top - around.top - around.height / 3;
}

function watchAgenda() {
  document.addEventListener("scroll", ({ target }) => {
    if (target instanceof HTMLElement && target.id === "run") scrolled = target.scrollTop;
  }, true);
}

// -- keys -----------------------------------------------------------------------------------------------------------

/** Alt and Shift with a letter jump to a control; they press nothing. */
function watchKeys() {
  document.addEventListener("keydown", (event) => {
    if (!event.altKey || !event.shiftKey || event.ctrlKey || event.metaKey || !event.code.startsWith("Key")) return;
    const target = document.querySelector(`[data-key="${event.code.slice(3)}"]`);
    if (!(target instanceof HTMLElement)) return;
    event.preventDefault();
    for (let up = target.closest("details"); up; up = up.parentElement?.closest("details") ?? null) {
      if (!target.matches("summary") || up !== target.parentElement) up.open = true;
    }
    target.focus();
    target.scrollIntoView({ block: "nearest" });
  });
}

// -- notes ----------------------------------------------------------------------------------------------------------

/** Who leaves the notes has saved them. */
function watchNotes() {
  document.addEventListener("change", (event) => {
    const field = event.target;
    if (!(field instanceof HTMLTextAreaElement) || !field.dataset.save) return;
    setTimeout(() => {
      if (field.value !== field.defaultValue && !field.contains(document.activeElement)) {
        document.getElementById(field.dataset.save ?? "")?.click();
      }
    }, 200);
  });
}

// -- the plan -------------------------------------------------------------------------------------------------------

/** @param {number} now */
function showDrift(now) {
  const box = document.querySelector("[data-drift]");
  if (!(box instanceof HTMLElement)) return;
  const { plan, until, left, ends, begun } = box.dataset;
  const over = until ? Math.max(Number(until), now) : now + (Number(left) || 0);
  const minutes = Math.round((over - Number(plan)) / MINUTE);
  const away = Math.abs(minutes) > TOO_FAR;
  box.hidden = away;
  if (away) return;
  box.classList.toggle("is-behind", minutes > 0);
  const [said, end] = box.querySelectorAll("p");
  write(said, begun === "yes" ? drifted(minutes) : starting(minutes));
  write(end, begun === "yes" && minutes ? text("would_end", { time: clockTime(Number(ends) + minutes * MINUTE) }) : "");
  for (const place of document.querySelectorAll("[data-expected]")) {
    const at = Number(place.getAttribute("data-expected")) + minutes * MINUTE;
    place.toggleAttribute("hidden", begun !== "yes" || !minutes);
    write(place, text("expected_at", { time: clockTime(at) }));
  }
}

/** @param {number} minutes */
function drifted(minutes) {
  if (!minutes) return text("on_plan");
  return text(minutes > 0 ? "behind" : "ahead", { n: Math.abs(minutes) });
}

/** @param {number} minutes */
function starting(minutes) {
  if (!minutes) return text("starts_now");
  return text(minutes > 0 ? "late" : "starts_in", { n: Math.abs(minutes) });
}

/** @param {number} ms */
function clockTime(ms) {
  const zone = document.querySelector("[data-live]")?.getAttribute("data-zone") || undefined;
  return new Date(ms).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: zone });
}

/**
 * @param {Element} element
 * @param {string} words
 */
function write(element, words) {
  if (element.textContent !== words) element.textContent = words;
}
