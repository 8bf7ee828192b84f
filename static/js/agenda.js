// Dragging an activity of the agenda by its handle, on the page that prepares a workshop. The keyboard's ways are the
// arrows and "Move before" beside it, whose form also carries what was dragged: the server hears the same either way.

import { startDragging } from "./drag.js";
import { loadTexts } from "./live/texts.js";

loadTexts(document.documentElement.lang);

startDragging((_value, card, changes) => {
  const select = card.querySelector("select[name=before]");
  if (!(select instanceof HTMLSelectElement) || !select.form) return;
  select.value = changes.before ?? "";
  select.form.requestSubmit();
}, () => {});
