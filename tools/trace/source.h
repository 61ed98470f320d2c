/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A source as the settings want it. */
#ifndef LINXCAP_SOURCE_H
#define LINXCAP_SOURCE_H

#include "trace/child.h"
#include "trace/settings.h"

/*
 * Opens a live source. This and the next functions return an exit status, and have reported the reason if it
 * is not STATUS_OK.
 */
int source_open_live(const struct settings *s, struct linx **l);
int source_open_file(const struct settings *s, int fd, struct linx **l);
/*
 * Check whether a second source like the open one is possible, by this engine. Otherwise no file could follow
 * the first.
 */
int source_check_next(const struct settings *s, const char *engine);
/* Open a source that replaces another one, and start it: it then has the processes of that one, which still runs. */
int source_open_next(const struct settings *s, const char *engine, struct linx **l);
int source_start_next(const struct settings *s, struct linx *l, const struct linx *before);
/* True if the trace lasts as long as the command and its descendants, so that they may depend on it. */
bool source_ends_with_command(const struct settings *s);
/* True if the source stops its tasks, and works only within calls of the library. */
bool source_stops_tasks(const struct linx *l);
/* True if only listed processes are recorded: those of -p, or the command and its descendants. */
bool source_lists(const struct settings *s);
/* True if the source has durations of calls, rather than their CPU time: a record holds one of the two. */
bool source_has_durations(const struct settings *s);
/* True if operations of io_uring are shown as events of similar calls; strace has none, and counts none. */
bool source_wants_uring(const struct settings *s);
/* Prints why the module could not be opened. Returns an exit status. */
int source_say_not_open(int error, const struct linx_error *why);
/* Name of the file that is read, for messages. */
const char *source_name(const struct settings *s);
/* Lists an existing process. */
int source_attach(struct linx *l, int pid);
/*
 * Lists the waiting command, and releases it: it is recorded from its execve on. path is for messages; the
 * status is an error of execve. A command that was killed while it waited is not listed; that is no error,
 * since the wait for its end reports it.
 */
int source_let_go(struct linx *l, struct child *c, const char *path, int status);

#endif
