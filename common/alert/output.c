// SPDX-License-Identifier: LGPL-2.1-or-later
/* The queue of an output and its thread, and the outputs that need no network. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "alert/output.h"
#include "base/array_size.h"
#include "base/capabilities.h"
#include "base/deadline.h"
#include "base/signals.h"

struct waiting {
	struct waiting *next;
	enum alert_priority priority;
	size_t size; /* bytes of line, with the zero byte at its end */
	char machine[72];
	char line[];
};

struct alert_output {
	char *name;
	const char *bare; /* the part of name without a priority */
	enum alert_priority least;
	struct alert_output_opts opts;
	const struct alert_way *way;
	void *state; /* data of this kind of output */
	/* used by the output's thread alone */
	bool cut; /* the last line was written in part and has no end */
	char machine[72]; /* machine of the last alert; empty: there was none */
	uint64_t batch, batch_bytes; /* alerts that were sent since alert_way.complete(), and their bytes */
	pthread_t thread;
	bool started;

	/* Lock for the members below. A thread that holds it waits for nothing else. */
	pthread_mutex_t lock;
	pthread_cond_t more, less;
	struct waiting *first, **last;
	bool busy, ending; /* busy: the thread is sending an alert, or has to complete some; ending: the thread ends when the queue is empty */
	uint64_t unreported; /* number of lost alerts about which no alert was sent yet */
	/* counters that are written with the lock held and read without it; struct alert_output_counts explains them */
	_Atomic uint64_t n, bytes, sent, sent_bytes, failed, dropped, failures;
};

/* ---- kinds of outputs that need no network -------------------------------------------------- */

/* Writes all bytes, and advances *data over those that were written. 0 or an errno. */
static int write_all(int fd, const char **data)
{
	struct pollfd p = { .fd = fd, .events = POLLOUT };
	ssize_t n;

	while (**data) {
		n = write(fd, *data, strlen(*data));
		if (n > 0) {
			*data += n;
		} else if (n < 0 && errno == EAGAIN) {
			n = poll(&p, 1, ALERT_PATIENCE_MS);
			if (n <= 0)
				return n ? errno : ETIMEDOUT;
		} else if (n < 0 && errno != EINTR) {
			return errno;
		}
	}
	return 0;
}

int alert_output_write(struct alert_output *o, int fd, const char *line)
{
	const char *end = "\n", *data = line;
	int rc = o->cut ? write_all(fd, &end) : 0;

	if (rc)
		return rc;
	o->cut = false;
	rc = write_all(fd, &data);
	o->cut = rc && data > line;
	return rc;
}

void alert_output_anew(struct alert_output *o)
{
	o->cut = false;
}

static int fd_of(const struct alert_output *o)
{
	return (int)(intptr_t)o->state;
}

static int open_stdout(struct alert_output *o, const char *arg, struct problem *why)
{
	(void)arg, (void)why;
	o->state = (void *)(intptr_t)STDOUT_FILENO;
	return 0;
}

/*
 * Opens a file, which may also be a FIFO that has a reader. A write to the file never blocks. It fails after a while if
 * the reader is slow or gone.
 */
static int open_file(struct alert_output *o, const char *arg, struct problem *why)
{
	int fd = open(arg, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0600);

	if (fd < 0)
		return problem_set(why, "cannot write alerts: %s: %s", arg, strerror(errno));
	o->state = (void *)(intptr_t)fd;
	return 0;
}

static int send_line(struct alert_output *o, const struct alert_line *line)
{
	return alert_output_write(o, fd_of(o), line->line);
}

static void close_file(struct alert_output *o)
{
	close(fd_of(o));
}

static int open_syslog(struct alert_output *o, const char *arg, struct problem *why)
{
	(void)o, (void)arg, (void)why;
	openlog("linxcap", LOG_PID, LOG_USER);
	return 0;
}

static int send_syslog(struct alert_output *o, const struct alert_line *line)
{
	(void)o;
	syslog((int)line->priority, "%.*s", (int)strcspn(line->line, "\n"), line->line); /* priorities have syslog's numbers */
	return 0;
}

