// SPDX-License-Identifier: LGPL-2.1-or-later
/* The flight recorder for alerts: see trace/flight.h. */
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/message.h"
#include "base/parse_value.h"
#include "base/signals.h"
#include "output/report.h"
#include "files/rotated_files.h"
#include "trace/flight.h"
#include "trace/source.h"
#include "trace/who_options.h"

#define SECOND 1000000000u
/*
 * Shortest time between the starts of two sessions, whatever rules ask for: each start takes long, as it reads the
 * state of all processes of the machine.
 */
#define APART_NS SECOND
/*
 * Shortest time between two captures for the same rule: a rule that raises alerts all the time must not displace
 * the captures of other rules.
 */
#define AGAIN_NS (60ull * SECOND)
/* Longest wait for the next record of a stopped session: REST_WAITS waits of REST_WAIT_MS each. */
#define REST_WAIT_MS 100
#define REST_WAITS 50

/* A recording session, and its file, which is still empty. */
struct session {
	struct linx *l; /* NULL: no session */
	char *path;
	int fd;
};

/*
 * Most captures that have reached their largest size and wait for flight_take_cut(). At most one capture is added in a
 * second.
 */
#define CUTS_MAX 16u

/* The limit at which the writing of a capture stopped: the bytes of all files together, or of one file. */
enum limit { LIMIT_NONE, LIMIT_ROOM, LIMIT_FILE };

struct flight {
	struct settings settings; /* settings of the sessions: a shallow copy with changes */
	char *whose; /* condition that selects processes, owned; NULL: all processes */
	struct series series;
	uint64_t room; /* upper limit of the bytes of all files together */
	uint64_t others; /* bytes of the completed files, without the file that is being written */

	pthread_t thread;
	bool started; /* the thread was started */
	pthread_mutex_t lock; /* guards the members below */
	pthread_cond_t news;
	struct session now; /* the session that records */
	bool wanted; /* an alert asked to write the content of the session to its file */
	uint64_t due_ns; /* time at which the session is to be written */
	uint64_t free_ns; /* the session is not written before this time */
	struct flight_cut cuts[CUTS_MAX];
	unsigned int ncuts;
	bool ending, ended;
};

/* ---- one recording session ------------------------------------------------------------------ */

static void drop(struct session *k)
{
	if (!k->l)
		return;
	linx_close(k->l);
	/* the file is empty, since no alert asked to write to it */
	if (k->path)
		unlink(k->path);
	if (k->fd >= 0)
		close(k->fd);
	free(k->path);
	*k = (struct session){ .fd = -1 };
}

static int make_file(struct flight *f, struct session *k)
{
	struct problem why;

	k->path = rotated_next(&f->series, &k->fd, &why);
	if (!k->path)
		return say_status(STATUS_FAILURE, "%s", why.text);
	/* the lock keeps other runs, and rotated_prune() in this one, from removing the file */
	flock(k->fd, LOCK_EX | LOCK_NB);
	return STATUS_OK;
}

static int open_session(struct flight *f, struct session *k)
{
	int status;

	*k = (struct session){ .fd = -1 };
	status = source_open_next(&f->settings, f->settings.how.engine, &k->l);
	if (status == STATUS_OK)
		status = make_file(f, k);
	if (status != STATUS_OK)
		drop(k);
	return status;
}

/*
 * Removes old files until there is room for "bytes" more beside the other files. False: even removing all of them would
 * not be enough, and none was removed.
 */
static bool make_room(struct flight *f, const struct session *k, uint64_t bytes)
{
	uint64_t freed, over = f->others + bytes > f->room ? f->others + bytes - f->room : 0;

	if (!over)
		return true;
	freed = rotated_make_room(&f->series, k->path, over);
	f->others -= freed < f->others ? freed : f->others;
	return freed;
}

static uint64_t size_of(const struct session *k)
{
	struct stat st;

	return fstat(k->fd, &st) ? 0 : (uint64_t)st.st_size;
}

static enum limit limit_of(struct flight *f, const struct session *k)
{
	uint64_t bytes = size_of(k), most = f->settings.where.alerts.before.most;

	if (most && bytes >= most)
		return LIMIT_FILE;
	return make_room(f, k, bytes) ? LIMIT_NONE : LIMIT_ROOM;
}

