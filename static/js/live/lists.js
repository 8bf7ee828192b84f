// The order of a list, changed by moving as few children as possible: what stays still keeps focus and scroll.

import { place } from "./focus.js";

/**
 * @param {Element} list
 * @returns {Element[]} its children, without the slot a drag shows
 */
function childrenOf(list) {
  return [...list.children].filter((child) => !child.hasAttribute("data-drag-slot"));
}

/**
 * @param {Element} list
 * @param {Element[]} nodes
 * @returns {boolean} whether the list's children are exactly these already
 */
export function sameChildren(list, nodes) {
  const children = childrenOf(list);
  return children.length === nodes.length && children.every((child, i) => child === nodes[i]);
}

/**
 * Make the list's children exactly these, moving as few as possible. Children not named stay behind them for now.
 * @param {Element} list
 * @param {Element[]} nodes
 * @returns {Element[]} the children that were not named
 */
export function arrange(list, nodes) {
  const children = childrenOf(list);
  if (sameChildren(list, nodes)) return [];
  const wanted = new Set(nodes);
  const rest = children.filter((child) => !wanted.has(child));
  const at = new Map(children.map((child, i) => [child, i]));
  const still = new Set(longestRise(nodes.filter((node) => at.has(node)), (node) => at.get(node) ?? 0));
  /** @type {Element | null} */
  let after = null;
  for (const node of [...nodes].reverse()) {
    if (!still.has(node)) place(list, node, after);
    after = node;
  }
  for (const child of rest) if (list.lastElementChild !== child) place(list, child, null);
  return rest;
}

/**
 * @template T
 * @param {T[]} items
 * @param {(item: T) => number} rank
 * @returns {T[]} the most items that can stay where they are
 */
function longestRise(items, rank) {
  /** @type {number[]} */
  const tails = [];
  const before = items.map((item, i) => {
    let low = 0;
    let high = tails.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (rank(items[tails[middle]]) < rank(item)) low = middle + 1;
      else high = middle;
    }
    tails[low] = i;
    return low ? tails[low - 1] : -1;
  });
  const rise = [];
  for (let i = tails.at(-1) ?? -1; i >= 0; i = before[i]) rise.push(items[i]);
  return rise.reverse();
}
