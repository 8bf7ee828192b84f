// The order of a list, changed by moving as few children as possible: what stays still keeps focus and scroll.

import { late } from "./breath.js";
import { place } from "./focus.js";

/**
 * Put the children of every list in its order, as far as nobody is busy in it and time allows.
 * @param {object} parts
 * @param {Map<string, {ids: string[], since: number}>} parts.orders what is done is taken out of it
 * @param {Map<string, {element: Element, since: number}>} parts.patches new elements; those placed are taken out
 * @param {Set<Element>} parts.unnamed children that no order named so far; kept from slice to slice
 * @param {(id: string) => Element | null} parts.find
 * @param {(list: Element, nodes: Element[], since: number) => boolean} parts.isBusy
 * @param {(element: Element) => void} parts.inserted
 * @param {(id: string) => void} parts.missing
 * @returns {boolean} whether all is done that may be
 */
export function settleOrders({ orders, patches, unnamed, find, isBusy, inserted, missing }) {
  /** @type {Set<string>} */
  const absent = new Set();
  /** @param {Element} node */
  const placed = (node) => {
    if (patches.get(node.id)?.element !== node) return;
    patches.delete(node.id);
    inserted(node);
  };
  // A list may stand in an element that another list's order brings into the page: go on while that helps.
  for (let again = true; again;) {
    again = false;
    for (const [id, { ids, since }] of orders) {
      const list = document.getElementById(id);
      if (!list) continue;
      /** @type {Element[]} */
      const nodes = [];
      for (const one of ids) {
        const node = find(one);
        if (node) nodes.push(node);
        else absent.add(one);
      }
      const same = sameChildren(list, nodes);
      if (!same && isBusy(list, nodes, since)) continue;
      if (!same && !arrange(list, nodes, placed)) return false;
      orders.delete(id);
      again = true;
      if (!same) for (const child of childrenOf(list)) unnamed.add(child);
      for (const node of nodes) {
        unnamed.delete(node);
        placed(node);
      }
    }
  }
  const wanted = new Set([...orders.values()].flatMap(({ ids }) => ids));
  for (const node of unnamed) {
    if (wanted.has(node.id) && !patches.has(node.id)) {
      patches.set(node.id, { element: node, since: performance.now() });
    }
    node.remove();
  }
  unnamed.clear();
  for (const id of orders.keys()) {
    const coming = [...patches.values()].some(({ element }) => element.querySelector(`#${CSS.escape(id)}`));
    if (!document.getElementById(id) && !coming) orders.delete(id);
  }
  for (const id of absent) if (!find(id)) missing(id);
  return true;
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
 * Put these children in this order, moving as few as possible. Children not named stay among them for now.
 * @param {Element} list
 * @param {Element[]} nodes
 * @param {(node: Element) => void} placed called for each that came or moved
 * @returns {boolean} whether it got to the end before it was time to leave room
 */
function arrange(list, nodes, placed) {
  const at = new Map(childrenOf(list).map((child, i) => [child, i]));
  const still = new Set(longestRise(nodes.filter((node) => at.has(node)), (node) => at.get(node) ?? 0));
  /** @type {Element | null} */
  let last = null;
  for (const node of nodes) {
    if (!still.has(node)) {
      if (late()) return false;
      place(list, node, last ? last.nextSibling : list.firstChild);
      placed(node);
    }
    last = node;
  }
  return true;
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
