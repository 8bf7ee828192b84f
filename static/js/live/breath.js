// Work in slices: what takes long on a slow phone leaves room, every few milliseconds, for a tap, a key or a new picture.

const SLICE = 32;

let since = -Infinity;

/**
 * A piece of work begins that comes from outside (a message, a timer).
 * @returns {void}
 */
export function inhale() {
  since = performance.now();
}

/** @returns {boolean} whether it is time to leave room */
export function late() {
  // Nobody looks and nothing is drawn: be done with it. (And timers of hidden pages may wait for a second each.)
  return performance.now() - since > SLICE && document.visibilityState !== "hidden";
}

/**
 * Leave room, then go on.
 * @returns {Promise<void>}
 */
export async function breathe() {
  await new Promise((go) => {
    setTimeout(go, 0);
  });
  inhale();
}
