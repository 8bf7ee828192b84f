// socket.io as its documentation shows it: every action for itself to everybody in the room. `socketio_server.js PORT`
const { createServer } = require("node:http");
const { Server } = require("socket.io");

const http = createServer();
const io = new Server(http, { transports: ["websocket"], perMessageDeflate: false });
io.on("connection", (socket) => {
  socket.join("room");
  socket.on("act", (action) => io.to("room").emit("act", action));
});
http.listen({ port: Number(process.argv[2]), host: "127.0.0.1", backlog: 2048 });