/* Moves the records of the session to its file, until the end or a limit. 0, or -errno. */
static int move_records(struct flight *f, const struct session *k, struct linx_writer *w, enum limit *limit)
{
	int rc, waits = 0;

	do {
		rc = linx_writer_step(w, REST_WAIT_MS);
		if (rc > 0 || linx_pending(k->l))
			waits = 0;
		else if (!rc && ++waits > REST_WAITS)
			rc = -ETIMEDOUT;
		*limit = limit_of(f, k);
	} while (*limit == LIMIT_NONE && (rc >= 0 || rc == -EINTR));
	return *limit != LIMIT_NONE || rc == -ENODATA ? 0 : rc;
}

static int write_session(struct flight *f, const struct session *k, enum limit *limit)
{
	struct linx_writer_opts opts = { .size = sizeof(opts), .compress = f->settings.where.compress };
	struct linx_error error = { "" };
	struct linx_writer *w;
	int rc = linx_stop(k->l), end;

	if (rc >= 0)
		rc = linx_writer_new(k->l, k->fd, &opts, &w, &error);
	if (rc < 0)
		return rc;
	rc = move_records(f, k, w, limit);
	/* The certificate (the account of records) is short: it may still fit where a block did not. */
	end = linx_writer_finish(w);
	linx_writer_free(w);
	return rc ? rc : end;
}

static void note_cut(struct flight *f, const struct session *k)
{
	struct flight_cut *cut;

	pthread_mutex_lock(&f->lock);
	if (f->ncuts < CUTS_MAX) {
		cut = &f->cuts[f->ncuts++];
		snprintf(cut->path, sizeof(cut->path), "%s", k->path);
		cut->bytes = size_of(k);
	}
	pthread_mutex_unlock(&f->lock);
}

/* Prints how the writing of a session's file ended. */
static void say_kept(struct flight *f, const struct session *k, int rc, enum limit limit)
{
	char size[32];

	value_size_text(limit == LIMIT_FILE ? f->settings.where.alerts.before.most : f->room, size);
	if (rc)
		say("%s: %s", k->path, rc != -ETIMEDOUT && *linx_error_text(k->l) ? linx_error_text(k->l) : strerror(-rc));
	else if (limit == LIMIT_ROOM)
		say("no room: %s: the rest was left out: all together may have %s (--alert-captures)", k->path, size);
	else if (limit == LIMIT_FILE)
		say("largest file: %s: the rest was left out: one may have %s (capture.max_file_size_mb)", k->path, size);
	else if (!f->settings.where.quiet)
		say_at(SAY_INFO, "kept what came before an alert: %s", k->path);
}

/* Writes the content of a session to its file, and closes the session. */
static void keep(struct flight *f, struct session *k)
{
	const bool another = k != &f->now && f->now.l; /* the running session's file counts, too */
	enum limit limit = LIMIT_NONE;
	int rc;

	rotated_prune(&f->series, f->settings.where.alerts.before.files + another, k->path);
	f->others = rotated_bytes(&f->series, k->path);
	rc = write_session(f, k, &limit);
	say_kept(f, k, rc, limit);
	if (!rc && limit == LIMIT_FILE)
		note_cut(f, k);
	linx_close(k->l);
	close(k->fd);
	free(k->path);
	*k = (struct session){ .fd = -1 };
}

/* ---- the thread that changes sessions -------------------------------------------------------- */

/* Makes next the session that records. Returns the previous one. */
static struct session replace(struct flight *f, const struct session *next)
{
	struct session held;

	pthread_mutex_lock(&f->lock);
	held = f->now;
	f->now = *next;
	f->wanted = false;
	f->free_ns = report_clock_ns() + APART_NS;
	pthread_mutex_unlock(&f->lock);
	return held;
}

static int begin_next(struct flight *f, struct session *next)
{
	int status = open_session(f, next);

	if (status == STATUS_OK && f->now.l)
		status = source_start_next(&f->settings, next->l, f->now.l);
	else if (status == STATUS_OK && source_start(&f->settings, next->l) < 0)
		status = say_status(STATUS_FAILURE, "%s", linx_error_text(next->l));
	if (status != STATUS_OK)
		drop(next);
	return status;
}

