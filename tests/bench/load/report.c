/* What a run came to, as one JSON object on standard output. */
#include "load.h"

#include <stdlib.h>
#include <string.h>

static int by_size(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void spread(const char *name, double *ms, size_t len) {
    qsort(ms, len, sizeof *ms, by_size);
    printf("\"%s\":{\"n\":%zu", name, len);
    if (len)
        printf(",\"p50\":%.2f,\"p95\":%.2f,\"p99\":%.2f,\"max\":%.2f", ms[len / 2], ms[(size_t)(0.95 * (double)(len - 1))],
               ms[(size_t)(0.99 * (double)(len - 1))], ms[len - 1]);
    printf("},");
}

static double meant(const Action *action) { return zero + action->at_ms / 1000; }

/* When a client's number first reached `seq`; 0 if it never did. */
static double reached_at(const Conn *conn, uint64_t seq) {
    size_t low = 0, high = conn->seen_len;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (conn->seen[middle].seq < seq) low = middle + 1;
        else high = middle;
    }
    return low < conn->seen_len ? conn->seen[low].at : 0;
}

/* Of how many it is known when they saw it; fills `each` with milliseconds and moves the action's last one. */
static uint64_t deliveries(double *each, uint64_t most) {
    uint64_t seen = 0;
    for (size_t c = 0; c < plan.conns_len; c++) {
        const Conn *conn = &plan.conns[c];
        if (conn->late) continue;
        if (plan.dialect != LIVE) {
            for (size_t i = 0; i < conn->seen_len && seen < most; i++)
                each[seen++] = (conn->seen[i].at - meant(&plan.actions[conn->seen[i].seq])) * 1000;
            continue;
        }
        for (size_t i = 0; i < plan.actions_len && seen < most; i++) {
            Action *action = &plan.actions[i];
            double at = action->answered == 1 ? reached_at(conn, action->ack_seq) : 0;
            if (at <= 0) continue;
            each[seen++] = (at - meant(action)) * 1000;
            action->seen_by++;
            if (at > action->all_at) action->all_at = at;
        }
    }
    return seen;
}

static void groups(uint64_t watchers, double *ms) {
    printf("\"groups\":[");
    for (int g = 0; g < plan.groups; g++) {
        size_t acks = 0, actions = 0, whole = 0;
        double first = 0, last = 0, last_ack = 0;
        for (size_t i = 0; i < plan.actions_len; i++) {
            const Action *action = &plan.actions[i];
            if (action->group != g) continue;
            if (!actions++ || meant(action) < first) first = meant(action);
            if (action->answered == 1) {
                ms[acks++] = (action->ack_at - meant(action)) * 1000;
                if (action->ack_at > last_ack) last_ack = action->ack_at;
            }
            whole += action->seen_by == watchers;
            if (action->all_at > last) last = action->all_at;
        }
        printf("%s{\"actions\":%zu,\"seen_by_all\":%zu,\"acks\":%zu,\"all_seconds\":%.4f,\"ack_seconds\":%.4f,", g ? "," : "",
               actions, whole, acks, last > 0 ? last - first : 0, last_ack > 0 ? last_ack - first : 0);
        spread("ack_ms", ms, acks);
        printf("\"group\":%d}", g);
    }
    printf("],");
}

static void clients(double *ms) {
    size_t joined = 0, base = 0, open = 0;
    double first = 0, last = 0;
    uint64_t most = 0, sum = 0;
    for (size_t c = 0; c < plan.conns_len; c++) {
        const Conn *conn = &plan.conns[c];
        open += conn->state == OPEN;
        if (conn->late && conn->ready) {
            ms[joined++] = (conn->ready_at - (zero + conn->start_ms / 1000)) * 1000;
            if (conn->ready_at > last) last = conn->ready_at;
        }
        if (conn->late && (first <= 0 || zero + conn->start_ms / 1000 < first)) first = zero + conn->start_ms / 1000;
        if (conn->late) continue;
        base++;
        sum += conn->bytes;
        if (conn->bytes > most) most = conn->bytes;
    }
    printf("\"open\":%zu,\"joined\":%zu,\"join_seconds\":%.4f,\"bytes_each\":%.0f,\"bytes_most\":%llu,", open, joined,
           joined ? last - first : 0, base ? (double)sum / (double)base : 0, (unsigned long long)most);
    spread("join_ms", ms, joined);
}

