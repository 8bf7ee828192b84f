/* The floor: the least that a server can do that sends everything to everybody. It signs nobody in, knows no rules and
   keeps nothing. `floor PORT MS`: what came in MS milliseconds goes out as one frame; at 0 each action for itself. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

typedef struct {
    int fd, open;
    size_t have;
    unsigned char in[16384];
    unsigned char *out;
    size_t out_len, out_cap;
} Client;

static Client *clients[65536];
static int top, epoll;
static unsigned char *batch;
static size_t batch_len, batch_cap;

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* SHA-1 of at most 119 bytes: all that the handshake needs. */
static void sha1(const char *text, unsigned char digest[20]) {
    unsigned char block[128] = {0};
    size_t len = strlen(text), blocks = len > 55 ? 2 : 1;
    memcpy(block, text, len);
    block[len] = 0x80;
    uint64_t bits = len * 8;
    for (int i = 0; i < 8; i++) block[64 * blocks - 1 - (size_t)i] = (unsigned char)(bits >> 8 * i);
    uint32_t h[5] = {0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476, 0xC3D2E1F0};
    for (size_t b = 0; b < blocks; b++) {
        uint32_t w[80], v[5];
        for (int i = 0; i < 16; i++) {
            const unsigned char *p = block + 64 * b + 4 * i;
            w[i] = (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
        }
        for (int i = 16; i < 80; i++) {
            uint32_t x = w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16];
            w[i] = x << 1 | x >> 31;
        }
        memcpy(v, h, sizeof v);
        for (int i = 0; i < 80; i++) {
            uint32_t f, k;
            if (i < 20) f = (v[1] & v[2]) | (~v[1] & v[3]), k = 0x5A827999;
            else if (i < 40) f = v[1] ^ v[2] ^ v[3], k = 0x6ED9EBA1;
            else if (i < 60) f = (v[1] & v[2]) | (v[1] & v[3]) | (v[2] & v[3]), k = 0x8F1BBCDC;
            else f = v[1] ^ v[2] ^ v[3], k = 0xCA62C1D6;
            uint32_t t = (v[0] << 5 | v[0] >> 27) + f + v[4] + k + w[i];
            v[4] = v[3], v[3] = v[2], v[2] = v[1] << 30 | v[1] >> 2, v[1] = v[0], v[0] = t;
        }
        for (int i = 0; i < 5; i++) h[i] += v[i];
    }
    for (int i = 0; i < 20; i++) digest[i] = (unsigned char)(h[i / 4] >> (24 - 8 * (i % 4)));
}

static void base64(const unsigned char *data, char *out) {
    const char *letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (int i = 0; i < 20; i += 3) {
        uint32_t v = (uint32_t)data[i] << 16 | (uint32_t)data[i + 1] << 8 | (i + 2 < 20 ? data[i + 2] : 0);
        *out++ = letters[v >> 18];
        *out++ = letters[v >> 12 & 63];
        *out++ = letters[v >> 6 & 63];
        *out++ = i + 2 < 20 ? letters[v & 63] : '=';
    }
    *out = 0;
}

static void watch(Client *client, int out) {
    struct epoll_event event = {.events = EPOLLIN | (out ? EPOLLOUT : 0), .data.ptr = client};
    epoll_ctl(epoll, EPOLL_CTL_MOD, client->fd, &event);
}

static void put(Client *client, const unsigned char *data, size_t len) {
    ssize_t sent = client->out_len ? 0 : send(client->fd, data, len, MSG_NOSIGNAL);
    if (sent < 0) sent = 0;
    size_t rest = len - (size_t)sent;
    if (!rest) return;
    if (client->out_len + rest > client->out_cap)
        client->out = realloc(client->out, client->out_cap = 2 * (client->out_len + rest));
    memcpy(client->out + client->out_len, data + sent, rest);
    client->out_len += rest;
    watch(client, 1);
}

static void broadcast(const unsigned char *data, size_t len) {
    static unsigned char *frame;
    static size_t cap;
    if (len + 10 > cap) frame = realloc(frame, cap = 2 * len + 1024);
    size_t head = 2;
    frame[0] = 0x81;
    if (len < 126) frame[1] = (unsigned char)len;
    else if (len < 65536) frame[1] = 126, frame[2] = (unsigned char)(len >> 8), frame[3] = (unsigned char)len, head = 4;
    else {
        frame[1] = 127, head = 10;
        for (int i = 0; i < 8; i++) frame[2 + i] = (unsigned char)((uint64_t)len >> 8 * (7 - i));
    }
    memcpy(frame + head, data, len);
    for (int i = 0; i < top; i++)
        if (clients[i]->open) put(clients[i], frame, head + len);
}

