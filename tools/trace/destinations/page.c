// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The page of linxcap serve. Events become facts of the page's model. Lists of events are made by reading the recording
 * again: the file of -r, or, of a live source or a pipe, the newest records, which are kept for that.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "output/report.h"
#include "page/web.h"
#include "top/keep.h"
#include "trace/chosen.h"
#include "trace/destinations/view.h"
#include "trace/settings.h"
#include "trace/shown.h"
#include "trace/source.h"
#include "trace/window.h"

#define SECOND_NS 1000000000ull
#define KEEP_DEFAULT (256ull << 20)
/* Number of events that a reading can skip before it asks whether anybody still waits for the answer. */
#define READ_AT_ONCE 1024u
/* Longest wait for kept events, after which it is looked whether anybody still waits for the answer. */
#define WAIT_MS 50

struct served {
	struct destination base;
	struct page page;
	struct web *web; /* NULL: the page is saved, not served */
	const struct settings *settings;
	struct settings again; /* settings of readings, for which even a live recording is a file */
	struct window window; /* part of the recording that is shown, found once, since a file may grow meanwhile */
	struct signals *signals;
	struct linx *l;
	struct top_keep *keep; /* records that are kept of a live recording or of a pipe; NULL: a file */
	uint64_t newest_ns; /* wall clock of the newest event */
	FILE *saved; /* file of --save; NULL: not open */
	int fd; /* descriptor of the file of -r; -1: live, or a pipe */
	/*
	 * Descriptors of the recording, one for each reading. They are opened before capabilities are dropped, without
	 * which the file may not be opened again.
	 */
	int again_fds[PAGE_READINGS_MAX];
	atomic_bool busy[PAGE_READINGS_MAX];
	uint64_t size; /* size of the file of -r; 0: not known */
};

static bool wanted(const struct settings *s)
{
	return s->look.page.alone;
}

/* ---- reading again ---------------------------------------------------------------------------- */

struct page_reader {
	struct linx *l;
	struct chosen *chosen; /* NULL: no option chooses among the events */
	struct shown shown;
	struct window window;
	uint64_t limit, counted; /* limit: of -n; 0: none */
	int fd;
	bool own_fd; /* only this reading uses the descriptor, and closes it */
	atomic_bool *busy; /* cleared when the reading ends; NULL: own_fd */
};

static void close_reader(struct page_reader *r)
{
	linx_close(r->l);
	chosen_free(r->chosen);
	if (r->own_fd && r->fd >= 0)
		close(r->fd);
	if (r->busy)
		atomic_store(r->busy, false);
	free(r);
}

/*
 * Takes a descriptor that no other reading uses. False: all are in use, or the file cannot be read again from its
 * beginning.
 */
static bool take_fd(struct served *v, struct page_reader *r)
{
	if (v->keep) {
		r->own_fd = true;
		r->fd = top_keep_open(v->keep);
		return r->fd >= 0;
	}
	for (unsigned int i = 0; i < PAGE_READINGS_MAX; i++)
		if (!atomic_exchange(&v->busy[i], true)) {
			r->busy = &v->busy[i];
			r->fd = v->again_fds[i];
			return !lseek(r->fd, 0, SEEK_SET);
		}
	return false;
}

/* Opens a reading in a thread of the server. It shares only the file with the reader of events. */
static struct page_reader *open_reader(void *data, struct problem *why)
{
	struct served *v = data;
	struct page_reader *r = problem_alloc(sizeof(*r), why);

	if (!r)
		return NULL;
	problem_set(why, "the recording cannot be read again");
	if (take_fd(v, r) && source_open_file(&v->again, r->fd, &r->l) == STATUS_OK) {
		r->shown = shown_by(&v->again);
		r->window = v->window;
		r->limit = v->again.how.count;
		if (v->again.where.salvage)
			linx_salvage(r->l);
		if (chosen_wanted(&v->again))
			r->chosen = chosen_new(&v->again, why);
		if (r->chosen || !chosen_wanted(&v->again))
			return r;
	}
	close_reader(r);
	return NULL;
}

/* True for an event that -n and the account count. */
static bool is_counted(const struct linx_event *ev)
{
	enum linx_event_kind kind = linx_event_get_kind(ev);

	return kind == LINX_EVENT_SYSCALL || kind == LINX_EVENT_HTTP;
}

static bool takes(struct page_reader *r, const struct linx_event *ev)
{
	return (!r->chosen || chosen_takes(r->chosen, ev)) && shown_takes(&r->shown, ev) && window_side(&r->window, ev) == WINDOW_INSIDE;
}