static void quoted(const char *text) {
    putchar('"');
    for (; *text; text++) {
        if (*text == '"' || *text == '\\') putchar('\\');
        if ((unsigned char)*text >= ' ') putchar(*text);
    }
    putchar('"');
}

/* Every answered action: when it was meant to begin, and how long its receipt took (ms). */
static void each_action(void) {
    printf("\"acked\":[");
    for (size_t i = 0, any = 0; i < plan.actions_len; i++) {
        const Action *action = &plan.actions[i];
        if (action->answered != 1) continue;
        printf("%s[%.1f,%.2f]", any++ ? "," : "", action->at_ms, (action->ack_at - meant(action)) * 1000);
    }
    printf("],");
}

void report(double seconds, double cpu) {
    uint64_t watchers = 0, wanted = 0;
    for (size_t c = 0; c < plan.conns_len; c++) watchers += !plan.conns[c].late;
    for (size_t i = 0; i < plan.actions_len; i++) wanted += plan.dialect != LIVE || plan.actions[i].answered == 1;
    wanted *= plan.see ? watchers : 0;
    uint64_t room = watchers * plan.actions_len + plan.actions_len + plan.conns_len + 1;
    double *ms = malloc(room * sizeof *ms);
    uint64_t seen = plan.see ? deliveries(ms, watchers * plan.actions_len) : 0;
    printf("{");
    spread("each_ms", ms, seen);
    size_t all = 0, late = 0;
    for (size_t i = 0; i < plan.actions_len; i++)
        if (plan.see && plan.actions[i].seen_by == watchers) ms[all++] = (plan.actions[i].all_at - meant(&plan.actions[i])) * 1000;
    spread("all_ms", ms, all);
    for (; late < plan.actions_len; late++) ms[late] = plan.actions[late].sent_late;
    spread("sent_late_ms", ms, late);
    groups(watchers, ms);
    clients(ms);
    each_action();
    printf("\"close_codes\":{");
    for (int i = 0; i < count.close_kinds; i++) printf("%s\"%d\":%d", i ? "," : "", count.close_codes[i], count.close_counts[i]);
    printf("},\"refusals\":[");
    for (int i = 0, any = 0; i < 3; i++)
        if (*count.refusals[i]) {
            if (any++) putchar(',');
            quoted(count.refusals[i]);
        }
    printf("],");
#define NUMBER(name, value) printf("\"%s\":%llu,", name, (unsigned long long)(value))
    NUMBER("messages", count.messages);
    NUMBER("frames", count.frames);
    NUMBER("frame_bytes", count.frame_bytes);
    NUMBER("full", count.full);
    NUMBER("full_bytes", count.full_bytes);
    NUMBER("own", count.own);
    NUMBER("now", count.now);
    NUMBER("heartbeats", count.heartbeats);
    NUMBER("resets", count.resets);
    NUMBER("notices", count.notices);
    NUMBER("actions", plan.actions_len);
    NUMBER("acks", count.acks);
    NUMBER("refused", count.refused);
    NUMBER("retries", count.retries);
    NUMBER("unanswered", plan.dialect == LIVE ? plan.actions_len - count.answered : 0);
    NUMBER("double_acks", count.double_acks);
    NUMBER("bytes", count.bytes);
    NUMBER("biggest", count.biggest);
    NUMBER("delivered", seen);
    NUMBER("lost", wanted - seen);
    NUMBER("doubled", count.doubled);
    NUMBER("gaps", count.gaps);
    NUMBER("differing", count.differing);
    NUMBER("strange", count.strange);
    NUMBER("failed", count.failed);
    NUMBER("closed", count.closed);
    printf("\"seconds\":%.4f,\"cpu\":%.4f}\n", seconds, cpu);
}
