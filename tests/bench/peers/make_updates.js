// Makes what clients of a shared Yjs document send: one line of hex for each line "client text" of standard input.
// Every client sets a key of its own in one Y.Map.
const { createInterface } = require("node:readline");
const Y = require("yjs");

const docs = new Map();
let made = null;

function docOf(client) {
  if (!docs.has(client)) {
    const doc = new Y.Doc();
    doc.clientID = Number(client) + 1;
    doc.on("update", (update) => { made = update; });
    docs.set(client, doc);
  }
  return docs.get(client);
}

function varint(number) {
  const bytes = [];
  for (; number > 127; number = Math.floor(number / 128)) bytes.push((number % 128) | 128);
  return [...bytes, number];
}

createInterface({ input: process.stdin }).on("line", (line) => {
  const [client, text] = line.split("\t");
  docOf(client).getMap("votes").set(client, text);
  process.stdout.write(`${Buffer.from([0, 2, ...varint(made.length), ...made]).toString("hex")}\n`);
});