static int next(struct page_reader *r, const struct linx_event **ev)
{
	int rc;

	if (r->limit && r->counted == r->limit)
		return 0;
	for (unsigned int i = 0; i < READ_AT_ONCE; i++) {
		/* kept events come through a pipe: what is not in it yet is waited for */
		rc = linx_next(r->l, ev, r->own_fd ? WAIT_MS : 0);
		if (rc < 0 && rc != -EINTR)
			return rc == -ENODATA ? 0 : rc;
		if (rc > 0 && takes(r, *ev)) {
			r->counted += is_counted(*ev);
			return 1;
		}
	}
	return -EINTR;
}

static const struct page_reader_ops reader_ops = { .open = open_reader, .next = next, .close = close_reader };

/* ---- events ---------------------------------------------------------------------------------------- */

static int take(struct destination *d, const struct linx_event *ev, bool *counts)
{
	struct served *v = (struct served *)d;

	*counts |= is_counted(ev);
	v->newest_ns = linx_event_get_time_ns(ev);
	return page_model_take(&v->page.model, ev);
}

/* Publishes the time since which events are kept. */
static int look_at_kept(struct served *v, uint64_t start_ns)
{
	int rc = v->keep ? top_keep_look(v->keep, v->newest_ns) : 0;
	uint64_t since = v->keep ? top_keep_since(v->keep) : 0;

	if (since)
		atomic_store(&v->page.kept_from, since > start_ns ? since - start_ns : 1);
	return rc;
}

/* Publishes losses so far and how much of the file was read. */
static int look(struct destination *d, uint64_t now_ns)
{
	struct served *v = (struct served *)d;
	struct page_model *m = &v->page.model;
	struct linx_counts now;
	uint64_t start_ns;
	off_t at;

	if (now_ns < d->due_ns)
		return 0;
	d->due_ns = now_ns + SECOND_NS / 4;
	at = v->size ? lseek(v->fd, 0, SEEK_CUR) : -1;
	pthread_mutex_lock(&m->lock);
	if (v->page.live && !linx_get_counts(v->l, &now))
		memcpy(m->losses.lost, now.lost, sizeof(m->losses.lost));
	if (at > 0)
		m->permille = (unsigned int)((uint64_t)at * 1000 / v->size);
	start_ns = m->start_ns;
	pthread_mutex_unlock(&m->lock);
	return look_at_kept(v, start_ns);
}

static int flush(struct destination *d)
{
	struct served *v = (struct served *)d;

	return v->keep ? destination_wrote(d, top_keep_flush(v->keep)) : 0;
}

static bool caused(const struct destination *d, int error)
{
	const struct served *v = (const struct served *)d;

	return v->keep && top_keep_flush(v->keep) == error;
}

/* ---- the end ---------------------------------------------------------------------------------------- */

/* Writes the page to the file of --save. */
static int save(struct served *v)
{
	const char *path = v->settings->look.page.save_path;
	uint64_t left_out;
	struct problem why;
	int rc = page_save(&v->page, v->saved, &left_out, &why), error = rc ? EFBIG : 0;

	if (rc)
		say("%s: %s", path, why.text);
	if (ferror(v->saved) || fflush(v->saved))
		error = errno;
	if (!error && left_out)
		say_at(SAY_WARNING, "%s has not all events: %llu are left out, which the page says: choose fewer by FILTER", path, (unsigned long long)left_out);
	return destination_wrote(&v->base, -error);
}

/* Serves until a signal asks to stop. */
static void serve(struct served *v)
{
	struct pollfd fd = { .fd = v->signals->fd, .events = POLLIN };

	if (!signals_stopping() && !v->settings->where.quiet)
		say_at(SAY_INFO, "all is read: the page stays until Ctrl-C");
	while (!signals_stopping()) {
		poll(&fd, 1, -1);
		signals_absorb(v->signals);
	}
}

static int finish(struct destination *d, int *fd)
{
	struct served *v = (struct served *)d;
	struct page_model *m = &v->page.model;
	int rc = flush(d);

	(void)fd;
	pthread_mutex_lock(&m->lock);
	sheet_take_certificate(&m->losses, v->l, window_in_file(v->settings));
	m->phase = PAGE_ENDED;
	m->permille = 1000;
	pthread_mutex_unlock(&m->lock);
	if (rc)
		return rc;
	if (v->settings->look.page.save_path)
		return save(v);
	serve(v);
	return 0;
}

