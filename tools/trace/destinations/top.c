// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The screen of linxcap top as a destination. A live source, or a pipe, is read by the sink, which passes each event to
 * this code. Its newest records are kept in memory (top/keep.h), and are read again when the user wants to see
 * something else. A file is read by this code, again for each view, in steps between which keys are read.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <linx/http.h>

#include "base/array_size.h"
#include "output/report.h"
#include "top/keep.h"
#include "top/terminal.h"
#include "top/top.h"
#include "trace/chosen.h"
#include "trace/destinations/destination.h"
#include "trace/settings.h"
#include "trace/shown.h"
#include "trace/source.h"
#include "trace/window.h"

#define MS_NS 1000000u
#define SECOND_NS 1000000000u
/* Intervals at which keys are read, and at which the screen is drawn: while events come, and while a file is read. */
#define KEYS_NS (20 * MS_NS)
#define DRAW_NS SECOND_NS
#define READING_NS (250 * MS_NS)
/* Time for which a file is read before keys are read again, and events between two readings of the clock. */
#define READ_NS (15 * MS_NS)
#define BATCH 512u

/* A source that is read again for what the user wants to see. l NULL: no source is being read. */
struct reading {
	struct linx *l;
	struct chosen *chosen;
	struct window window;
	struct shown shown;
	int fd; /* pipe with the kept events, which the end of this reading closes; -1: the file is read */
};

struct screen_top {
	struct destination base;
	const struct settings *settings;
	struct linx *l;
	struct signals *signals;
	struct top *top; /* borrowed from the settings */
	struct top_terminal terminal;
	struct top_keep *keep; /* the newest records in memory; NULL: the input is a file, which is read again */
	struct reading reading;
	int file; /* -1: none, or a pipe */
	uint64_t keys_due, rate_at, rate_seen, newest_ns;
	bool over; /* the live source or the pipe has no more events */
	bool outside; /* a command has the terminal, or its output is still on it */
	pid_t command; /* pid of the command of an action while it runs; else 0, or -1 */
};

static bool wanted(const struct settings *s)
{
	return s->look.table.screen;
}

/* ---- facts for the header --------------------------------------------------------------------- */

static void look_at_live(struct screen_top *d)
{
	struct sheet_losses *losses = &d->top->facts.losses;
	const struct linx_certificate *c;
	struct linx_counts now;

	/* only if over is set: after linx_get_certificate(), events that were not delivered yet are never read */
	if (d->over && !linx_get_certificate(d->l, &c))
		sheet_take_certificate(losses, d->l, false);
	else if (!linx_get_counts(d->l, &now) && linx_get_stream_info(d->l)->live)
		memcpy(losses->lost, now.lost, sizeof(losses->lost));
	d->top->facts.since_ns = top_keep_since(d->keep);
}

static void look_at_rate(struct screen_top *d, uint64_t now)
{
	struct top_facts *f = &d->top->facts;

	if (now - d->rate_at < DRAW_NS)
		return;
	if (d->rate_at)
		f->rate = (double)(f->seen - d->rate_seen) * 1e9 / (double)(now - d->rate_at);
	d->rate_at = now;
	d->rate_seen = f->seen;
}

/* ---- reading again ---------------------------------------------------------------------------- */

static void end_reading(struct screen_top *d)
{
	struct reading *r = &d->reading;

	linx_close(r->l);
	chosen_free(r->chosen);
	if (r->fd >= 0)
		close(r->fd);
	*r = (struct reading){ .fd = -1 };
	d->top->facts.read = -1;
}

/*
 * Finds the part of the recording to read: the part that the user chose on the screen, as far as it lies within the
 * part that the options choose. -1: why has the reason.
 */
static int find_window(struct screen_top *d, struct window *w, struct problem *why)
{
	const struct top *t = d->top;

	if (d->file < 0)
		return 0;
	if (lseek(d->file, 0, SEEK_SET) < 0 || window_find(d->settings, d->file, w, why))
		return -1;
	if (!t->to_ns)
		return 0;
	w->from_ns = t->from_ns > w->from_ns ? t->from_ns : w->from_ns;
	w->to_ns = !w->to_ns || t->to_ns < w->to_ns ? t->to_ns : w->to_ns;
	return 0;
}

