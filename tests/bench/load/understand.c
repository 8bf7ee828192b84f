/* What a message means: of our own wire (docs/protocol.md), or of a peer's, where every action carries @its number;. */
#define _GNU_SOURCE
#include "load.h"

#include <stdlib.h>
#include <string.h>

typedef struct {
    uint64_t from, seq, hash;
    int audience, used;
} Known;

static Known *known; /* every different frame, once */
static size_t known_len, known_cap;

static int starts(const unsigned char *text, size_t len, const char *with) {
    size_t n = strlen(with);
    return len >= n && !memcmp(text, with, n);
}

static uint64_t number_after(const unsigned char *text, size_t len, const char *name, int *found) {
    const unsigned char *at = memmem(text, len, name, strlen(name));
    *found = at != NULL;
    uint64_t value = 0;
    if (at)
        for (at += strlen(name); at < text + len && *at >= '0' && *at <= '9'; at++) value = value * 10 + (*at - '0');
    return value;
}

static size_t place(const Known *table, size_t cap, const Known *frame) {
    uint64_t key = (frame->from * 1000003u + frame->seq) * 31u + (uint64_t)frame->audience;
    size_t i = (size_t)(key * 0x9E3779B97F4A7C15u >> 20) & (cap - 1);
    while (table[i].used &&
           (table[i].from != frame->from || table[i].seq != frame->seq || table[i].audience != frame->audience))
        i = (i + 1) & (cap - 1);
    return i;
}

/* Everybody of one audience must get the same text between the same numbers. */
static void compare(const Known *frame, const unsigned char *text, size_t len) {
    if (2 * (known_len + 1) > known_cap) {
        size_t cap = known_cap ? 2 * known_cap : 4096;
        Known *more = calloc(cap, sizeof *more);
        for (size_t i = 0; i < known_cap; i++)
            if (known[i].used) more[place(more, cap, &known[i])] = known[i];
        free(known);
        known = more;
        known_cap = cap;
    }
    size_t i = place(known, known_cap, frame);
    if (known[i].used) {
        count.differing += known[i].hash != frame->hash;
        return;
    }
    known[i] = *frame;
    known_len++;
    if (plan.dump) fprintf(plan.dump, "%d\t%.*s\n", frame->audience, (int)len, text);
}

static void reached(Conn *conn, uint64_t seq) {
    conn->seq = seq;
    if (zero <= 0) return;
    conn->seen = grow(conn->seen, &conn->seen_cap, conn->seen_len, sizeof *conn->seen);
    conn->seen[conn->seen_len++] = (Seen){now(), seq};
}

static void frame(Conn *conn, const unsigned char *text, size_t len, uint64_t whole, uint64_t hash) {
    int found;
    Known it = {.hash = hash, .audience = conn->audience, .used = 1};
    it.from = number_after(text, len, "\"from\":", &found);
    it.seq = number_after(text, len, "\"seq\":", &found);
    count.frames++;
    count.frame_bytes += whole;
    if (!found) {
        count.strange++;
        return;
    }
    if (it.seq <= conn->seq) {
        count.doubled++;
        return;
    }
    if (it.from > conn->seq) count.gaps++;
    compare(&it, text, len);
    reached(conn, it.seq);
}

/* Our operations end with their number, in eight digits. */
static Action *action_of(const unsigned char *text, size_t len) {
    const unsigned char *begin = memchr(text, ':', len);
    if (!begin || begin[1] != '"') return NULL;
    const unsigned char *end = memchr(begin + 2, '"', len - (size_t)(begin + 2 - text));
    if (!end || end - begin < 10) return NULL;
    size_t value = 0;
    for (const unsigned char *at = end - 8; at < end; at++) value = value * 10 + (size_t)(*at - '0');
    return value < plan.actions_len ? &plan.actions[value] : NULL;
}

static void answer(const unsigned char *text, size_t len, int kind) {
    Action *action = action_of(text, len);
    if (!action) {
        count.strange++;
        return;
    }
    if (action->answered) {
        count.double_acks++;
        return;
    }
    action->answered = kind;
    count.answered++;
    if (kind == 1) {
        int found;
        count.acks++;
        action->ack_at = now();
        action->ack_seq = number_after(text, len, "\"seq\":", &found);
        if (!found) count.strange++;
        return;
    }
    if (kind == 2) count.refused++;
    else count.retries++;
    if (count.refused + count.retries <= 2)
        snprintf(count.refusals[count.refused + count.retries - 1], sizeof count.refusals[0], "%.*s", (int)len, text);
}