static const struct alert_way way_stdout = { .prefix = "stdout", .open = open_stdout, .send = send_line };
static const struct alert_way way_file = { .prefix = "file:", .open = open_file, .send = send_line, .close = close_file };
static const struct alert_way way_syslog = { .prefix = "syslog", .open = open_syslog, .send = send_syslog };

static const struct alert_way *const ways[] = { &way_stdout, &way_syslog, &way_file, &alert_way_spool, &alert_way_program,
						&alert_way_http, &alert_way_https, &alert_way_otlp, &alert_way_otlps };

/*
 * Returns the kind of an output by its name; *arg is the argument for its open function: the text after the prefix,
 * or the whole URL. NULL: there is no such kind.
 */
static const struct alert_way *way_of(const char *name, const char **arg)
{
	for (size_t i = 0; i < ARRAY_SIZE(ways); i++) {
		const char *prefix = ways[i]->prefix;
		size_t n = strlen(prefix);

		if (strncmp(name, prefix, n) != 0 || (prefix[n - 1] != ':' && prefix[n - 1] != '/' && name[n]))
			continue;
		*arg = prefix[n - 1] == '/' ? name : name + n;
		return ways[i];
	}
	return NULL;
}

void alert_output_keep(struct alert_output *o, void *state)
{
	o->state = state;
}

void *alert_output_state(const struct alert_output *o)
{
	return o->state;
}

const struct alert_output_opts *alert_output_options(const struct alert_output *o)
{
	return &o->opts;
}

const char *alert_output_name(const struct alert_output *o)
{
	return o->name;
}

void alert_output_count(const struct alert_output *o, struct alert_output_counts *c)
{
	*c = (struct alert_output_counts){
		.sent = o->sent,
		.bytes = o->sent_bytes,
		.failed = o->failed,
		.dropped = o->dropped,
		.failures = o->failures,
		.waiting = o->n,
		.waiting_bytes = o->bytes,
	};
}

/*
 * Writes the destination without secrets: without user, password and path of a URL, and without the arguments of a
 * program.
 */
void alert_output_place(const struct alert_output *o, char place[ALERT_PLACE_MAX])
{
	const char *arg = NULL, *at;
	size_t n;

	if (!o->way->network) {
		way_of(o->bare, &arg);
		n = o->way == &alert_way_program ? strcspn(arg, " ") : strlen(arg);
		snprintf(place, ALERT_PLACE_MAX, "%s%.*s", o->way->prefix, (int)n, arg);
		return;
	}
	arg = o->bare + strlen(o->way->prefix);
	n = strcspn(arg, "/?#");
	at = memrchr(arg, '@', n);
	n -= at ? (size_t)(at + 1 - arg) : 0;
	snprintf(place, ALERT_PLACE_MAX, "%s%.*s", o->way->prefix, (int)n, at ? at + 1 : arg);
}

/* ---- opening an output -------------------------------------------------------------------------- */

static void destroy(struct alert_output *o)
{
	struct waiting *next;

	if (o->way && o->way->close)
		o->way->close(o);
	for (; o->first; o->first = next) {
		next = o->first->next;
		free(o->first);
	}
	pthread_mutex_destroy(&o->lock);
	pthread_cond_destroy(&o->more);
	pthread_cond_destroy(&o->less);
	free(o->name);
	free(o);
}

/* Reads the priority before the name of an output, if there is one. Returns the name after it. */
static const char *read_priority(const char *name, enum alert_priority *least)
{
	const char *comma = strchr(name, ',');

	return comma && alert_priority_parse(name, (size_t)(comma - name), least) ? comma + 1 : name;
}

bool alert_output_is_network(const char *name)
{
	enum alert_priority any;
	const char *arg;
	const struct alert_way *way = way_of(read_priority(name, &any), &arg);

	return way && way->network;
}

bool alert_output_is_spool(const char *name)
{
	enum alert_priority any;
	const char *arg;

	return way_of(read_priority(name, &any), &arg) == &alert_way_spool;
}