/*
 * Freezes the content of the eBPF session before the next session begins, which takes long since its programs are
 * verified anew. The events that led to the alert then stay in one half of each ring, and later events go to the
 * other half. In the end both halves are read.
 */
static void freeze(const struct flight *f)
{
	if (f->now.l && strcmp(f->settings.how.engine, "bpf") == 0 && linx_dump(f->now.l))
		say("%s: %s", f->now.path, linx_error_text(f->now.l));
}

/*
 * Begins the next session, then writes the previous one to its file. If there is no memory for two sessions at a
 * time, the next one begins after the previous one has ended, and the pause is reported. If only listed
 * processes are recorded (-p or a command), the recorder ends instead, since the list was lost with the session.
 */
static void turn(struct flight *f)
{
	const struct session none = { .fd = -1 };
	struct session next, held;
	bool begun;

	freeze(f);
	begun = begin_next(f, &next) == STATUS_OK;
	held = replace(f, begun ? &next : &none);
	if (held.l)
		keep(f, &held);
	if (begun)
		return;
	if (source_lists(&f->settings)) {
		say("the flight recorder has ended: its next session did not begin before the last one ended");
		return;
	}
	say("the flight recorder paused: its next session did not begin before the last one ended");
	if (begin_next(f, &next) == STATUS_OK)
		replace(f, &next);
}

/*
 * Waits until a session is due to be written. False: the thread must end. Called with the lock held; the wait releases
 * it meanwhile.
 */
static bool wait_until_due(struct flight *f)
{
	struct timespec until;

	while (!f->ending && !(f->wanted && report_clock_ns() >= f->due_ns)) {
		until = (struct timespec){ (time_t)(f->due_ns / SECOND), (long)(f->due_ns % SECOND) };
		if (f->wanted)
			pthread_cond_timedwait(&f->news, &f->lock, &until);
		else
			pthread_cond_wait(&f->news, &f->lock);
	}
	return !f->ending;
}

static void *work(void *arg)
{
	struct flight *f = arg;
	bool more;

	do {
		pthread_mutex_lock(&f->lock);
		more = wait_until_due(f);
		pthread_mutex_unlock(&f->lock);
		if (more)
			turn(f);
	} while (more);
	return NULL;
}

/* ---- functions of trace/flight.h ------------------------------------------------------------ */

/*
 * Makes the settings of the recorder: they record all events of the chosen calls and processes, since the cause of
 * an alert is in events that rules do not match.
 */
static void settle(struct flight *f, const struct settings *s, const struct linx *l)
{
	f->settings = *s;
	f->settings.how.mode = LINX_RECORDER;
	f->settings.how.engine = linx_get_stream_info(l)->engine;
	f->settings.what.condition = f->whose = who_condition(s);
	f->settings.where.rules = (struct rule_settings){ .set = NULL };
	/*
	 * The session that raises the alerts already has the rules that refuse operations. If this session had them,
	 * too, each operation would be judged twice, and by old rules after a reload.
	 */
	f->settings.what.policy = NULL;
	f->settings.what.take_policy = NULL;
	f->settings.what.deny = (struct deny_settings){ .n = 0 };
	f->settings.where.write_path = s->where.alerts.before.path;
	f->room = s->where.alerts.before.room;
}

/* Opens the series of files. Alerts name the files by absolute paths, since other programs read the alerts. */
static int open_series(struct flight *f, const char *path, struct problem *why)
{
	char *here = *path == '/' ? NULL : getcwd(NULL, 0), *whole = NULL;
	int rc;

	if (*path != '/' && (!here || asprintf(&whole, "%s/%s", here, path) < 0))
		whole = NULL;
	free(here);
	if (*path != '/' && !whole)
		return problem_set(why, "cannot name files: --alert-capture %s: %s", path, strerror(errno));
	rc = rotated_open(&f->series, whole ? whole : path, "--alert-capture", why);
	free(whole);
	return rc;
}

/* Makes the lock and the condition variable. The clock of its timed waits is that of report_clock_ns(). */
static int make_news(struct flight *f)
{
	pthread_condattr_t how;
	int rc = pthread_condattr_init(&how);

	if (rc)
		return rc;
	pthread_condattr_setclock(&how, CLOCK_MONOTONIC);
	rc = pthread_cond_init(&f->news, &how);
	pthread_condattr_destroy(&how);
	return rc ? rc : pthread_mutex_init(&f->lock, NULL);
}

