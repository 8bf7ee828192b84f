// Long polling: ask for what is new, again and again, as long as somebody wants it.

const HOLD = 25;
const HOLD_SHORT = 5;

/** What the server answers to somebody who may not be here. */
export const NOT_YOURS = new Set([401, 403, 404, 410]);

/**
 * @param {number} delay ms before the first request
 * @param {object} parts
 * @param {any} parts.http an Http
 * @param {() => {seq: number, epoch: string}} parts.place
 * @param {(messages: any[], goesOn: () => boolean) => Promise<void>} parts.receive what comes after `goesOn` ends is dropped
 * @param {AbortSignal} parts.signal
 * @param {(ms: number) => Promise<void>} parts.rest a pause that can be cut short
 * @param {() => boolean} parts.goesOn
 * @param {() => void} parts.works called after every answer
 * @param {() => Promise<void>} parts.failed called when none came; resolves when to try again
 * @param {(status: number) => void} parts.forbidden
 * @returns {Promise<void>}
 */
export async function poll(delay, { http, place, receive, signal, rest, goesOn, works, failed, forbidden }) {
  await rest(delay);
  let wait = 0;
  let next = "";
  while (goesOn()) {
    const { seq, epoch } = place();
    const asked = performance.now();
    const { status, body } = await http.frames(seq, epoch, { wait, next, signal });
    const took = performance.now() - asked;
    if (!goesOn()) return;
    if (status === 204 || (status === 200 && body)) {
      works();
      await receive(body?.messages ?? [], goesOn);
      // A server that doesn't hold the request must not be asked without pause.
      if (wait && took < 500) await rest(500);
      wait = HOLD;
      next = String(body?.next ?? next);
    } else if (NOT_YOURS.has(status)) {
      forbidden(status);
    } else {
      // A wait that was cut half-way is the proxy's doing: ask for shorter ones before calling it an outage.
      const cut = wait > HOLD_SHORT && took > 4_000 && navigator.onLine !== false;
      wait = cut ? HOLD_SHORT : 0;
      if (!cut) await failed();
    }
  }
}
