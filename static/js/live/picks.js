// On a phone the ticks of a long board are far from the tools that use them: a line at the foot of the screen says how many
// ideas are selected and leads there.

import { text } from "./texts.js";

const TICKED = "#live input[name=pick]:checked";
const TOOLS = "#group-tools, #moderation";

/** The line, made when it is first needed. */
export class Picks {
  /** @type {HTMLElement | null} */
  #line = null;

  constructor() {
    document.addEventListener("change", (event) => {
      if (event.target instanceof Element && event.target.matches("input[name=pick]")) this.show();
    });
  }

  /**
   * Say how many there are, as far as it is not said.
   * @returns {void}
   */
  show() {
    const ticked = document.querySelectorAll(TICKED).length;
    if (!ticked || !document.querySelector(TOOLS)) {
      if (this.#line) this.#line.hidden = true;
      return;
    }
    this.#line ??= this.#make();
    this.#line.hidden = false;
    const words = this.#line.querySelector("[role=status]");
    if (words) words.textContent = text("picked", { n: ticked });
  }

  /**
   * The page changed: ticks may have gone with their cards.
   * @returns {void}
   */
  changed() {
    if (this.#line && !this.#line.hidden) this.show();
  }

  #make() {
    const line = document.createElement("aside");
    line.className = "dock picked narrow";
    const row = document.createElement("div");
    row.className = "row ends";
    const words = document.createElement("p");
    words.setAttribute("role", "status");
    const button = document.createElement("button");
    button.type = "button";
    button.className = "do main";
    button.textContent = text("picked_go");
    button.addEventListener("click", () => this.#lead());
    row.append(words, button);
    line.append(row);
    document.body.append(line);
    return line;
  }

  #lead() {
    const tools = document.querySelector(TOOLS);
    if (!(tools instanceof HTMLDetailsElement)) return;
    tools.open = true;
    tools.scrollIntoView({ block: "start" });
    tools.querySelector("summary")?.focus({ preventScroll: true });
  }
}
