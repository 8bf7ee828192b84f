/* Reads what to do from a file, one thing a line, fields between tabs:

     O name value                            an option: dialect, settle, hold, deadline, quiet, ramp, see, dump
     C at port audience path header...       a client; at -1: before the schedule begins, else ms after it began
     A at client group text                  an action: a text message
     B at client group hex                   an action: a binary message

   All clients of one audience must get the same frames. */
#include "load.h"

#include <stdlib.h>
#include <string.h>

static char *field(char **rest) {
    char *found = strsep(rest, "\t");
    if (!found) die("the plan has a line with too few fields");
    return found;
}

static void option(char *name, char *value) {
    if (!strcmp(name, "dialect")) {
        const char *names[] = {"live", "marked", "socketio", "yjs"};
        for (int i = 0; i < 4; i++)
            if (!strcmp(value, names[i])) plan.dialect = (Dialect)i;
    } else if (!strcmp(name, "settle")) plan.settle_ms = atof(value);
    else if (!strcmp(name, "hold")) plan.hold_ms = atof(value);
    else if (!strcmp(name, "deadline")) plan.deadline_ms = atof(value);
    else if (!strcmp(name, "quiet")) plan.quiet_ms = atof(value);
    else if (!strcmp(name, "ramp")) plan.ramp = atoi(value);
    else if (!strcmp(name, "see")) plan.see = atoi(value);
    else if (!strcmp(name, "dump")) {
        plan.dump = fopen(value, "w");
        plan.keep_all = 1;
        if (!plan.dump) die("the file for frames can't be written");
    } else die("the plan has an option that is not known");
}

static void client(char *rest) {
    plan.conns = grow(plan.conns, &plan.conns_cap, plan.conns_len, sizeof *plan.conns);
    Conn *conn = &plan.conns[plan.conns_len++];
    memset(conn, 0, sizeof *conn);
    conn->fd = -1;
    conn->start_ms = atof(field(&rest));
    conn->late = conn->start_ms >= 0;
    conn->port = atoi(field(&rest));
    conn->audience = atoi(field(&rest));
    conn->path = strdup(field(&rest));
    char headers[8192] = "";
    for (char *header; (header = strsep(&rest, "\t"));) {
        if (strlen(headers) + strlen(header) + 3 > sizeof headers) die("the headers are too long");
        strcat(strcat(headers, header), "\r\n");
    }
    conn->headers = strdup(headers);
}

static int nibble(char c) { return c <= '9' ? c - '0' : c - 'a' + 10; }

static void action(char *rest, int binary) {
    plan.actions = grow(plan.actions, &plan.actions_cap, plan.actions_len, sizeof *plan.actions);
    Action *act = &plan.actions[plan.actions_len++];
    memset(act, 0, sizeof *act);
    act->at_ms = atof(field(&rest));
    act->conn = atoi(field(&rest));
    act->group = atoi(field(&rest));
    if (act->conn < 0 || (size_t)act->conn >= plan.conns_len) die("an action's client is not in the plan");
    if (act->group >= plan.groups) plan.groups = act->group + 1;
    size_t len = strlen(rest);
    if (binary) {
        len /= 2;
        for (size_t i = 0; i < len; i++) rest[i] = (char)(nibble(rest[2 * i]) << 4 | nibble(rest[2 * i + 1]));
    }
    act->frame = make_frame(binary ? 2 : 1, rest, len, &act->frame_len);
}

void read_plan(const char *file) {
    FILE *lines = fopen(file, "r");
    if (!lines) die("the plan can't be read");
    char *line = NULL;
    size_t cap = 0;
    for (ssize_t len; (len = getline(&line, &cap, lines)) > 0;) {
        if (line[len - 1] == '\n') line[len - 1] = 0;
        char *rest = line, *what = field(&rest);
        if (*what == 'O') {
            char *name = field(&rest);
            option(name, rest);
        } else if (*what == 'C') client(rest);
        else if (*what == 'A' || *what == 'B') action(rest, *what == 'B');
        else die("the plan has a line that is not known");
    }
    free(line);
    fclose(lines);
    if (plan.dialect != LIVE)
        for (size_t i = 0; i < plan.conns_len; i++) plan.conns[i].marks = calloc(1, plan.actions_len / 8 + 1);
}