static void action(const unsigned char *data, size_t len, int joined) {
    if (!joined) {
        broadcast(data, len);
        return;
    }
    if (batch_len + len + 2 > batch_cap) batch = realloc(batch, batch_cap = 2 * (batch_len + len) + 65536);
    batch[batch_len] = batch_len ? ',' : '[';
    memcpy(batch + batch_len + 1, data, len);
    batch_len += len + 1;
}

static void gone(Client *client) {
    close(client->fd);
    client->fd = -1;
    client->open = 0;
    client->out_len = 0;
}

static void shake(Client *client) {
    client->in[client->have < sizeof client->in ? client->have : sizeof client->in - 1] = 0;
    char *end = strstr((char *)client->in, "\r\n\r\n"), *key = strcasestr((char *)client->in, "Sec-WebSocket-Key: ");
    if (!end || !key) return;
    char text[128], answer[256], accept[32];
    unsigned char digest[20];
    snprintf(text, sizeof text, "%.24s258EAFA5-E914-47DA-95CA-C5AB0DC85B11", key + 19);
    sha1(text, digest);
    base64(digest, accept);
    int n = snprintf(answer, sizeof answer,
                     "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                     "Sec-WebSocket-Accept: %s\r\n\r\n", accept);
    size_t used = (size_t)(end + 4 - (char *)client->in);
    memmove(client->in, client->in + used, client->have -= used);
    put(client, (unsigned char *)answer, (size_t)n);
    client->open = 1;
}

static void frames(Client *client, int joined) {
    size_t at = 0;
    while (client->have - at >= 6) {
        unsigned char *p = client->in + at;
        size_t len = p[1] & 127, head = 6;
        if (len == 126) {
            if (client->have - at < 8) break;
            len = (size_t)p[2] << 8 | p[3], head = 8;
        }
        if (client->have - at < head + len) break;
        unsigned char *mask = p + head - 4, *data = p + head;
        for (size_t i = 0; i < len; i++) data[i] ^= mask[i & 3];
        if ((p[0] & 15) == 1) action(data, len, joined);
        at += head + len;
    }
    memmove(client->in, client->in + at, client->have -= at);
}

static void event(Client *client, uint32_t events, int joined) {
    if (client->fd < 0) return;
    if (events & EPOLLOUT && client->out_len) {
        ssize_t sent = send(client->fd, client->out, client->out_len, MSG_NOSIGNAL);
        if (sent > 0) memmove(client->out, client->out + sent, client->out_len -= (size_t)sent);
        if (!client->out_len) watch(client, 0);
    }
    if (!(events & (EPOLLIN | EPOLLHUP | EPOLLERR))) return;
    ssize_t got = recv(client->fd, client->in + client->have, sizeof client->in - 1 - client->have, 0);
    if (got <= 0) {
        if (got == 0 || errno != EAGAIN) gone(client);
        return;
    }
    client->have += (size_t)got;
    if (!client->open) shake(client);
    if (client->open) frames(client, joined);
}

int main(int argc, char **argv) {
    if (argc != 3) return 2;
    double pause = atof(argv[2]) / 1000, next = 0;
    struct rlimit files;
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    struct sockaddr_in here = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(argv[1]))};
    inet_pton(AF_INET, "127.0.0.1", &here.sin_addr);
    int door = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), one = 1;
    setsockopt(door, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (bind(door, (struct sockaddr *)&here, sizeof here) || listen(door, 2048)) return 3;
    epoll = epoll_create1(0);
    struct epoll_event listening = {.events = EPOLLIN, .data.ptr = NULL}, events[256];
    epoll_ctl(epoll, EPOLL_CTL_ADD, door, &listening);
    for (;;) {
        double left = batch_len ? next - now() : 10;
        struct timespec wait = {0, 0};
        if (left > 0) wait = (struct timespec){(time_t)left, (long)((left - (double)(time_t)left) * 1e9)};
        int n = epoll_pwait2(epoll, events, 256, &wait, NULL);
        for (int i = 0; i < n; i++) {
            if (events[i].data.ptr) {
                event(events[i].data.ptr, events[i].events, pause > 0);
                continue;
            }
            for (int fd; (fd = accept4(door, NULL, NULL, SOCK_NONBLOCK)) >= 0 && top < 65536;) {
                setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
                Client *client = clients[top++] = calloc(1, sizeof *client);
                client->fd = fd;
                struct epoll_event reading = {.events = EPOLLIN, .data.ptr = client};
                epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &reading);
            }
        }
        if (batch_len && now() >= next) { /* the first after a quiet time goes at once */
            batch[batch_len++] = ']';
            broadcast(batch, batch_len);
            batch_len = 0;
            next = now() + pause;
        }
    }
}