static int open_reading(struct screen_top *d, struct problem *why)
{
	const struct linx_http_opts http = { .size = sizeof(http) };
	struct reading *r = &d->reading;
	int fd = d->file;

	*r = (struct reading){ .fd = -1, .shown = shown_by(d->settings) };
	if (fd < 0) {
		fd = top_keep_flush(d->keep);
		fd = r->fd = fd ? fd : top_keep_open(d->keep);
		if (fd < 0)
			return problem_set(why, "cannot read what was kept: %s", strerror(-fd));
	}
	if (find_window(d, &r->window, why))
		return -1;
	if (chosen_wanted(d->settings)) {
		r->chosen = chosen_new(d->settings, why);
		if (!r->chosen)
			return -1;
	}
	if (source_open_file(d->settings, fd, &r->l) != STATUS_OK)
		return problem_set(why, "cannot read: %s", source_name(d->settings));
	if (d->settings->where.salvage)
		linx_salvage(r->l);
	/* requests are events of their own, and the lists of events behind a row of the view need these events, too */
	if (top_view(d->top)->events == VIEW_HTTP && !d->settings->what.http)
		linx_follow_http(r->l, &http);
	return 0;
}

/* Begins to read the source again from its start, for what the user wants to see. */
static void begin_reading(struct screen_top *d)
{
	struct top_facts *f = &d->top->facts;
	struct problem why;

	end_reading(d);
	if (d->file >= 0 && !lseek(d->file, 0, SEEK_SET))
		linx_read_span(d->file, &f->first_ns, &f->last_ns);
	d->top->wants = false;
	*f->trouble = '\0';
	if (top_begin(d->top, &why) || open_reading(d, &why)) {
		top_say(d->top, true, "%s", why.text);
		end_reading(d);
		return;
	}
	f->read = 0;
	if (d->file < 0 || top_now(d->top)->shows == TOP_EVENT)
		return;
	f->losses = (struct sheet_losses){ .cut_off = false };
	f->seen = 0;
}

static int take_again(struct screen_top *d, const struct linx_event *ev)
{
	struct reading *r = &d->reading;

	if ((r->chosen && !chosen_takes(r->chosen, ev)) || window_side(&r->window, ev) != WINDOW_INSIDE || !shown_takes(&r->shown, ev))
		return 0;
	/* to find one event, only a part of the file is read: the counts of the whole file stay as they are */
	if (d->file >= 0 && top_now(d->top)->shows != TOP_EVENT) {
		enum linx_event_kind kind = linx_event_get_kind(ev);

		d->top->facts.seen += kind == LINX_EVENT_SYSCALL;
		if (kind == LINX_EVENT_GAP)
			sheet_count_losses(&d->top->facts.losses, ev);
	}
	return top_take(d->top, ev);
}

/* Takes the account of a file that was read to its end. */
static void take_certificate(struct screen_top *d)
{
	if (d->file >= 0 && top_now(d->top)->shows != TOP_EVENT)
		sheet_take_certificate(&d->top->facts.losses, d->reading.l, d->reading.window.to_ns);
}

/* Reads until the time "until", or to the end of the source. */
static void read_on(struct screen_top *d, uint64_t until)
{
	struct reading *r = &d->reading;
	const struct linx_event *ev;
	struct stat st;
	off_t at;
	int rc = 0;

	do {
		for (unsigned int i = 0; rc >= 0 && i < BATCH && !top_has_all(d->top); i++) {
			/* kept events come through a pipe: what is not in it yet is waited for */
			rc = linx_next(r->l, &ev, r->fd >= 0 ? KEYS_NS / MS_NS : 0);
			if (rc == 1)
				rc = take_again(d, ev);
			else if (rc == -EINTR)
				rc = 0;
		}
	} while (rc >= 0 && !top_has_all(d->top) && !signals_stopping() && report_clock_ns() < until);
	if (rc >= 0 && !top_has_all(d->top)) {
		at = lseek(d->file, 0, SEEK_CUR);
		if (d->file >= 0 && at >= 0 && !fstat(d->file, &st) && st.st_size)
			d->top->facts.read = at < st.st_size ? (double)at / (double)st.st_size : 1;
		return;
	}
	if (rc < 0 && rc != -ENODATA)
		snprintf(d->top->facts.trouble, sizeof(d->top->facts.trouble), "%s", *linx_error_text(r->l) ? linx_error_text(r->l) : strerror(-rc));
	take_certificate(d);
	end_reading(d);
	d->top->draw_due = 0;
}

/* ---- commands for a row ----------------------------------------------------------------------- */

/*
 * Begins the command of an action on the terminal. Events are read also while the command runs, so that no event is
 * lost. The screen comes back when the command has ended and the user has pressed Enter.
 */
