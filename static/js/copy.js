// Copies a link. The button is in the page from the start, hidden; without this script the field beside it can be
// selected by hand.
//
//   <input id="link" readonly value="…">
//   <button type="button" data-copy="link" data-copied="Copied" hidden>Copy link</button> <span role="status"></span>

const SHOWN_MS = 4000;

/**
 * Put a field's value on the clipboard.
 * @param {HTMLInputElement} field
 * @returns {Promise<boolean>} whether it is there
 */
async function copy(field) {
  try {
    await navigator.clipboard.writeText(field.value);
    return true;
  } catch {
    field.select(); // Without https there is no clipboard interface; the older way works on what is selected.
    return document.execCommand("copy");
  }
}

for (const button of document.querySelectorAll("[data-copy]")) {
  const field = document.getElementById(button.dataset.copy);
  const status = button.parentElement.querySelector("[role=status]");
  let timer = 0;
  button.hidden = false;
  button.addEventListener("click", async () => {
    const done = await copy(field);
    clearTimeout(timer);
    status.textContent = done ? button.dataset.copied : button.dataset.failed;
    if (!done) field.select();
    timer = setTimeout(() => {
      status.textContent = "";
    }, SHOWN_MS);
  });
}
