// Starts the live page: one element [data-live], one form #act, and the parts that keep them true to the room.
// The wire is docs/protocol.md. Nothing here knows what an activity is.

import { startDragging } from "./drag.js";
import { Actions } from "./live/actions.js";
import { Announcer } from "./live/announce.js";
import { Bindings } from "./live/bindings.js";
import { inhale } from "./live/breath.js";
import { startCockpit } from "./live/cockpit.js";
import { Drafts } from "./live/drafts.js";
import { Board } from "./live/frames.js";
import { watchHolding } from "./live/hold.js";
import { Http } from "./live/http.js";
import { watchMenus } from "./live/menus.js";
import { Notices, region } from "./live/notice.js";
import { Outbox } from "./live/outbox.js";
import { Pending } from "./live/pending.js";
import { People } from "./live/people.js";
import { Picks } from "./live/picks.js";
import { RoomSays } from "./live/room.js";
import { Saved } from "./live/saved.js";
import { Sender } from "./live/sender.js";
import { Store } from "./live/store.js";
import { Sync } from "./live/sync.js";
import { dataBlock, loadTexts, text } from "./live/texts.js";
import { Timers } from "./live/timer.js";
import { Transport } from "./live/transport.js";

const ADOPT_EVERY = 15_000;
const CLOSED_WORDS = new Map([[4400, "closed_bad"], [4413, "closed_large"], [4429, "closed_flood"]]);

/**
 * Bring a page to life.
 * @param {HTMLElement} root the element with data-live
 * @returns {void}
 */
