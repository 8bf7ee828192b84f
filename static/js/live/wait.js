/**
 * @param {number} ms
 * @returns {Promise<void>}
 */
export function pause(ms) {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}

/**
 * How long to wait before try `n` (0, 1, 2...): anything up to 1, 2, 4... 30 seconds, so that a thousand browsers
 * don't come back in the same moment.
 * @param {number} n
 * @returns {number} ms
 */
export function fullJitter(n) {
  return Math.random() * Math.min(30, 2 ** n) * 1000;
}