static void begin_action(struct screen_top *d)
{
	char *argv[ARRAY_SIZE(d->top->run) + 1] = { NULL };
	bool lends = top_terminal_has_keys(&d->terminal);

	d->top->runs = false;
	for (unsigned int i = 0; i < d->top->nrun; i++)
		argv[i] = d->top->run[i];
	screen_leave(d->top->screen);
	d->command = fork();
	if (!d->command) {
		signals_release(d->signals);
		signal(SIGTSTP, SIG_IGN); /* nothing could continue the command if Ctrl-Z stopped it */
		if (lends) {
			setpgid(0, 0);
			top_terminal_lend(&d->terminal, getpid());
		}
		dup2(d->terminal.in, STDIN_FILENO);
		dup2(d->terminal.out, STDOUT_FILENO);
		dup2(d->terminal.out, STDERR_FILENO);
		execvp(argv[0], argv);
		_exit(STATUS_NOT_FOUND);
	}
	d->outside = d->command > 0;
	/*
	 * Ctrl-C goes to the command's own process group, which gets the terminal, and not to this process. Parent and
	 * child both set the group, since either can be the first to run.
	 */
	if (d->outside && lends) {
		setpgid(d->command, d->command);
		top_terminal_lend(&d->terminal, d->command);
	}
	if (d->outside)
		return;
	screen_enter(d->top->screen);
	top_say(d->top, true, "cannot run: out of processes");
}

/* Checks whether the command has ended, and then whether the user has pressed Enter. */
static void watch_action(struct screen_top *d)
{
	static const char text[] = "\nEnter: back to linxcap top\n";
	struct pollfd in = { .fd = d->terminal.in, .events = POLLIN };
	char c = '\0';

	if (d->command > 0) {
		if (waitpid(d->command, NULL, WNOHANG) == 0)
			return;
		d->command = 0;
		top_terminal_lend(&d->terminal, getpgrp());
		if (write(d->terminal.out, text, sizeof(text) - 1) < 0)
			d->top->quits = true;
	}
	while (c != '\n' && poll(&in, 1, 0) > 0) {
		if (read(d->terminal.in, &c, 1) < 1) {
			d->top->quits = true;
			return;
		}
	}
	if (c != '\n')
		return;
	d->outside = false;
	screen_enter(d->top->screen);
	top_say(d->top, false, "the command has ended");
	d->top->draw_due = 0;
}

/* ---- keys and drawing ------------------------------------------------------------------------- */

static void take_keys(struct screen_top *d, uint64_t now)
{
	struct screen_key key;
	int rc = 0;

	if (now < d->keys_due)
		return;
	d->keys_due = now + KEYS_NS;
	/* after a key that needs other counts, a part of the source is read first, so that the next key finds rows */
	while (!d->top->quits && !d->top->wants && !d->top->runs && (rc = screen_key(d->top->screen, &key)) > 0)
		top_press_drawn(d->top, &key, now);
	if (rc < 0)
		d->top->quits = true;
	if (d->top->runs)
		begin_action(d);
}

static void draw(struct screen_top *d, uint64_t now)
{
	struct top *t = d->top;
	char text[512];

	if (now < t->draw_due)
		return;
	/* the header shows the latest counts of a live source, also if a key caused the drawing */
	if (d->keep)
		look_at_live(d);
	look_at_rate(d, now);
	if (top_terminal_message(&d->terminal, text, sizeof(text)))
		top_say(t, true, "%s", text);
	if (top_refresh(t, now) < 0)
		top_say(t, true, "out of memory");
	top_draw(t);
	/* while a source is being read, or the table is empty, the next drawing comes soon */
	t->draw_due = now + (d->reading.l || !top_now(t)->table.n ? READING_NS : DRAW_NS);
}

/* Does all work that is due. 0, or -EPIPE: the user quits. */
static int step(struct screen_top *d)
{
	uint64_t now = report_clock_ns();

	if (d->outside)
		watch_action(d);
	else
		take_keys(d, now);
	if (d->top->quits)
		return destination_wrote(&d->base, -EPIPE);
	if (d->top->wants)
		begin_reading(d);
	if (d->reading.l)
		/* kept events are read to their end at once, since new events come meanwhile */
		read_on(d, d->keep ? UINT64_MAX : now + READ_NS);
	if (!d->outside)
		draw(d, report_clock_ns());
	return 0;
}

/* Waits for a key or a signal, if there is nothing to read. */
static void rest(struct screen_top *d)
{
	/* no keys are read while a command runs, since the command reads the terminal itself */
	struct pollfd fds[2] = { { .fd = d->command > 0 ? -1 : d->terminal.in, .events = POLLIN }, { .fd = d->signals->fd, .events = POLLIN } };

	if (d->reading.l || d->top->wants)
		return;
	d->keys_due = 0;
	if (poll(fds, 2, (int)((d->command > 0 ? KEYS_NS : DRAW_NS) / MS_NS)) < 0 && errno != EINTR)
		d->top->quits = true;
}

