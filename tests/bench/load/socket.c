/* A client's socket: the handshake, frames in (any size, many a read), frames out. */
#define _GNU_SOURCE
#include "load.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define PREFIX 4096 /* so much of a message is kept where its beginning is enough */
static unsigned char buffer[1 << 20];

static void mix(Hash *hash, const unsigned char *data, size_t len) {
    const uint64_t prime = 0x9E3779B97F4A7C15u;
    for (; len && hash->filled; data++, len--) {
        hash->word |= (uint64_t)*data << (8 * hash->filled);
        if (++hash->filled == 8) {
            hash->value = (hash->value ^ hash->word) * prime;
            hash->value ^= hash->value >> 29;
            hash->filled = 0;
            hash->word = 0;
        }
    }
    for (; len >= 8; data += 8, len -= 8) {
        uint64_t word;
        memcpy(&word, data, 8);
        hash->value = (hash->value ^ word) * prime;
        hash->value ^= hash->value >> 29;
    }
    for (; len; data++, len--) hash->word |= (uint64_t)*data << (8 * hash->filled++);
}

unsigned char *make_frame(int opcode, const void *data, size_t len, size_t *frame_len) {
    static const unsigned char mask[4] = {0x3a, 0x91, 0x5c, 0xe7};
    unsigned char *frame = malloc(len + 14), *at = frame;
    *at++ = (unsigned char)(0x80 | opcode);
    if (len < 126) *at++ = (unsigned char)(0x80 | len);
    else if (len < 65536) {
        *at++ = 0x80 | 126;
        *at++ = (unsigned char)(len >> 8);
        *at++ = (unsigned char)len;
    } else die("an action is too long");
    memcpy(at, mask, 4);
    at += 4;
    for (size_t i = 0; i < len; i++) at[i] = ((const unsigned char *)data)[i] ^ mask[i & 3];
    *frame_len = (size_t)(at - frame) + len;
    return frame;
}

static void watch(Conn *conn, int epoll, int out) {
    struct epoll_event event = {.events = EPOLLIN | (out ? EPOLLOUT : 0), .data.ptr = conn};
    if (conn->wants_out != out) epoll_ctl(epoll, EPOLL_CTL_MOD, conn->fd, &event);
    conn->wants_out = out;
}

static void gone(Conn *conn) {
    close(conn->fd);
    conn->fd = -1;
    if (conn->state < OPEN) count.failed++;
    else {
        count.closed++;
        int i = 0;
        while (i < count.close_kinds && count.close_codes[i] != conn->close_code) i++;
        if (i < 16) {
            count.close_codes[i] = conn->close_code;
            count.close_counts[i]++;
            if (i == count.close_kinds) count.close_kinds++;
        }
    }
    conn->state = CLOSED;
}