function start(root) {
  const { workshop = "", person = "", as = "", lang = "en-gb" } = root.dataset;
  loadTexts(lang);
  const own = new Bindings("own", dataBlock("own-state"));
  const now = new Bindings("now", dataBlock("now-state"));
  let differentPerson = false;
  let stages = 0;

  const store = new Store();
  const drafts = new Drafts(store, workshop, person);
  const timers = new Timers();
  const notices = new Notices();
  const picks = new Picks();
  const people = new People();
  const says = new RoomSays(workshop);
  let drift = () => {};
  const announcer = new Announcer(region("announce", "status", "hear"), store);
  const saved = new Saved();
  const http = new Http({ frames: root.dataset.frames ?? "", commands: root.dataset.commands ?? "", as });

  const board = new Board(root, {
    inserted(element, markup) {
      if (markup.includes(" data-own-")) own.add(element);
      if (markup.includes(" data-now-")) now.add(element);
      if (markup.includes(" data-draft")) drafts.restore(element);
      if (markup.includes("<time")) timers.show(element);
      if (markup.includes(" data-pending-for=")) pending.show();
      /** @type {any} */ (window).htmx?.process(element);
    },
    missing: () => sync.repair(),
  });

  const sync = new Sync({
    seq: Number(root.dataset.seq) || 0,
    epoch: root.dataset.epoch ?? "",
    http,
    apply: {
      async frame(frame) {
        await board.frame(frame);
        if (frame.html?.includes('id="stage"')) movedOn();
        notices.rescue();
        picks.changed();
        changed(frame.html ?? "");
        announcer.say(frame.say ?? []);
        pending.caughtUp();
      },
      own: applyOwn,
      now: showNow,
      async whole(view) {
        dragging.cancel();
        movedOn();
        await board.whole(view);
        notices.rescue();
        pending.show();
        picks.changed();
        changed(view.html);
        if (view.own) applyOwn({ own: view.own, html: view.own_html ?? "" });
        if (view.now) showNow(view.now);
        pending.caughtUp();
      },
      hello: greet,
      time: (ms) => timers.sync(ms),
      notice: (name) => name === "restart" && notices.show("restart", text("restart")),
      busy: (busy) => root.setAttribute("aria-busy", String(busy)),
    },
  });

  const outbox = new Outbox(store, workshop, person, () => tell());
  const transport = new Transport({
    socket: root.dataset.socket ?? "",
    as,
    http,
    place: () => ({ seq: sync.seq, epoch: sync.epoch }),
    receive: (messages, goesOn) => sync.receive(messages, goesOn),
    late: (answer) => sender.late(answer),
    closed,
    changed: connectionChanged,
  });
  const sender = new Sender({
    outbox,
    deliver: (payload) => transport.deliver(payload),
    ready: () => transport.ready && !differentPerson,
    acked: (entry) => actions.acked(entry),
    refused: (entry, answer) => actions.refused(entry, answer),
  });
  const pending = new Pending(outbox, () => {
    if (transport.ready) return text("saving");
    return text(outbox.kept ? "line_kept" : "line_not_kept");
  });
  const actions = new Actions({ outbox, sender, notices, drafts, pending, repair: () => sync.repair(), stage: () => stages });
  const dragging = startDragging((...drop) => actions.dropped(...drop), release);

  /** @param {{own: any, html?: string}} message */
  function applyOwn(message) {
    own.show(message.own);
    board.own(message.html ?? "");
    notices.rescue();
    pending.caughtUp();
  }

  /** @param {any} values who is here */
  function showNow(values) {
    now.show(values);
    people.show(values);
  }

  /** @param {string} html what came: what is not drawn by the server may be new in it */
  function changed(html) {
    if (html.includes('id="person-') || html.includes('id="people"')) people.refresh();
    if (html.includes('id="room"')) says.show();
    if (html.includes('id="run"')) drift();
  }

  /** @param {any} hello */
  function greet(hello) {
    notices.drop("restart");
    const reload = { label: text("reload"), act: () => location.reload() };
    if (hello.version !== undefined && String(hello.version) !== (root.dataset.version ?? "1")) {
      notices.show("version", text("new_version"), [reload], false);
    }
    if (hello.person !== undefined && (hello.person ?? "") !== person) {
      differentPerson = true;
      notices.show("person", text("other_person"), [reload], false);
    }
  }

  /** The room is elsewhere now: what was said about before would only cover it. */
  function movedOn() {
    stages += 1;
    notices.untoast();
    notices.happened();
  }

  function release() {
    inhale();
    board.release();
  }

  /** @param {number} code */
  function closed(code) {
    const words = CLOSED_WORDS.get(code);
    if (!words) return;
    if (code === 4413 || code === 4400) sender.reject(text(words));
    else notices.show("closed", text(words));
  }

  function connectionChanged() {
    if (transport.state === "ended" && transport.reason !== "done") {
      sender.stop();
      sync.stop();
    }
    tell();
    sender.pump();
  }

  function tell() {
    const { state, reason, blocked } = transport;
    saved.tell({ connection: state, reason, blocked, waiting: outbox.size, kept: outbox.kept });
    pending.show();
  }

  async function adopt() {
    if (await outbox.adopt()) sender.pump();
    if (!outbox.old.length) return;
    const decide = (/** @type {boolean} */ send) => () => {
      notices.drop("old");
      outbox.decide(send);
      sender.pump();
    };
    notices.show("old", text("old", { n: outbox.old.length }), [
      { label: text("old_send"), act: decide(true) },
      { label: text("old_drop"), act: decide(false) },
    ], false);
  }

  // The server draws the next page without this person's own values in it: they come with the first message.
  document.cookie = "js=1; path=/; SameSite=Lax";
  if (root.dataset.time) timers.sync(Number(root.dataset.time));
  own.add(document);
  now.add(document);
  drafts.restore(document);
  timers.start();
  watchHolding(release);
  actions.listen();
  watchMenus();
  people.listen();
  people.show(dataBlock("now-state"));
  says.listen();
  if (as === "facilitator") drift = startCockpit(timers);
  adopt();
  setInterval(adopt, ADOPT_EVERY);
  transport.start();
  tell();

  for (const type of ["pageshow", "online", "visibilitychange"]) {
    (type === "visibilitychange" ? document : window).addEventListener(type, () => {
      if (document.visibilityState === "visible" && transport.ready) sync.look();
    });
  }
  document.addEventListener("click", (event) => {
    if (!(event.target instanceof Element) || !event.target.closest("[data-clear-device]")) return;
    outbox.clear();
    drafts.clear();
    notices.toast(text("cleared"));
  });
}

const root = document.querySelector("[data-live]");
if (root instanceof HTMLElement) start(root);