int alert_output_check(const char *name, struct problem *why)
{
	enum alert_priority any;
	const char *arg, *bare = read_priority(name, &any);

	if (way_of(bare, &arg))
		return 0;
	return problem_set(why, "unknown output of alerts: %s: write stdout, syslog, spool, file:PATH, program:CMD, http(s)://... or otlp+http(s)://...",
			   bare);
}

static int choose_way(struct alert_output *o, const char *name, struct problem *why)
{
	const struct alert_way *way;
	const char *arg = NULL;

	if (alert_output_check(name, why))
		return -1;
	name = read_priority(name, &o->least);
	way = way_of(name, &arg);
	if (way->open(o, arg, why))
		return -1;
	o->way = way;
	o->bare = name;
	return 0;
}

struct alert_output *alert_output_open(const char *name, const struct alert_output_opts *opts, struct problem *why)
{
	struct alert_output *o = calloc(1, sizeof(*o));

	if (!o || !(o->name = strdup(name))) {
		free(o);
		problem_set(why, "out of memory");
		return NULL;
	}
	o->least = ALERT_DEBUG;
	o->opts = *opts;
	o->last = &o->first;
	pthread_mutex_init(&o->lock, NULL);
	deadline_cond_init(&o->more);
	deadline_cond_init(&o->less);
	if (!choose_way(o, o->name, why))
		return o;
	destroy(o);
	return NULL;
}

bool alert_output_takes_json(const struct alert_output *o)
{
	return o->way->json || o->opts.json;
}

/* ---- the thread of an output ----------------------------------------------------------------------- */

