// "Move to…": the way to move a card without dragging. The dialog's buttons are ordinary command buttons; opening it
// for a card puts that card's id into their commands.

/**
 * @param {HTMLDialogElement} dialog
 * @param {string} idea
 * @returns {void}
 */
function aim(dialog, idea) {
  for (const button of dialog.querySelectorAll("button[data-with-idea], button[data-with-ideas]")) {
    if (!(button instanceof HTMLButtonElement)) continue;
    const command = JSON.parse(button.value);
    if (button.hasAttribute("data-with-ideas")) command.ideas = [idea];
    else command.idea = idea;
    button.value = JSON.stringify(command);
  }
  const text = document.querySelector(`[data-card="${CSS.escape(idea)}"] .idea-text`)?.textContent ?? "";
  const place = dialog.querySelector("[data-move-text]");
  if (place) place.textContent = text;
}

document.addEventListener("click", (event) => {
  if (!(event.target instanceof Element)) return;
  const dialog = document.getElementById("move-menu");
  if (!(dialog instanceof HTMLDialogElement)) return;
  const opener = event.target.closest("[data-move]");
  if (opener instanceof HTMLElement && opener.dataset.move) {
    aim(dialog, opener.dataset.move);
    dialog.showModal();
  } else if (event.target.closest("#move-menu button") || event.target === dialog) {
    // After the button's own work: closing gives the focus back to "Move to…".
    setTimeout(() => dialog.close());
  }
});
