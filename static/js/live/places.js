// Where in a list a dragged card would go.

/**
 * @param {Element} list
 * @param {Element} card
 * @returns {Element | null} the child of the list that is or holds the card
 */
export function childIn(list, card) {
  return [...list.children].find((child) => child.contains(card)) ?? null;
}

/**
 * @param {Element} child
 * @returns {Element | null} the card that it is or holds
 */
export function cardOf(child) {
  return child.matches("[data-card]") ? child : child.querySelector("[data-card]");
}

/**
 * @param {Element} list
 * @param {Element} card the one being dragged
 * @param {{x: number, y: number}} at
 * @returns {Element | null} the child that would follow it
 */
export function nextAt(list, card, at) {
  const width = list.getBoundingClientRect().width;
  for (const child of list.children) {
    if (child.contains(card) || child.hasAttribute("data-drag-slot") || !cardOf(child)) continue;
    const box = child.getBoundingClientRect();
    const column = box.width > width * 0.6;
    if (at.y < box.top) return child;
    if (at.y <= box.bottom && (column ? at.y < box.top + box.height / 2 : at.x < box.left + box.width / 2)) return child;
  }
  return null;
}
