/* Plays a plan (see plan.c) and says what came of it.

   It opens the clients of before, waits until they have all they get at the beginning and nothing more comes, prints
   "ready", and begins the schedule at a line on standard input. When everything was answered and seen, or at the
   deadline, it prints "done"; after another line it reports. So whoever started it can read the server's clocks. */
#define _GNU_SOURCE
#include "load.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

Plan plan = {.settle_ms = 1000, .deadline_ms = 30000, .ramp = 32, .see = 1};
Count count;
double zero;
static double heard; /* when anything came last */

double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

void die(const char *sentence) {
    fprintf(stderr, "load: %s\n", sentence);
    exit(2);
}

void *grow(void *items, size_t *cap, size_t len, size_t size) {
    if (len < *cap) return items;
    *cap = *cap ? 2 * *cap : 64;
    items = realloc(items, *cap * size);
    if (!items) die("there is not enough memory");
    return items;
}

static double cpu(void) {
    struct rusage used;
    getrusage(RUSAGE_SELF, &used);
    return (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
           (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
}

static void hear(int epoll, double until) {
    struct epoll_event events[256];
    double left = until - now();
    struct timespec wait = {0, 0};
    if (left > 0) {
        if (left > 0.05) left = 0.05;
        wait.tv_nsec = (long)(left * 1e9);
    }
    int n = epoll_pwait2(epoll, events, 256, &wait, NULL);
    for (int i = 0; i < n; i++) conn_event(events[i].data.ptr, epoll, events[i].events);
    if (n > 0) heard = now();
}

static void line_from_parent(int epoll) {
    struct pollfd in = {.fd = 0, .events = POLLIN};
    char c = 0;
    fflush(stdout);
    while (c != '\n') {
        if (poll(&in, 1, 0) > 0) {
            if (read(0, &c, 1) <= 0) exit(3);
        } else hear(epoll, now() + 0.005);
    }
}

/* Open those of before, only so many at a time, and let them come to rest. */
static void gather(int epoll) {
    double until = now() + 120;
    size_t next = 0;
    for (;;) {
        int busy = 0, left = 0;
        for (size_t i = 0; i < next; i++) {
            const Conn *conn = &plan.conns[i];
            if (!conn->late && conn->state != CLOSED && !conn->ready) busy++;
        }
        for (; next < plan.conns_len && busy < plan.ramp; next++)
            if (!plan.conns[next].late) {
                conn_start(&plan.conns[next], epoll);
                busy++;
            }
        for (size_t i = next; i < plan.conns_len; i++) left += !plan.conns[i].late;
        if (!busy && !left) break;
        if (now() > until) die("the clients of before did not all get in");
        hear(epoll, now() + 0.05);
    }
    double rest = now() + plan.settle_ms / 1000, longest = rest + 15;
    heard = now();
    while (now() < rest || (now() - heard < plan.quiet_ms / 1000 && now() < longest)) hear(epoll, now() + 0.05);
}

/* Begin to count: what came before the schedule is not part of it. */
static void forget(void) {
    uint64_t failed = count.failed, closed = count.closed;
    memset(&count, 0, sizeof count);
    count.failed = failed;
    count.closed = closed;
    for (size_t i = 0; i < plan.conns_len; i++) plan.conns[i].bytes = plan.conns[i].seen_len = 0;
}

static int all_seen(uint64_t watchers) {
    if (!plan.see) return 1;
    if (plan.dialect != LIVE) return count.delivered >= watchers * plan.actions_len;
    uint64_t last = 0;
    for (size_t i = 0; i < plan.actions_len; i++)
        if (plan.actions[i].answered == 1 && plan.actions[i].ack_seq > last) last = plan.actions[i].ack_seq;
    for (size_t i = 0; i < plan.conns_len; i++)
        if (!plan.conns[i].late && plan.conns[i].fd >= 0 && plan.conns[i].seq < last) return 0;
    return 1;
}

static int in_order(const void *a, const void *b) {
    double x = plan.actions[*(const size_t *)a].at_ms, y = plan.actions[*(const size_t *)b].at_ms;
    return (x > y) - (x < y);
}

static double play(int epoll) {
    uint64_t watchers = 0, late = 0;
    double last = plan.hold_ms / 1000;
    size_t *order = calloc(plan.actions_len + 1, sizeof *order), next = 0, next_conn = 0;
    for (size_t i = 0; i < plan.conns_len; i++) plan.conns[i].late ? late++ : watchers++;
    for (size_t i = 0; i < plan.actions_len; i++) order[i] = i;
    qsort(order, plan.actions_len, sizeof *order, in_order);
    if (plan.actions_len && plan.actions[order[plan.actions_len - 1]].at_ms / 1000 > last)
        last = plan.actions[order[plan.actions_len - 1]].at_ms / 1000;
    zero = now() + 0.02;
    double deadline = zero + last + plan.deadline_ms / 1000;
    for (;;) {
        double t = now();
        for (int some = 0; some < 64 && next < plan.actions_len; some++) { /* and read in between */
            Action *action = &plan.actions[order[next]];
            if (zero + action->at_ms / 1000 > t) break;
            next++;
            action->sent_late = (now() - zero) * 1000 - action->at_ms;
            conn_send(&plan.conns[action->conn], epoll, action->frame, action->frame_len);
        }
        for (int some = 0; next_conn < plan.conns_len && some < 64; next_conn++) {
            Conn *conn = &plan.conns[next_conn];
            if (!conn->late) continue;
            if (zero + conn->start_ms / 1000 > t) break;
            conn_start(conn, epoll);
            some++;
        }
        int over = t >= zero + last && next == plan.actions_len && count.ready_late + count.failed >= late;
        if (over && (plan.dialect != LIVE || count.answered == plan.actions_len) && all_seen(watchers)) break;
        if (t > deadline) break;
        double until = t + 0.05;
        if (next < plan.actions_len) until = zero + plan.actions[order[next]].at_ms / 1000;
        if (next_conn < plan.conns_len && plan.conns[next_conn].late) {
            double start = zero + plan.conns[next_conn].start_ms / 1000;
            if (start < until) until = start;
        }
        hear(epoll, until);
    }
    free(order);
    return now() - zero;
}

int main(int argc, char **argv) {
    if (argc != 2) die("say which plan");
    struct rlimit files;
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    read_plan(argv[1]);
    int epoll = epoll_create1(0);
    gather(epoll);
    printf("ready\n");
    line_from_parent(epoll);
    forget();
    double before = cpu(), seconds = play(epoll), used = cpu() - before;
    printf("done\n");
    line_from_parent(epoll);
    report(seconds, used);
    if (plan.dump) fclose(plan.dump);
    return 0;
}
