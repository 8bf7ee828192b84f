/* A crowd of WebSocket clients in one thread. See load.c for what it does, plan.c for what it is told. */
#ifndef LOAD_H
#define LOAD_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

typedef enum { LIVE, MARKED, SOCKETIO, YJS } Dialect;
typedef enum { WAITING, CONNECTING, SHAKING, OPEN, CLOSED } State;

typedef struct {
    uint64_t value, word;
    int filled;
} Hash;

typedef struct {
    double at;
    uint64_t seq;
} Seen;

/* One client. */
typedef struct {
    int fd, port, late, audience, ready, has_full, close_code, wants_out;
    State state;
    double start_ms; /* late ones: after zero */
    double started, ready_at;
    char *path, *headers;
    unsigned char head[14]; /* of the frame that is coming in */
    int head_len;
    uint64_t payload_left, payload_len;
    int opcode;
    unsigned char *kept;
    size_t kept_len, kept_cap;
    Hash hash;
    unsigned char *out;
    size_t out_len, out_cap;
    uint64_t seq, bytes, messages;
    Seen *seen;
    size_t seen_len, seen_cap;
    unsigned char *marks;
} Conn;

/* One thing that a client does at a time that was settled before. */
typedef struct {
    double at_ms;
    int conn, group, answered;
    unsigned char *frame;
    size_t frame_len;
    double sent_late, ack_at, all_at;
    uint64_t ack_seq, seen_by;
} Action;

typedef struct {
    Dialect dialect;
    double settle_ms, hold_ms, deadline_ms, quiet_ms;
    int ramp, see, keep_all;
    FILE *dump;
    Conn *conns;
    size_t conns_len, conns_cap;
    Action *actions;
    size_t actions_len, actions_cap;
    int groups;
} Plan;

typedef struct {
    uint64_t messages, frames, full, full_bytes, own, now, heartbeats, resets, notices, acks, refused, retries;
    uint64_t bytes, frame_bytes, biggest, doubled, gaps, differing, strange, double_acks, delivered, failed, closed;
    uint64_t answered, ready_late;
    int close_codes[16], close_counts[16], close_kinds;
    char refusals[3][200];
} Count;

extern Plan plan;
extern Count count;
extern double zero; /* when the schedule begins; 0 before */

double now(void);
void *grow(void *items, size_t *cap, size_t len, size_t size);
void die(const char *sentence);

void read_plan(const char *file);
unsigned char *make_frame(int opcode, const void *data, size_t len, size_t *frame_len);

void conn_start(Conn *conn, int epoll);
void conn_event(Conn *conn, int epoll, uint32_t events);
void conn_send(Conn *conn, int epoll, const unsigned char *frame, size_t len);
void conn_say(Conn *conn, int epoll, int opcode, const void *data, size_t len);

void opened(Conn *conn, int epoll);
void understand(Conn *conn, int epoll, const unsigned char *text, size_t len, uint64_t whole, uint64_t hash);
void is_ready(Conn *conn);

void report(double seconds, double cpu);
#endif