static void explain(const struct destination *d, int error)
{
	const struct served *v = (const struct served *)d;

	destination_explain(v->saved ? v->settings->look.page.save_path : "the events that the page keeps", error);
}

static void release(struct destination *d)
{
	struct served *v = (struct served *)d;

	atomic_store(&v->page.stopping, true);
	web_end(v->web);
	top_keep_free(v->keep);
	page_free(&v->page);
	if (v->saved)
		fclose(v->saved);
	for (unsigned int i = 0; i < PAGE_READINGS_MAX; i++)
		if (v->again_fds[i] >= 0)
			close(v->again_fds[i]);
	free(v);
}

/* ---- beginning --------------------------------------------------------------------------------------- */

static bool is_seekable(int fd, uint64_t *size)
{
	struct stat st;

	*size = fd >= 0 && !fstat(fd, &st) && S_ISREG(st.st_mode) ? (uint64_t)st.st_size : 0;
	return *size;
}

static int open_again(struct served *v, struct problem *why)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", v->fd);
	for (unsigned int i = 0; !v->keep && i < PAGE_READINGS_MAX; i++) {
		v->again_fds[i] = open(path, O_RDONLY | O_CLOEXEC);
		if (v->again_fds[i] < 0)
			return problem_set(why, "cannot read again: %s: %s", v->page.source, strerror(errno));
	}
	return 0;
}

static int open_source(struct served *v, const struct destination_env *e, struct problem *why)
{
	const struct linx_stream_info *info = linx_get_stream_info(e->l);

	v->page.live = info->live;
	v->page.node = info->node;
	v->page.release = info->release;
	v->page.engine = info->engine;
	v->page.source = info->live ? "live" : source_name(e->settings);
	v->page.model.phase = info->live ? PAGE_LIVE : PAGE_READING;
	v->again = *e->settings;
	if (e->window)
		v->window = *e->window;
	if (info->live) {
		/*
		 * the kept records have passed these filters already, and may lack the first events of a followed
		 * process
		 */
		v->again.where.read_path = "the recording";
		v->again.what.attach.n = 0;
		v->again.what.by_uid = false;
		v->again.what.status = 0;
		v->again.what.min_duration_ns = 0;
	}
	if (!info->live && is_seekable(e->input, &v->size)) {
		v->fd = e->input;
		return 0;
	}
	v->keep = top_keep_new(e->l, e->settings->look.page.keep ? e->settings->look.page.keep : KEEP_DEFAULT, true, why);
	return v->keep ? 0 : -1;
}

static int open_saved(struct served *v, const char *path, struct problem *why)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOCTTY, 0600);

	/* a file that existed before may have another mode */
	if (fd >= 0 && fchmod(fd, 0600)) {
		close(fd);
		return problem_set(why, "cannot write: %s: %s", path, strerror(errno));
	}
	v->saved = fd < 0 ? NULL : fdopen(fd, "w");
	return v->saved ? 0 : problem_set(why, "cannot write: %s: %s", path, strerror(errno));
}

static int begin_serving(struct served *v, const struct settings *s, struct problem *why)
{
	if (s->look.page.save_path)
		return open_saved(v, s->look.page.save_path, why);
	v->web = web_begin(&v->page, s->look.page.port, why);
	if (!v->web)
		return -1;
	/* the address lets its reader read the recording, so it goes to standard output, and not to a log */
	printf("%s\n", web_address(v->web));
	fflush(stdout);
	return 0;
}

static struct destination *open_page(const struct destination_env *e, struct problem *why)
{
	const struct settings *s = e->settings;
	struct served *v = problem_alloc(sizeof(*v), why);

	if (!v)
		return NULL;
	destination_begin(&v->base, &destination_page);
	v->base.due_ns = 0;
	v->settings = s;
	v->signals = e->signals;
	v->l = e->l;
	v->fd = -1;
	v->page.redact = s->look.redact;
	v->page.reader = &reader_ops;
	v->page.data = v;
	for (unsigned int i = 0; i < PAGE_READINGS_MAX; i++)
		v->again_fds[i] = -1;
	if (!page_init(&v->page, why) && !open_source(v, e, why) && !open_again(v, why) && !begin_serving(v, s, why))
		return &v->base;
	release(&v->base);
	return NULL;
}

const struct destination_ops destination_page = {
	.shown_alone = true,
	.wanted = wanted,
	.open = open_page,
	.take = take,
	.flush = flush,
	.look = look,
	.finish = finish,
	.caused = caused,
	.explain = explain,
	.free = release,
};
