// What a facilitator says to the room, on a participant's page: a closed announcement stays closed on this device, and
// a call brings the page to where the room is, without taking the field from under anybody's fingers.

const WRITING = "textarea, input:not([type=checkbox], [type=radio], [type=button], [type=submit])";

/** The place over the stage. */
export class RoomSays {
  #name;
  #calls;

  /** @param {string} workshop */
  constructor(workshop) {
    this.#name = `lab-closed:${workshop}`;
    this.#calls = calls();
  }

  /**
   * @returns {void}
   */
  listen() {
    document.addEventListener("click", (event) => {
      const said = event.target instanceof Element && event.target.closest("[data-dismiss]")?.closest("[data-announcement]");
      if (!said) return;
      keep(this.#name, said.getAttribute("data-announcement") ?? "");
      this.show();
      document.getElementById("main")?.focus({ preventScroll: true });
    });
    this.show();
  }

  /**
   * The place may be new.
   * @returns {void}
   */
  show() {
    const closed = kept(this.#name);
    for (const said of document.querySelectorAll("[data-announcement]:has([data-dismiss])")) {
      said.toggleAttribute("hidden", said.getAttribute("data-announcement") === closed);
    }
    const now = calls();
    if (now > this.#calls) this.#come();
    this.#calls = now;
  }

  #come() {
    for (const dialog of document.querySelectorAll("dialog[open]")) /** @type {HTMLDialogElement} */ (dialog).close();
    if (document.activeElement?.matches(WRITING)) return;
    const back = document.querySelector("[data-back]");
    if (back instanceof HTMLAnchorElement) location.assign(back.href);
    window.scrollTo({ top: 0 });
    document.getElementById("main")?.focus({ preventScroll: true });
  }
}

function calls() {
  return Number(document.getElementById("room")?.getAttribute("data-calls")) || 0;
}

/**
 * @param {string} name
 * @param {string} value
 */
function keep(name, value) {
  try {
    localStorage.setItem(name, value);
  } catch {
    // It is closed until the page is loaded again.
  }
}

/** @param {string} name */
function kept(name) {
  try {
    return localStorage.getItem(name) ?? "";
  } catch {
    return "";
  }
}
