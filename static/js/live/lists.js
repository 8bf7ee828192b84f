// The order of a list, changed by moving as few children as possible: what stays still keeps focus and scroll.

import { place } from "./focus.js";

/**
 * Put the children of every list in its order, as far as nobody is busy in it.
 * @param {object} parts
 * @param {Map<string, {ids: string[], since: number}>} parts.orders what is done is taken out of it
 * @param {Map<string, {element: Element, since: number}>} parts.patches new elements; those placed are taken out
 * @param {(id: string) => Element | null} parts.find
 * @param {(list: Element, nodes: Element[], since: number) => boolean} parts.isBusy
 * @param {(element: Element) => void} parts.inserted
 * @param {(id: string) => void} parts.missing
 * @returns {void}
 */
export function settleOrders({ orders, patches, find, isBusy, inserted, missing }) {
  /** @type {Set<Element>} */
  const unnamed = new Set();
  const absent = new Set();
  // A list may stand in an element that another list's order brings into the page: go on while that helps.
  for (let again = true; again;) {
    again = false;
    for (const [id, { ids, since }] of orders) {
      const list = document.getElementById(id);
      if (!list) continue;
      const nodes = ids.map((one) => find(one)).filter((one) => one !== null);
      for (const one of ids) if (!find(one)) absent.add(one);
      if (!sameChildren(list, nodes) && isBusy(list, nodes, since)) continue;
      orders.delete(id);
      again = true;
      for (const node of arrange(list, nodes)) unnamed.add(node);
      for (const node of nodes) {
        unnamed.delete(node);
        if (patches.get(node.id)?.element !== node) continue;
        patches.delete(node.id);
        inserted(node);
      }
    }
  }
  for (const node of unnamed) {
    const wanted = [...orders.values()].some(({ ids }) => ids.includes(node.id));
    if (wanted && !patches.has(node.id)) patches.set(node.id, { element: node, since: performance.now() });
    node.remove();
  }
  for (const id of orders.keys()) {
    const coming = [...patches.values()].some(({ element }) => element.querySelector(`#${CSS.escape(id)}`));
    if (!document.getElementById(id) && !coming) orders.delete(id);
  }
  for (const id of absent) if (!find(id)) missing(id);
}

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
function sameChildren(list, nodes) {
  const children = childrenOf(list);
  return children.length === nodes.length && children.every((child, i) => child === nodes[i]);
}

/**
 * Make the list's children exactly these, moving as few as possible. Children not named stay behind them for now.
 * @param {Element} list
 * @param {Element[]} nodes
 * @returns {Element[]} the children that were not named
 */
function arrange(list, nodes) {
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