static int look(struct destination *base, uint64_t now_ns)
{
	struct screen_top *d = (struct screen_top *)base;
	int rc;

	if (!d->keep)
		return 0;
	base->due_ns = now_ns + KEYS_NS;
	if (now_ns < d->keys_due)
		return 0;
	rc = top_keep_look(d->keep, d->newest_ns);
	if (rc < 0)
		top_say(d->top, true, "events are not kept any more: %s", strerror(-rc));
	return step(d);
}

static int flush(struct destination *base)
{
	base->due_ns = report_clock_ns() + KEYS_NS;
	return 0;
}

static int take(struct destination *base, const struct linx_event *ev, bool *counts)
{
	struct screen_top *d = (struct screen_top *)base;
	enum linx_event_kind kind = linx_event_get_kind(ev);

	if (kind == LINX_EVENT_SYSCALL) {
		*counts = true;
		d->top->facts.seen++;
		d->newest_ns = linx_event_get_time_ns(ev);
	}
	/* look_at_live() gets the losses of a live source from the kernel */
	if (kind == LINX_EVENT_GAP && !linx_get_stream_info(d->l)->live)
		sheet_count_losses(&d->top->facts.losses, ev);
	/* events of a pause are counted after it, from the kept records */
	return d->top->wants || d->top->paused ? 0 : top_take(d->top, ev);
}

static int read_file(struct destination *base, int timeout_ms)
{
	struct screen_top *d = (struct screen_top *)base;
	int rc = step(d);

	(void)timeout_ms;
	if (!rc)
		rest(d);
	return rc;
}

/* Stays on the screen after the last event, until the user quits. */
static int finish(struct destination *base, int *fd)
{
	struct screen_top *d = (struct screen_top *)base;

	(void)fd;
	d->over = true;
	d->top->facts.live = false;
	d->top->draw_due = 0;
	while (!d->top->quits && !signals_stopping()) {
		d->keys_due = 0;
		if (step(d) < 0)
			break;
		rest(d);
	}
	base->broken = false;
	return 0;
}

static void explain(const struct destination *d, int error)
{
	(void)d;
	destination_explain("the screen", error);
}

/* ---- beginning and end ------------------------------------------------------------------------ */

static void release(struct destination *base)
{
	struct screen_top *d = (struct screen_top *)base;

	end_reading(d);
	top_drop(d->top);
	screen_close(d->top->screen);
	d->top->screen = NULL;
	top_terminal_give_back(&d->terminal);
	top_keep_free(d->keep);
	if (d->file >= 0)
		close(d->file);
	free(d);
}

/* Opens the file that is read again and again. -1: the input is not a file, or it is a pipe. */
static int open_again(const struct settings *s)
{
	const char *path = s->where.read_path;
	struct stat st;
	int fd;

	if (!path)
		return -1;
	fd = strcmp(path, "-") ? open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK) : fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);
	if (fd >= 0 && !fstat(fd, &st) && S_ISREG(st.st_mode))
		return fd;
	if (fd >= 0)
		close(fd);
	return -1;
}

static const struct destination_ops reads_file;

static int begin(struct screen_top *d, struct problem *why)
{
	struct top_facts *f = &d->top->facts;

	f->again = d->file >= 0;
	f->live = !f->again;
	f->source = f->again ? source_name(d->settings) : linx_get_stream_info(d->l)->engine;
	if (!f->again) {
		d->keep = top_keep_new(d->l, d->settings->look.table.keep, false, why);
		if (!d->keep)
			return -1;
	}
	if (top_terminal_take(&d->terminal, why))
		return -1;
	d->top->screen = screen_open(d->terminal.in, d->terminal.out, settings_colour(d->settings, true), why);
	return d->top->screen ? 0 : -1;
}

static struct destination *open_top(const struct destination_env *e, struct problem *why)
{
	struct screen_top *d = problem_alloc(sizeof(*d), why);

	if (!d)
		return NULL;
	d->settings = e->settings;
	d->l = e->l;
	d->signals = e->signals;
	d->top = e->settings->look.table.screen;
	d->top->redact = e->settings->look.redact;
	d->reading.fd = -1;
	top_terminal_begin(&d->terminal);
	d->file = open_again(e->settings);
	destination_begin(&d->base, d->file >= 0 ? &reads_file : &destination_top);
	d->base.due_ns = 0;
	if (!begin(d, why))
		return &d->base;
	release(&d->base);
	return NULL;
}

const struct destination_ops destination_top = {
	.instead = true,
	.shown_alone = true,
	.wanted = wanted,
	.open = open_top,
	.take = take,
	.flush = flush,
	.look = look,
	.finish = finish,
	.explain = explain,
	.free = release,
};

/* Operations for a file: read_file() reads it, not the sink. */
static const struct destination_ops reads_file = {
	.read = read_file,
	.finish = finish,
	.explain = explain,
	.free = release,
};
