// Menus and dialogs around commands. One "Move to…" and one "Hide…" dialog serve all cards:
//
//   [data-move="i7"]      opens #move-menu for that card         [data-hide="i7"]      opens #hide-menu for it
//   [data-with-idea]      its button's command gets "idea"       [data-with-ideas]     gets "ideas": [that one]
//   [data-about-card]     in it: shows the card's words          [data-close-dialog]   closes the dialog around it

let chosen = "";

/**
 * @param {Element} card
 * @returns {string} what to call it
 */
export function titleOf(card) {
  const title = card.getAttribute("data-title") ?? card.querySelector(".idea-text")?.textContent ?? "";
  return title.trim().replace(/\s+/g, " ");
}

/**
 * Open and close dialogs by their buttons.
 * @returns {void}
 */
export function watchMenus() {
  document.addEventListener("click", (event) => {
    if (!(event.target instanceof Element)) return;
    for (const act of ["move", "hide"]) {
      const opener = event.target.closest(`[data-${act}]`);
      const dialog = document.getElementById(`${act}-menu`);
      if (!opener || !(dialog instanceof HTMLDialogElement)) continue;
      chosen = opener.getAttribute(`data-${act}`) ?? "";
      const card = opener.closest("[data-card], li");
      const words = dialog.querySelector("[data-about-card]");
      if (words) words.textContent = card ? titleOf(card) : "";
      leaveOut(dialog, placeOf(card?.closest("[data-drop]")?.getAttribute("data-drop")));
      dialog.showModal();
    }
    const closer = event.target.closest("[data-close-dialog]");
    closer?.closest("dialog")?.close();
  });
}

/**
 * @param {string | null | undefined} command one that moves a card
 * @returns {string} where to
 */
function placeOf(command) {
  try {
    return String(JSON.parse(command ?? "").to ?? "");
  } catch {
    return "";
  }
}

/**
 * A card isn't offered the place where it is.
 * @param {Element} dialog
 * @param {string} here
 */
function leaveOut(dialog, here) {
  for (const button of dialog.querySelectorAll("button[data-with-idea]")) {
    const { value } = /** @type {HTMLButtonElement} */ (button);
    const moves = value.includes('"idea.move"');
    button.toggleAttribute("hidden", moves && here !== "" && placeOf(value) === here);
  }
}

/**
 * What the open dialog adds to the command of a button in it.
 * @param {Element} button
 * @returns {Record<string, unknown>}
 */
export function menuAdditions(button) {
  if (!chosen || !button.closest("#move-menu, #hide-menu")) return {};
  if (button.matches("[data-with-idea]")) return { idea: chosen };
  return button.matches("[data-with-ideas]") ? { ideas: [chosen] } : {};
}

/**
 * What it adds to the command that takes it back.
 * @param {Element} button
 * @returns {Record<string, unknown>}
 */
export function undoAdditions(button) {
  return button.closest("#hide-menu") ? menuAdditions(button) : {};
}

/**
 * A command was given: close the menu, question or form that it was given in, and keep focus near.
 * @param {HTMLElement} button
 * @param {Element[]} controls the fields that were read
 * @returns {void}
 */
export function closeAround(button, controls) {
  button.closest("dialog")?.close();
  const details = button.closest("details");
  if (!details) return;
  const isForm = controls.some((control) => details.contains(control));
  if (details.matches(".fold") || (!isForm && !details.matches(".menu, .armed, [data-menu]"))) return;
  const inside = details.contains(document.activeElement);
  details.open = false;
  if (inside) details.querySelector("summary")?.focus();
}
