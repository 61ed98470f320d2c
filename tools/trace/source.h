/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Opens, configures and starts sources according to the settings. */
#ifndef LINXCAP_SOURCE_H
#define LINXCAP_SOURCE_H

#include "trace/child.h"
#include "trace/settings.h"

/*
 * Opens a live source. This function, and all functions below that open, check, start or attach, return an exit status.
 * If it is not STATUS_OK, they have printed the reason.
 */
int source_open_live(const struct settings *s, struct linx **l);
int source_open_file(const struct settings *s, int fd, struct linx **l);
/*
 * Checks whether this engine can open a second source beside the one that is open. Otherwise no file could follow the
 * first one.
 */
int source_check_next(const struct settings *s, const char *engine);
/*
 * Opens a source that will replace the source "before", which still runs, then starts it. The new source gets a copy of
 * the list of processes.
 */
int source_open_next(const struct settings *s, const char *engine, struct linx **l);
/* Starts a source, and sets the policy of the settings, if there is one. 0 or -errno, and the source has the error text. */
int source_start(const struct settings *s, struct linx *l);
int source_start_next(const struct settings *s, struct linx *l, const struct linx *before);
/*
 * True if the trace lasts until the command and its descendants have ended. A seccomp filter in them may rely on the
 * tracer then.
 */
bool source_ends_with_command(const struct settings *s);
/* True if the engine stops the tasks that it traces (ptrace). Such tasks only run on while the library is called. */
bool source_stops_tasks(const struct linx *l);
/* True if only listed processes are recorded: those of -p, or the command and its descendants. */
bool source_lists(const struct settings *s);
/*
 * True if events have the duration of their call; otherwise they can have its CPU time. A record has room for one
 * of the two.
 */
bool source_has_durations(const struct settings *s);
/*
 * True if operations of io_uring are recorded, as events of the corresponding calls. A capture has them, and so do some
 * formats; of the tables only those whose view counts operations, since strace counts none.
 */
bool source_wants_uring(const struct settings *s);
/* Prints why an engine could not be opened. Returns an exit status. */
int source_say_not_open(int error, const struct linx_error *why);
/*
 * Returns the name of the file that is read, for messages. If no file is read, the name stands for what a live trace
 * keeps.
 */
const char *source_name(const struct settings *s);
/* Adds an existing process to the list of traced processes. */
int source_attach(struct linx *l, int pid);
/*
 * Adds the waiting command to the list of traced processes, and releases it. The first recorded call is then its
 * execve. path: for messages; status: the exit status to return if execve fails. If the command was killed while it
 * waited, that is not an error here: the function that reaps it reports it.
 */
int source_let_go(struct linx *l, struct child *c, const char *path, int status);

#endif
