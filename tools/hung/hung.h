/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * `linxcap hung`: the calls that tasks are inside for a long time, of this machine or at the end of a recording.
 *
 * The entry record of a call has its time. /proc/PID/syscall shows the number and the arguments of a call that began
 * before the recording, but not when it began.
 */
#ifndef LINXCAP_HUNG_H
#define LINXCAP_HUNG_H

#include <cjson/cJSON.h>
#include <linx/linx.h>

#include "hung/tasks.h"
#include "trace/settings.h"

struct hung_settings {
	struct settings trace; /* settings of the recording: -r, -p and --engine, and what hung needs recorded */
	const char *calls; /* -e: names of calls that are shown; NULL: all */
	uint64_t over_ns; /* --over */
	uint64_t for_ns; /* --for: how long this machine is watched; 0: for over_ns */
	bool json, help;
};

#define HUNG_TEXT_MAX 512
/* Most futexes at which one call waits: FUTEX_WAITV_MAX of futex_waitv(2). */
#define HUNG_FUTEXES_MAX 128u
/* An element of the array of futex_waitv(2): struct futex_waitv, which headers before Linux 5.16 do not have. */
struct hung_futex {
	uint64_t value, address;
	uint32_t flags, reserved;
};

/* A call that a task is inside. */
struct hung_call {
	uint32_t pid, tid;
	char comm[16];
	char name[32]; /* name of the call */
	uint64_t since_ns; /* wall clock at its beginning; 0: not known, but before before_ns */
	uint64_t before_ns;
	uint64_t inside_ns; /* time since the call began; a lower bound if since_ns is 0 */
	unsigned int nargs; /* number of known arguments, which are the first ones */
	uint64_t args[6];
	char text[HUNG_TEXT_MAX]; /* the call as strace shows it, escaped, up to the last argument that is known */
	int32_t fd; /* first argument that is a descriptor; -1: none is known */
	char file[HUNG_TEXT_MAX]; /* path or addresses of the descriptor, escaped; empty: not known */
	unsigned int nfutexes; /* number of futexes at which the task waits; 0: none, or their addresses are not known */
	uint64_t futexes[HUNG_FUTEXES_MAX]; /* their addresses */
};

struct hung_calls {
	struct hung_call *at;
	size_t n, room;
};

/* A call that waits at a futex. A call of futex_waitv(2) has one of these for each of its futexes. */
struct hung_waiter {
	uint64_t address;
	uint32_t pid;
	size_t call; /* index in hung_result.calls.at */
};

struct hung_result {
	struct hung_calls calls; /* all calls that tasks are inside, also short ones; the longest first */
	struct hung_waiter *waiting; /* [nwaiting] sorted by process and address */
	size_t nwaiting;
	uint64_t now_ns; /* wall clock for which calls are shown: now, --to, or the recording's end */
	uint64_t lost; /* lost records; tasks whose records were lost may have left their calls */
	uint64_t skipped; /* events that the engine skipped, an upper bound */
	bool doubtful; /* the account was read, and it is not complete: more may have been lost */
	uint64_t unknown; /* tasks of which it is not known whether they are inside a call */
	char engine[16]; /* name of the engine that recorded */
	bool live;
	bool cut_off; /* the recording has no account at its end; lost is the sum of its GAP events */
};

/* Watches this machine for a while, or reads a recording. Returns an exit status. */
int hung_look(const struct hung_settings *s, struct hung_result *r);
void hung_result_free(struct hung_result *r);
/* Appends a zeroed call. NULL: no memory. */
struct hung_call *hung_add(struct hung_calls *calls);

/* Sets c->inside_ns: how long the call has lasted at r->now_ns. */
void hung_find_time(const struct hung_result *r, struct hung_call *c);
/* True if the call is to be shown: inside_ns, which must be set, is long enough, and -e selects its name. */
bool hung_shows(const struct hung_settings *s, const struct hung_call *c);
/* Makes r->waiting, which hung_waiters() needs. 0 or -ENOMEM. */
int hung_group_waiters(struct hung_result *r);
/*
 * Returns all calls of the process of c that wait at this futex, c included, and sets *n to their number. Waiters of
 * other processes, with which a futex may be shared, are not found.
 */
const struct hung_waiter *hung_waiters(const struct hung_result *r, const struct hung_call *c, uint64_t address, size_t *n);
/* Sets c->futexes, by the call's name and arguments. False: the call is futex_waitv(2), whose futexes are in memory. */
bool hung_find_futex(struct hung_call *c);
/* Sets c->futexes of a call of futex_waitv(2). data: the first len bytes of its array of struct hung_futex. */
void hung_take_futexes(struct hung_call *c, const void *data, size_t len);

/* Prints the calls as a table on standard output. */
void hung_print_text(const struct hung_settings *s, const struct hung_result *r);
/* Returns the result as a JSON object. NULL: no memory. */
cJSON *hung_make_json(const struct hung_settings *s, const struct hung_result *r);

#endif
