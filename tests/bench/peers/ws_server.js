// ws with joined frames: what came in MS milliseconds goes out as one text. `ws_server.js PORT MS`
const { WebSocketServer, WebSocket } = require("ws");

const pause = Number(process.argv[3]);
const server = new WebSocketServer({
  port: Number(process.argv[2]), host: "127.0.0.1", backlog: 2048, perMessageDeflate: false,
});
let batch = [];
let timer = null;
let next = 0;

function flush() {
  timer = null;
  const text = Buffer.from(`[${batch.join(",")}]`);
  batch = [];
  for (const client of server.clients) {
    if (client.readyState === WebSocket.OPEN) client.send(text, { binary: false });
  }
  next = performance.now() + pause;
}

server.on("connection", (client) => {
  client.on("message", (data) => {
    batch.push(data.toString());
    timer ??= setTimeout(flush, Math.max(0, next - performance.now()));
  });
});