/* Sends an alert that reports how many alerts were lost. True: it was sent. */
static bool report_lost(struct alert_output *o, uint64_t lost)
{
	char output[96], number[24], host[72] = "";
	const struct alert_field field = { ALERT_LOST_FIELD, number, true };
	struct alert_form form = o->opts.form;
	struct alert a = { .form = &form, .priority = ALERT_ERROR, .rule = ALERT_LOST_RULE, .source = "internal", .hostname = host,
			   .output = output, .fields = &field, .nfields = 1 };
	struct alert_line line = { .priority = a.priority, .machine = host, .is_report = true };
	struct timespec now;
	char *text;
	bool sent;

	clock_gettime(CLOCK_REALTIME, &now);
	a.time_ns = (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
	if (o->machine[0])
		memcpy(host, o->machine, sizeof(host));
	else
		gethostname(host, sizeof(host) - 1);
	form.no_fields = false; /* programs read the number there */
	snprintf(number, sizeof(number), "%llu", (unsigned long long)lost);
	snprintf(output, sizeof(output), "linx: alerts lost: %llu did not reach this output", (unsigned long long)lost);
	text = alert_output_takes_json(o) ? alert_json(&a) : alert_text(&a);
	line.line = text;
	sent = text && !o->way->send(o, &line);
	free(text);
	return sent;
}

/* Removes the first alert from the queue; NULL: the queue is empty. Call it with the lock held. */
static struct waiting *take(struct alert_output *o)
{
	struct waiting *w = o->first;

	if (!w)
		return NULL;
	o->first = w->next;
	if (!o->first)
		o->last = &o->first;
	o->n--;
	o->bytes -= w->size;
	o->busy = true;
	return w;
}

/*
 * Sends one alert, and before it, if *unreported is not 0, a report of lost ones, which sets *unreported to 0. Call it
 * without the lock. True: the alert was sent.
 */
static bool send_one(struct alert_output *o, const struct waiting *w, uint64_t *unreported)
{
	const struct alert_line line = { .priority = w->priority, .line = w->line, .machine = w->machine };

	memcpy(o->machine, w->machine, sizeof(o->machine));
	if (o->way->has_room && !o->way->has_room(o, &line))
		return false;
	if (*unreported && report_lost(o, *unreported))
		*unreported = 0;
	return !o->way->send(o, &line);
}

/* Counts n alerts, which have so many bytes, as sent or as lost. Call it with the lock held. */
static void count(struct alert_output *o, uint64_t n, uint64_t bytes, bool sent)
{
	o->sent += sent ? n : 0;
	o->sent_bytes += sent ? bytes : 0;
	o->failed += sent ? 0 : n;
	o->failures = sent ? 0 : o->failures + n;
	o->unreported += sent ? 0 : n;
}

/* Sends the alert w, and frees it. Call it with the lock held, which is not held while the alert is sent. */
static void pass_on(struct alert_output *o, struct waiting *w, bool may)
{
	uint64_t unreported = o->unreported, size = w->size - 1;
	bool sent;

	o->unreported = 0;
	pthread_mutex_unlock(&o->lock);
	sent = may && send_one(o, w, &unreported);
	free(w);
	pthread_mutex_lock(&o->lock);
	o->unreported += unreported;
	if (sent && o->way->complete) {
		o->batch++;
		o->batch_bytes += size;
		return;
	}
	count(o, 1, size, sent);
}

/* Completes the alerts that were sent. Call it with the lock held, which is not held meanwhile. */
static void complete(struct alert_output *o)
{
	bool sent;

	pthread_mutex_unlock(&o->lock);
	sent = !o->way->complete(o);
	pthread_mutex_lock(&o->lock);
	count(o, o->batch, o->batch_bytes, sent);
	o->batch = o->batch_bytes = 0;
}

static void *run(void *arg)
{
	struct alert_output *o = arg;
	bool may = !(o->way->network || o->opts.confined) || capabilities_drop();
	struct waiting *w;

	pthread_mutex_lock(&o->lock);
	while (o->first || !o->ending) {
		w = take(o);
		if (!w) {
			pthread_cond_wait(&o->more, &o->lock);
			continue;
		}
		pass_on(o, w, may);
		if (o->batch && (!o->first || o->batch >= ALERT_BATCH_MAX))
			complete(o);
		o->busy = o->batch;
		pthread_cond_signal(&o->less);
	}
	pthread_mutex_unlock(&o->lock);
	if (o->unreported && may && o->way->reports_last && report_lost(o, o->unreported))
		o->way->complete(o);
	return NULL;
}

int alert_output_start(struct alert_output *o)
{
	int rc = signals_start_thread(&o->thread, run, o);

	o->started = !rc;
	return rc;
}

/* ---- functions for the reader of events ---------------------------------------------------------------- */

static struct waiting *copy(const struct alert_line *line)
{
	size_t size = strlen(line->line) + 1;
	struct waiting *w = malloc(sizeof(*w) + size);

	if (!w)
		return NULL;
	*w = (struct waiting){ .priority = line->priority, .size = size };
	snprintf(w->machine, sizeof(w->machine), "%s", line->machine);
	memcpy(w->line, line->line, size);
	return w;
}

void alert_output_put(struct alert_output *o, const struct alert_line *line)
{
	struct waiting *w;

	if (line->priority > o->least)
		return;
	w = copy(line);
	pthread_mutex_lock(&o->lock);
	if (!w || o->n >= (o->opts.queue ? o->opts.queue : ALERT_QUEUE_MAX) || o->bytes + w->size > ALERT_QUEUE_BYTES) {
		o->dropped++;
		o->unreported++;
		free(w);
	} else {
		*o->last = w;
		o->last = &w->next;
		o->n++;
		o->bytes += w->size;
		pthread_cond_signal(&o->more);
	}
	pthread_mutex_unlock(&o->lock);
}

void alert_output_close(struct alert_output *o, int patience_ms, uint64_t *sent, uint64_t *lost)
{
	struct timespec until = deadline_after((unsigned int)patience_ms);
	bool done;

	pthread_mutex_lock(&o->lock);
	o->ending = true;
	pthread_cond_signal(&o->more);
	while (o->started && (o->first || o->busy) && pthread_cond_timedwait(&o->less, &o->lock, &until) != ETIMEDOUT)
		;
	done = !o->first && !o->busy;
	*sent = o->sent;
	*lost = o->failed + o->dropped + o->n + o->busy;
	pthread_mutex_unlock(&o->lock);
	/*
	 * A thread that hangs while sending keeps using the output. The output is then never freed, but the process
	 * ends soon.
	 */
	if (o->started && !done) {
		pthread_detach(o->thread);
		return;
	}
	if (o->started)
		pthread_join(o->thread, NULL);
	destroy(o);
}