void conn_start(Conn *conn, int epoll) {
    struct sockaddr_in there = {.sin_family = AF_INET, .sin_port = htons((uint16_t)conn->port)};
    inet_pton(AF_INET, "127.0.0.1", &there.sin_addr);
    conn->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    if (conn->fd < 0) die("no more sockets: raise the limit of open files (ulimit -n)");
    int one = 1;
    setsockopt(conn->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    conn->started = now();
    conn->state = CONNECTING;
    conn->wants_out = 1;
    struct epoll_event event = {.events = EPOLLIN | EPOLLOUT, .data.ptr = conn};
    epoll_ctl(epoll, EPOLL_CTL_ADD, conn->fd, &event);
    if (connect(conn->fd, (struct sockaddr *)&there, sizeof there) && errno != EINPROGRESS) gone(conn);
}

void conn_send(Conn *conn, int epoll, const unsigned char *frame, size_t len) {
    if (conn->fd < 0) return;
    ssize_t sent = 0;
    if (!conn->out_len) sent = send(conn->fd, frame, len, MSG_NOSIGNAL);
    if (sent < 0) sent = 0; /* full or broken; reading tells which */
    if ((size_t)sent == len) return;
    size_t rest = len - (size_t)sent;
    if (conn->out_len + rest > conn->out_cap) {
        conn->out_cap = 2 * (conn->out_len + rest);
        conn->out = realloc(conn->out, conn->out_cap);
    }
    memcpy(conn->out + conn->out_len, frame + sent, rest);
    conn->out_len += rest;
    watch(conn, epoll, 1);
}

void conn_say(Conn *conn, int epoll, int opcode, const void *data, size_t len) {
    size_t frame_len;
    unsigned char *frame = make_frame(opcode, data, len, &frame_len);
    conn_send(conn, epoll, frame, frame_len);
    free(frame);
}

static void shake(Conn *conn, int epoll) {
    int error = 0;
    socklen_t len = sizeof error;
    getsockopt(conn->fd, SOL_SOCKET, SO_ERROR, &error, &len);
    if (error) {
        gone(conn);
        return;
    }
    char request[10240];
    int n = snprintf(request, sizeof request,
                     "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                     "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n%s\r\n",
                     conn->path, conn->port, conn->headers);
    conn->state = SHAKING;
    conn_send(conn, epoll, (unsigned char *)request, (size_t)n);
    if (!conn->out_len) watch(conn, epoll, 0);
}

static void whole_message(Conn *conn, int epoll, const unsigned char *data, size_t len) {
    if (conn->opcode == 9) conn_say(conn, epoll, 10, data, len);
    else if (conn->opcode == 8) conn->close_code = len >= 2 ? data[0] << 8 | data[1] : 1005;
    else if (conn->opcode == 1 || conn->opcode == 2) {
        conn->messages++;
        count.messages++;
        if (conn->payload_len > count.biggest) count.biggest = conn->payload_len;
        uint64_t hash = (conn->hash.value ^ conn->hash.word) + conn->payload_len;
        understand(conn, epoll, data, len, conn->payload_len, hash);
    }
}

static void payload(Conn *conn, int epoll, const unsigned char *data, size_t len) {
    int whole_at_once = conn->payload_left == conn->payload_len && len == conn->payload_len;
    conn->payload_left -= len;
    if (plan.dialect == LIVE) mix(&conn->hash, data, len);
    if (!whole_at_once) {
        size_t most = plan.dialect == LIVE && !plan.keep_all ? PREFIX : conn->payload_len;
        size_t take = conn->kept_len + len > most ? most - conn->kept_len : len;
        if (conn->kept_len + take > conn->kept_cap) {
            conn->kept_cap = most;
            conn->kept = realloc(conn->kept, most);
        }
        memcpy(conn->kept + conn->kept_len, data, take);
        conn->kept_len += take;
    }
    if (conn->payload_left) return;
    if (whole_at_once) whole_message(conn, epoll, data, len);
    else whole_message(conn, epoll, conn->kept, conn->kept_len);
    if (conn->kept_cap > 65536) {
        free(conn->kept);
        conn->kept = NULL;
        conn->kept_cap = 0;
    }
    conn->kept_len = 0;
    conn->head_len = 0;
}

/* Take bytes of a frame's head until it is whole; gives how many were taken. */
static size_t head(Conn *conn, const unsigned char *data, size_t len) {
    size_t took = 0;
    for (;;) {
        int need = 2;
        if (conn->head_len >= 2) need += (conn->head[1] & 127) == 126 ? 2 : (conn->head[1] & 127) == 127 ? 8 : 0;
        if (conn->head_len >= 2 && conn->head_len == need) break;
        if (took == len) return took;
        conn->head[conn->head_len++] = data[took++];
    }
    if (!(conn->head[0] & 0x80) || conn->head[1] & 0x80) die("a server sent a fragment or a masked frame");
    conn->opcode = conn->head[0] & 15;
    conn->payload_len = conn->head[1] & 127;
    if (conn->payload_len > 125) {
        conn->payload_len = 0;
        for (int i = 2; i < conn->head_len; i++) conn->payload_len = conn->payload_len << 8 | conn->head[i];
    }
    conn->payload_left = conn->payload_len;
    memset(&conn->hash, 0, sizeof conn->hash);
    conn->head_len = 14; /* marks it as whole */
    return took;
}

static void frames(Conn *conn, int epoll, const unsigned char *data, size_t len) {
    while (conn->fd >= 0 && (len || (conn->head_len == 14 && !conn->payload_left))) {
        if (conn->head_len < 14) {
            size_t took = head(conn, data, len);
            data += took;
            len -= took;
            continue;
        }
        size_t take = conn->payload_left < len ? (size_t)conn->payload_left : len;
        payload(conn, epoll, data, take);
        data += take;
        len -= take;
    }
}

static void handshake(Conn *conn, int epoll, const unsigned char *data, size_t len) {
    if (conn->kept_cap < 16384) conn->kept = realloc(conn->kept, conn->kept_cap = 16384);
    size_t before = conn->kept_len, take = len < 16384 - before ? len : 16384 - before;
    memcpy(conn->kept + before, data, take);
    conn->kept_len += take;
    unsigned char *end = memmem(conn->kept, conn->kept_len, "\r\n\r\n", 4);
    if (!end) return;
    if (strncmp((char *)conn->kept, "HTTP/1.1 101", 12)) {
        snprintf(count.refusals[2], sizeof count.refusals[2], "%.60s", (char *)conn->kept);
        gone(conn);
        return;
    }
    size_t used = (size_t)(end + 4 - conn->kept) - before;
    conn->kept_len = 0;
    conn->state = OPEN;
    opened(conn, epoll);
    frames(conn, epoll, data + used, len - used);
}

void conn_event(Conn *conn, int epoll, uint32_t events) {
    if (conn->state == CONNECTING && events & (EPOLLOUT | EPOLLERR | EPOLLHUP)) {
        shake(conn, epoll);
        return;
    }
    if (conn->fd >= 0 && events & EPOLLOUT && conn->out_len) {
        ssize_t sent = send(conn->fd, conn->out, conn->out_len, MSG_NOSIGNAL);
        if (sent > 0) memmove(conn->out, conn->out + sent, conn->out_len -= (size_t)sent);
        if (!conn->out_len) watch(conn, epoll, 0);
    }
    if (conn->fd >= 0 && events & (EPOLLIN | EPOLLERR | EPOLLHUP)) {
        ssize_t got = recv(conn->fd, buffer, sizeof buffer, 0);
        if (got > 0) {
            conn->bytes += (uint64_t)got;
            count.bytes += (uint64_t)got;
            if (conn->state == OPEN) frames(conn, epoll, buffer, (size_t)got);
            else handshake(conn, epoll, buffer, (size_t)got);
        } else if (got == 0 || (errno != EAGAIN && errno != EINTR)) {
            if (!conn->close_code) conn->close_code = 1006;
            gone(conn);
        }
    }
}
