/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A source as the settings want it. */
#ifndef LINXCAP_SOURCE_H
#define LINXCAP_SOURCE_H

#include "trace/child.h"
#include "trace/settings.h"

/* Each returns an exit status, and has told why when it is not STATUS_OK. */
int source_open_live(const struct settings *s, struct linx **l);
int source_open_file(const struct settings *s, int fd, struct linx **l);
/* Can there be one more like that which is open, by this engine? Or no file could ever follow the first. */
int source_check_next(const struct settings *s, const char *engine);
/*
 * A source that takes the place of another, and its start: from there on it has
 * the processes of that one, which still runs.
 */
int source_open_next(const struct settings *s, const char *engine, struct linx **l);
int source_start_next(const struct settings *s, struct linx *l, const struct linx *before);
/* Does the trace go on as long as the command and its descendants? Then they may depend on it. */
bool source_ends_with_command(const struct settings *s);
/* Does the source stop what it traces, and work in calls of the library alone? */
bool source_stops_tasks(const struct linx *l);
/* Are only processes of a list recorded: those of -p, or the command and what it starts? */
bool source_lists(const struct settings *s);
/* True if the source has durations of calls, rather than their CPU time: a record holds one of the two. */
bool source_has_durations(const struct settings *s);
/* Operations of io_uring are events of the calls that they resemble; strace has none, and counts none. */
bool source_wants_uring(const struct settings *s);
/* Prints why the module could not be opened, and returns an exit status. */
int source_say_not_open(int error, const struct linx_error *why);
/* The file that is read, for messages. */
const char *source_name(const struct settings *s);
/* Lists a process that is there already. */
int source_attach(struct linx *l, int pid);
/*
 * Lists the command that waits, and lets it go: it is recorded from its execve on,
 * not what leads there. path, for messages, and the status if it cannot be executed.
 * A command that was killed while it waited is not listed and is no error: whoever waits for its end learns of it.
 */
int source_let_go(struct linx *l, struct child *c, const char *path, int status);

#endif
