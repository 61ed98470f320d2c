// SPDX-License-Identifier: LGPL-2.1-or-later
/* Prints the calls that tasks are inside, as a table or as JSON: see hung/hung.h. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/json_u64.h"
#include "hung/hung.h"

#define SECOND_NS 1000000000u
/* Most waiters of a futex that a line of text names, and most that an object of JSON lists. */
#define WAITERS_SHOWN 8u
#define WAITERS_LISTED 64u
#define WAITERS_COUNTED 1000u

/* Writes a duration with its two largest units, as "2h 05m"; below a minute as "12.3 s". at_least: ">" precedes. */
static void put_duration(uint64_t ns, bool at_least, char text[32])
{
	const char *more = at_least ? ">" : "";
	uint64_t s = ns / SECOND_NS;

	if (s < 60)
		snprintf(text, 32, "%s%" PRIu64 ".%" PRIu64 " s", more, s, ns % SECOND_NS / (SECOND_NS / 10));
	else if (s < 3600)
		snprintf(text, 32, "%s%" PRIu64 "m %02" PRIu64 "s", more, s / 60, s % 60);
	else if (s < 86400)
		snprintf(text, 32, "%s%" PRIu64 "h %02" PRIu64 "m", more, s / 3600, s / 60 % 60);
	else
		snprintf(text, 32, "%s%" PRIu64 "d %02" PRIu64 "h", more, s / 86400, s / 3600 % 24);
}

/* Writes local date and time, as "06-12 09:43:49.123". */
static void put_time(uint64_t ns, char text[32])
{
	time_t s = (time_t)(ns / SECOND_NS);
	struct tm tm = { 0 };
	size_t n;

	localtime_r(&s, &tm);
	n = strftime(text, 32, "%m-%d %H:%M:%S", &tm);
	snprintf(text + n, 32 - n, ".%03u", (unsigned int)(ns % SECOND_NS / 1000000));
}

/* True if another task waits at one of the first futexes of c, which are those before this index. */
static bool waits_before(const struct hung_call *c, unsigned int index, const struct hung_call *other)
{
	for (unsigned int i = 0; i < index; i++)
		for (unsigned int k = 0; k < other->nfutexes; k++)
			if (c->futexes[i] == other->futexes[k])
				return true;
	return false;
}

/*
 * Names the other tasks that wait at a futex at which c waits, each of them once. One of the waiters at each futex is c
 * itself. Those of a single futex are counted without a look at each of them, those of several up to WAITERS_COUNTED.
 */
static void print_waiters(const struct hung_result *r, const struct hung_call *c)
{
	const size_t most = c->nfutexes == 1 ? WAITERS_SHOWN : WAITERS_COUNTED;
	const struct hung_waiter *at;
	size_t n = 1, found = 0;

	for (unsigned int k = 0; k < c->nfutexes && found < most; k++) {
		at = hung_waiters(r, c, c->futexes[k], &n);
		for (size_t i = 0; i < n && found < most; i++) {
			const struct hung_call *other = &r->calls.at[at[i].call];

			if (other == c || waits_before(c, k, other))
				continue;
			if (found++ < WAITERS_SHOWN)
				printf("%s %u", found > 1 ? "," : "  waits with", other->tid);
		}
	}
	if (c->nfutexes == 1)
		found = n - 1;
	if (found > WAITERS_SHOWN)
		printf(" and %zu%s more", found - WAITERS_SHOWN, found == most ? " or" : "");
}

static void print_call(const struct hung_result *r, const struct hung_call *c)
{
	char inside[32], since[32] = "not known", comm[16 * LINX_ESCAPE_MAX + 1];

	put_duration(c->inside_ns, !c->since_ns, inside);
	if (c->since_ns)
		put_time(c->since_ns, since);
	linx_escape(comm, sizeof(comm), c->comm);
	printf("%9s  %-18s %7u %7u %-15s %s", inside, since, c->pid, c->tid, comm, c->text);
	print_waiters(r, c);
	putchar('\n');
}

void hung_print_text(const struct hung_settings *s, const struct hung_result *r)
{
	size_t shown = 0;

	for (size_t i = 0; i < r->calls.n; i++) {
		if (!hung_shows(s, &r->calls.at[i]))
			continue;
		if (!shown++)
			printf("%9s  %-18s %7s %7s %-15s %s\n", "INSIDE", "SINCE", "PID", "TID", "COMMAND", "CALL");
		print_call(r, &r->calls.at[i]);
	}
}

/* ---- JSON ------------------------------------------------------------------------------------------ */

