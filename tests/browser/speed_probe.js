// Runs in the page before its own scripts: catches its socket, so that messages can be put into it, and watches tasks.
(() => {
  const Real = window.WebSocket;
  let socket;
  let ready = false;
  const tasks = [];
  new PerformanceObserver((list) => tasks.push(...list.getEntries())).observe({ entryTypes: ["longtask"] });

  window.WebSocket = class extends Real {
    constructor(...args) {
      super(...args);
      socket = this;
      this.addEventListener("message", (event) => {
        if (event.data.includes('"hello"')) ready = true;
      });
    }
  };

  const root = () => document.getElementById("live");
  const put = (message) => socket.dispatchEvent(new MessageEvent("message", { data: message }));
  const pause = (ms) => new Promise((done) => setTimeout(done, ms));
  const painted = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  const cards = () => [...document.querySelectorAll("#live [data-list] > li[id]")];
  let seq = 0;

  /** From a message's arrival until what it brings is drawn. */
  async function timed(message, there) {
    await pause(300);
    tasks.length = 0;
    const start = performance.now();
    put(message);
    do await painted(); while (!there());
    const ms = performance.now() - start;
    await pause(300);
    return { ms, longest: longest() };
  }

  function longest() {
    return Math.max(0, ...tasks.map((task) => task.duration));
  }

  /** The whole view, as the server has it, but with one word that tells it from the one before. */
  async function fetched() {
    const url = `${root().dataset.frames}?as=${root().dataset.as}`;
    const view = await (await fetch(url)).json();
    view.seq = seq = Math.max(seq, Number(root().dataset.seq), view.seq) + 1;
    return view;
  }

  const speed = {
    cards,

    async connected() {
      while (!ready) await pause(50);
    },

    async whole() {
      const view = await fetched();
      const here = new Set(cards().map((one) => one.id));
      const last = Object.values(view.order).flat().filter((id) => here.has(id)).at(-1);
      view.html = view.html.replaceAll(/(class="idea-text">)/g, `$1${seq} `);
      const { own, own_html: html, now, ...full } = view;
      const there = () => {
        const words = document.getElementById(last)?.querySelector(".idea-text")?.textContent;
        return words?.startsWith(`${seq} `) && root().getAttribute("aria-busy") !== "true";
      };
      const time = timed(JSON.stringify(full), there);
      setTimeout(() => {
        put(JSON.stringify({ own, html }));
        put(JSON.stringify({ now }));
      }, 310);
      return time;
    },

    async reveal() {
      const list = cards()[0].parentElement;
      const ids = cards().map((one) => one.id);
      const view = await fetched();
      const page = new DOMParser().parseFromString(view.html, "text/html");
      const html = ids.map((id) => page.getElementById(id).outerHTML).join("");
      put(JSON.stringify({ from: seq - 1, seq, order: { [list.id]: [] } }));
      while (document.getElementById(ids.at(-1))) await pause(100);
      seq += 1;
      const message = JSON.stringify({ from: seq - 1, seq, html, order: { [list.id]: ids } });
      return timed(message, () => document.getElementById(list.id).childElementCount === ids.length && root().getAttribute("aria-busy") !== "true");
    },

    /** 20 changed keys a second, in frames of 50 ms; with the own values and the presence that come meanwhile. */
    async changes(seconds) {
      const view = await fetched();
      put(JSON.stringify({ from: 0, seq }));
      const page = new DOMParser().parseFromString(view.html, "text/html");
      const ids = cards().map((one) => one.id);
      await pause(500);
      tasks.length = 0;
      const marks = [];
      const start = performance.now();
      for (let n = 0; performance.now() - start < seconds * 1000; n += 1) {
        const id = ids[(n * 37) % ids.length];
        const fresh = page.getElementById(id);
        const tally = fresh.querySelector("[id$='.tally']");
        // Every second change is a part of a card where there are such.
        const changed = tally && n % 2 ? tally : fresh;
        const words = changed.querySelector(".idea-text, b");
        words.textContent = `${words.textContent} ${n % 10}`.slice(-120);
        // Now and then a card comes to another place.
        const order = n % 10 === 0 ? reordered(ids, id) : undefined;
        put(JSON.stringify({ from: seq, seq: (seq += 1), html: changed.outerHTML, order }));
        marks.push([id, words.textContent]);
        if (n % 4 === 0) put(JSON.stringify({ own: mine(view.own, ids, n), html: view.own_html }));
        if (n % 20 === 0) put(JSON.stringify({ now: { here: 600 + n, people: {} } }));
        await pause(Math.max(0, start + (n + 1) * 50 - performance.now()));
      }
      await pause(1_000);
      const [last, words] = marks.at(-1);
      const shown = document.getElementById(last).textContent.includes(words);
      return { changes: marks.length, tasks: tasks.length, longest: longest(), shown };
    },
  };

  /** One card of its list goes to the top of that list. */
  function reordered(ids, id) {
    const list = document.getElementById(id).parentElement;
    const here = [...list.children].map((one) => one.id).filter(Boolean);
    return { [list.id]: [id, ...here.filter((one) => one !== id)] };
  }

  /** What a person has who does something every fifth of a second. */
  function mine(own, ids, n) {
    const item = ids[n % ids.length].replace("item-", "").replace("idea-", "");
    return { ...own, left: n, spent: n, dots: { ...own.dots, [item]: 1 + (n % 3) }, full: [item], mine: [item] };
  }

  window.speed = speed;
})();
