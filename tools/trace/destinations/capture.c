// SPDX-License-Identifier: LGPL-2.1-or-later
/* Writes the capture file of -w, by means of the library's writer. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "output/text_out.h"
#include "trace/chosen.h"
#include "trace/destinations/destination.h"
#include "trace/settings.h"
#include "trace/window.h"

/*
 * Seconds without progress after which the process ends if it was asked to stop. The limit is needed since the library
 * does not return in the middle of a write.
 */
#define PATIENCE_S 3

struct capture {
	struct destination base;
	struct output out;
	struct linx_writer *writer;
};

static struct capture *capture_of(struct destination *d)
{
	return (struct capture *)d;
}

static bool wanted(const struct settings *s)
{
	return s->where.write_path;
}

/* ---- operations of the destination ----------------------------------------------------------- */

/* Reads from the source and copies the records to the file, without making events of them. */
static int read_records(struct destination *d, int timeout_ms)
{
	int rc;

	signals_progress();
	rc = linx_writer_step(capture_of(d)->writer, timeout_ms);
	d->broken = rc < 0 && rc != -ENODATA && rc != -EINTR && rc != -EBADMSG;
	return rc;
}

static int keep(struct destination *d, const struct linx_event *ev, bool *counts)
{
	if (linx_event_get_kind(ev) == LINX_EVENT_SYSCALL)
		*counts = true;
	return destination_wrote(d, linx_writer_keep(capture_of(d)->writer, ev));
}

static int flush(struct destination *d)
{
	return destination_wrote(d, linx_writer_step(capture_of(d)->writer, 0));
}

/* True if the error came from writing the file: in that case the writer returns the same error again. */
static bool caused(const struct destination *d, int error)
{
	return linx_writer_step(((const struct capture *)d)->writer, 0) == error;
}

static int file(const struct destination *d)
{
	return ((const struct capture *)d)->out.fd;
}

/* Stores the size of a regular file, since the size is needed even after the file was closed. */
static void count_bytes(struct capture *c)
{
	struct stat st;

	if (!fstat(c->out.fd, &st) && S_ISREG(st.st_mode))
		c->base.bytes = (uint64_t)st.st_size;
}

static int finish(struct destination *d, int *fd)
{
	struct capture *c = capture_of(d);
	int rc;

	signals_progress();
	rc = linx_writer_finish(c->writer);
	signals_set_patience(0);
	count_bytes(c);
	if (!rc && fd)
		*fd = output_hand_over(&c->out);
	else if (!rc)
		rc = output_close(&c->out);
	return destination_wrote(d, rc);
}

static int finish_beside(struct destination *d, int *fd)
{
	int rc = flush(d);

	return rc ? rc : finish(d, fd);
}

/* Finishes the file after an error. The certificate is short, and may still fit where a block did not. */
static void rescue(struct destination *d)
{
	linx_writer_finish(capture_of(d)->writer);
}

static void explain(const struct destination *d, int error)
{
	destination_explain(((const struct capture *)d)->out.name, error);
}

static void release(struct destination *d)
{
	struct capture *c = capture_of(d);

	linx_writer_free(c->writer);
	output_close(&c->out);
	free(c);
}

/* ---- opening the capture file ---------------------------------------------------------------- */

/* Operations of a capture, by the writer's mode. */
static const struct destination_ops modes[] = {
	[LINX_WRITER_READS] = { .read = read_records, .finish = finish, .rescue = rescue, .explain = explain,
				.file = file, .free = release },
	/* the library's reader writes all records that it reads; the other destinations get the events */
	[LINX_WRITER_ALL] = { .flush = flush, .finish = finish_beside, .rescue = rescue, .explain = explain,
			      .caused = caused, .file = file, .free = release },
	[LINX_WRITER_KEPT] = { .shown_alone = true, .take = keep, .flush = flush, .finish = finish_beside, .rescue = rescue,
			       .explain = explain, .caused = caused, .file = file, .free = release },
};

/*
 * True if the file gets only some of the events. In a live trace the kernel may let events pass that FILTER leaves out.
 * When a file is read, options choose among its events.
 */
static bool wants_a_choice(const struct settings *s)
{
	const struct settings_what *what = &s->what;

	return what->condition || chosen_wanted(s) || (s->where.read_path && (window_wanted(s) || what->calls || s->how.count || what->hide_signals));
}

/* Returns the writer's mode. If only some events are written, each event is examined. Otherwise records are copied. */
static enum linx_writer_beside mode_of(const struct settings *s)
{
	if (s->where.alerts.noutputs)
		return LINX_WRITER_ALL;
	return wants_a_choice(s) ? LINX_WRITER_KEPT : LINX_WRITER_READS;
}

static int open_file(struct capture *c, const struct destination_env *e, struct problem *why)
{
	const char *path = e->path ? e->path : e->settings->where.write_path;

	if (e->fd >= 0 ? output_attach_alone(&c->out, e->fd, path, e->signals, why) :
			 output_open_alone(&c->out, path, e->signals, why))
		return -1;
	if (c->out.terminal)
		return problem_set(why, "will not write a capture to a terminal: %s: write to a file or a pipe", c->out.name);
	return 0;
}

static int open_writer(struct capture *c, const struct destination_env *e, struct problem *why)
{
	const struct settings *s = e->settings;
	struct linx_writer_opts opts = { .size = sizeof(opts), .compress = s->where.compress, .beside = mode_of(s) };
	struct linx_error error = { "" };
	int rc;

	destination_begin(&c->base, &modes[opts.beside]);
	signals_set_patience(c->out.regular ? 0 : PATIENCE_S);
	rc = linx_writer_new(e->l, c->out.fd, &opts, &c->writer, &error);
	if (rc == -EINVAL || rc == -EBADMSG)
		return problem_set(why, "%s", error.text);
	if (rc)
		return problem_set(why, "cannot write: %s: %s", c->out.name, strerror(-rc));
	return 0;
}

static struct destination *open_capture(const struct destination_env *e, struct problem *why)
{
	struct capture *c = problem_alloc(sizeof(*c), why);

	if (!c)
		return NULL;
	if (!open_file(c, e, why) && !open_writer(c, e, why))
		return &c->base;
	release(&c->base);
	return NULL;
}

const struct destination_ops destination_capture = {
	.wanted = wanted,
	.open = open_capture,
};