static bool add_escaped(cJSON *o, const char *key, const char *text)
{
	char escaped[16 * LINX_ESCAPE_MAX + 1];

	linx_escape(escaped, sizeof(escaped), text);
	return cJSON_AddStringToObject(o, key, escaped);
}

static bool add_since(cJSON *o, const struct hung_call *c)
{
	bool ok = c->since_ns ? json_add_u64(o, "since_ns", c->since_ns) : !!cJSON_AddNullToObject(o, "since_ns");

	if (!c->since_ns)
		ok = ok && json_add_u64(o, "before_ns", c->before_ns);
	return ok && json_add_u64(o, "inside_ns", c->inside_ns);
}

static bool add_file(cJSON *o, const struct hung_call *c)
{
	if (c->fd < 0)
		return true;
	return cJSON_AddNumberToObject(o, "fd", c->fd) &&
	       (*c->file ? cJSON_AddStringToObject(o, "file", c->file) : cJSON_AddNullToObject(o, "file"));
}

/* Adds a futex of a call: its address, and the other tasks that wait there. */
static bool add_futex(cJSON *futex, const struct hung_result *r, const struct hung_call *c, uint64_t address)
{
	size_t n, found = 0;
	const struct hung_waiter *at = hung_waiters(r, c, address, &n);
	cJSON *waiters, *one;

	if (!json_add_u64(futex, "address", address))
		return false;
	waiters = cJSON_AddArrayToObject(futex, "waiters");
	for (size_t i = 0; waiters && i < n && found < WAITERS_LISTED; i++) {
		const struct hung_call *other = &r->calls.at[at[i].call];

		if (other == c)
			continue;
		found++;
		one = cJSON_CreateNumber(other->tid);
		if (!one || !cJSON_AddItemToArray(waiters, one))
			return false;
	}
	return waiters && (n - 1 <= found || json_add_u64(futex, "more", n - 1 - found));
}

/* Adds "futex", or "futexes" of a call that waits at any number of them. */
static bool add_futexes(cJSON *o, const struct hung_result *r, const struct hung_call *c)
{
	bool vector = !strcmp(c->name, "futex_waitv");
	cJSON *all, *one;

	if (!c->nfutexes)
		return true;
	if (!vector) {
		one = cJSON_AddObjectToObject(o, "futex");
		return one && add_futex(one, r, c, c->futexes[0]);
	}
	all = cJSON_AddArrayToObject(o, "futexes");
	for (unsigned int i = 0; all && i < c->nfutexes; i++) {
		one = cJSON_CreateObject();
		if (!one || !cJSON_AddItemToArray(all, one) || !add_futex(one, r, c, c->futexes[i]))
			return false;
	}
	return all;
}

static cJSON *make_call(const struct hung_result *r, const struct hung_call *c)
{
	cJSON *o = cJSON_CreateObject();

	if (o && cJSON_AddNumberToObject(o, "pid", c->pid) && cJSON_AddNumberToObject(o, "tid", c->tid) &&
	    add_escaped(o, "comm", c->comm) && cJSON_AddStringToObject(o, "syscall", c->name) && add_since(o, c) &&
	    add_file(o, c) && add_futexes(o, r, c) && cJSON_AddStringToObject(o, "text", c->text))
		return o;
	cJSON_Delete(o);
	return NULL;
}

static bool add_calls(cJSON *o, const struct hung_settings *s, const struct hung_result *r)
{
	cJSON *calls = cJSON_AddArrayToObject(o, "calls"), *one;

	for (size_t i = 0; calls && i < r->calls.n; i++) {
		if (!hung_shows(s, &r->calls.at[i]))
			continue;
		one = make_call(r, &r->calls.at[i]);
		if (!one || !cJSON_AddItemToArray(calls, one))
			return false;
	}
	return calls;
}

cJSON *hung_make_json(const struct hung_settings *s, const struct hung_result *r)
{
	cJSON *o = cJSON_CreateObject();

	if (o && json_add_u64(o, "time_ns", r->now_ns) && cJSON_AddBoolToObject(o, "live", r->live) &&
	    cJSON_AddStringToObject(o, "engine", r->engine) && json_add_u64(o, "over_ns", s->over_ns) &&
	    json_add_u64(o, "lost", r->lost) && json_add_u64(o, "skipped", r->skipped) &&
	    cJSON_AddBoolToObject(o, "cut_off", r->cut_off) && cJSON_AddBoolToObject(o, "complete", !r->cut_off && !r->doubtful) &&
	    json_add_u64(o, "unknown", r->unknown) && add_calls(o, s, r))
		return o;
	cJSON_Delete(o);
	return NULL;
}
