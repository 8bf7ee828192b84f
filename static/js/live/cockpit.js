// What the facilitators' page does beside commands: asks before it moves a room that somebody else leads, says how far
// ahead or behind the room is, jumps to controls by key, and saves notes when they are left.

import { fill, text } from "./texts.js";

const MINUTE = 60_000;
const TOO_FAR = 180;
const EVERY = 5_000;
/** Commands that move the room for everybody, or can't be taken back. */
const MOVES = /^(show\.|step\.(open|new_round|close|reveal|pause|resume)$|room\.|workshop\.close|hands\.lower$)/;

/**
 * Bring the cockpit to life.
 * @param {{now: () => number}} clock the server's
 * @returns {() => void} to call when the page has changed
 */
export function startCockpit(clock) {
  askFirst();
  watchKeys();
  watchNotes();
  const look = () => showDrift(clock.now());
  setInterval(look, EVERY);
  look();
  return look;
}

// -- somebody else leads ------------------------------------------------------------------------------------------

function askFirst() {
  /** @type {HTMLElement | null} */
  let waiting = null;
  let sure = false;
  document.addEventListener("click", (event) => {
    const button = event.target instanceof Element ? event.target.closest("button") : null;
    const dialog = document.getElementById("ask-leading");
    if (!button || !(dialog instanceof HTMLDialogElement)) return;
    if (button.matches("[data-ask-yes]")) {
      dialog.close();
      sure = true;
      waiting?.click();
      sure = false;
      return;
    }
    const other = document.querySelector("[data-not-leading]:not([hidden])")?.getAttribute("data-not-leading");
    if (sure || !other || !MOVES.test(commandOf(button))) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    waiting = button;
    const words = dialog.querySelector("[data-ask-words]");
    if (words) words.textContent = fill(words.getAttribute("data-ask-words") ?? "", { name: other });
    dialog.showModal();
  }, true);
}

/** @param {HTMLButtonElement} button */
function commandOf(button) {
  if (button.name !== "command" || !button.value) return "";
  try {
    return String(JSON.parse(button.value).do ?? "");
  } catch {
    return "";
  }
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