void is_ready(Conn *conn) {
    if (conn->ready) return;
    conn->ready = 1;
    conn->ready_at = now();
    if (conn->late) count.ready_late++;
}

static void live(Conn *conn, const unsigned char *text, size_t len, uint64_t whole, uint64_t hash) {
    int found;
    if (starts(text, len, "{\"from\":")) frame(conn, text, len, whole, hash);
    else if (starts(text, len, "{\"ack\":")) answer(text, len, 1);
    else if (starts(text, len, "{\"own\":")) {
        count.own++;
        if (conn->has_full) is_ready(conn);
    } else if (starts(text, len, "{\"now\":")) count.now++;
    else if (starts(text, len, "{\"seq\":")) count.heartbeats++;
    else if (starts(text, len, "{\"hello\":")) {
        if (!conn->seq) conn->seq = number_after(text, len, "\"seq\":", &found);
    } else if (starts(text, len, "{\"full\":")) {
        count.full++;
        count.full_bytes += whole;
        conn->has_full = 1;
        if (plan.dump) fprintf(plan.dump, "%d\t%.*s\n", conn->audience, (int)len, text);
        uint64_t seq = number_after(text, len, "\"seq\":", &found);
        if (found && seq > conn->seq) reached(conn, seq);
    } else if (starts(text, len, "{\"reset\":")) {
        count.resets++;
        conn->has_full = 1; /* it would fetch now; whoever reads the count of these decides what that is worth */
        uint64_t seq = number_after(text, len, "\"reset\":", &found);
        if (seq > conn->seq) reached(conn, seq);
    } else if (starts(text, len, "{\"refused\":")) answer(text, len, 2);
    else if (starts(text, len, "{\"retry\":")) answer(text, len, 3);
    else if (starts(text, len, "{\"notice\":")) count.notices++;
    else count.strange++;
}

static void marks(Conn *conn, const unsigned char *text, size_t len) {
    const unsigned char *end = text + len;
    count.frames++;
    count.frame_bytes += len;
    for (const unsigned char *at = text; (at = memchr(at, '@', (size_t)(end - at)));) {
        size_t value = 0, digits = 0;
        for (at++; at < end && *at >= '0' && *at <= '9'; at++, digits++) value = value * 10 + (size_t)(*at - '0');
        if (!digits || at == end || *at != ';' || value >= plan.actions_len) continue;
        if (conn->marks[value / 8] & 1 << value % 8) {
            count.doubled++;
            continue;
        }
        conn->marks[value / 8] |= (unsigned char)(1 << value % 8);
        if (conn->late) continue;
        conn->seen = grow(conn->seen, &conn->seen_cap, conn->seen_len, sizeof *conn->seen);
        conn->seen[conn->seen_len++] = (Seen){now(), value};
        count.delivered++;
        Action *action = &plan.actions[value];
        action->seen_by++;
        action->all_at = now();
    }
}

void opened(Conn *conn, int epoll) {
    static const unsigned char step_one[] = {0, 0, 1, 0};
    if (plan.dialect == YJS) conn_say(conn, epoll, 2, step_one, sizeof step_one);
    if (plan.dialect == YJS || (plan.dialect == MARKED && !conn->late)) is_ready(conn);
}

void understand(Conn *conn, int epoll, const unsigned char *text, size_t len, uint64_t whole, uint64_t hash) {
    if (plan.dialect == LIVE) live(conn, text, len, whole, hash);
    else if (plan.dialect == SOCKETIO && starts(text, len, "0{")) conn_say(conn, epoll, 1, "40", 2);
    else if (plan.dialect == SOCKETIO && starts(text, len, "2") && len == 1) conn_say(conn, epoll, 1, "3", 1);
    else if (plan.dialect == SOCKETIO && starts(text, len, "40")) is_ready(conn);
    else if (plan.dialect == MARKED && len >= 6 && starts(text, len, "board:")) {
        count.full++;
        count.full_bytes += whole;
        is_ready(conn);
    } else marks(conn, text, len);
}