/*
 * Warns if a file of the largest size may end before the events of its alert. The reason is that half of each ring
 * holds older events, which are written first.
 */
static void warn_of_size(const struct settings *s, const struct linx *l)
{
	uint64_t ring = s->how.ring_size ? s->how.ring_size : LINX_RING_SIZE_DEFAULT, most = s->where.alerts.before.most;
	uint64_t held = ring / 2 * linx_get_stream_info(l)->cpus;
	char held_text[32], most_text[32];

	if (!most || most >= held)
		return;
	value_size_text(held, held_text);
	value_size_text(most, most_text);
	say_at(SAY_WARNING, "capture.max_file_size_mb: a file of %s may end before its alert, since up to %s of events come before it: write a smaller --buffer",
	       most_text, held_text);
}

struct flight *flight_open(const struct settings *s, const struct linx *l, int *status)
{
	struct flight *f;
	struct problem why;

	if (strcmp(linx_get_stream_info(l)->engine, "ptrace") == 0) {
		*status = say_status(STATUS_FAILURE, "no flight recorder: engine ptrace has no rings, whose oldest records could be replaced: --alert-capture needs another engine");
		return NULL;
	}
	f = calloc(1, sizeof(*f));
	if (!f || make_news(f)) {
		free(f);
		*status = say_status(STATUS_FAILURE, "out of memory");
		return NULL;
	}
	f->now.fd = -1;
	settle(f, s, l);
	warn_of_size(s, l);
	*status = STATUS_OK;
	if (open_series(f, s->where.alerts.before.path, &why))
		*status = say_status(STATUS_USAGE, "%s", why.text);
	if (*status == STATUS_OK)
		*status = open_session(f, &f->now);
	if (*status == STATUS_OK)
		return f;
	flight_close(f);
	return NULL;
}

int flight_start(struct flight *f, const struct linx *l)
{
	int status = source_start_next(&f->settings, f->now.l, l), rc;

	if (status != STATUS_OK)
		return status;
	rc = signals_start_thread(&f->thread, work, f);
	f->started = !rc;
	return rc ? say_status(STATUS_FAILURE, "no thread: %s", strerror(-rc)) : STATUS_OK;
}

bool flight_keep(struct flight *f, uint64_t *last_ns, uint64_t after_ns, char path[FLIGHT_PATH_MAX])
{
	uint64_t now = report_clock_ns();
	bool there;

	if (!f || (*last_ns && now - *last_ns < AGAIN_NS))
		return false;
	*last_ns = now;
	pthread_mutex_lock(&f->lock);
	there = f->started && f->now.l && snprintf(path, FLIGHT_PATH_MAX, "%s", f->now.path) < (int)FLIGHT_PATH_MAX;
	if (!f->wanted) {
		f->wanted = true;
		f->due_ns = now + after_ns > f->free_ns ? now + after_ns : f->free_ns;
		pthread_cond_signal(&f->news);
	}
	pthread_mutex_unlock(&f->lock);
	return there;
}

bool flight_take_cut(struct flight *f, struct flight_cut *cut)
{
	bool any;

	if (!f)
		return false;
	pthread_mutex_lock(&f->lock);
	any = f->ncuts;
	if (any) {
		*cut = f->cuts[0];
		memmove(f->cuts, f->cuts + 1, --f->ncuts * sizeof(*cut));
	}
	pthread_mutex_unlock(&f->lock);
	return any;
}

void flight_end(struct flight *f)
{
	if (!f || f->ended)
		return;
	f->ended = true;
	pthread_mutex_lock(&f->lock);
	f->ending = true;
	pthread_cond_signal(&f->news);
	pthread_mutex_unlock(&f->lock);
	if (f->started)
		pthread_join(f->thread, NULL);
	if (f->wanted && f->now.l)
		keep(f, &f->now);
	drop(&f->now);
}

void flight_close(struct flight *f)
{
	if (!f)
		return;
	flight_end(f);
	rotated_close(&f->series);
	free(f->whose);
	pthread_cond_destroy(&f->news);
	pthread_mutex_destroy(&f->lock);
	free(f);
}
