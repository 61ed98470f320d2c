// SPDX-License-Identifier: LGPL-2.1-or-later
/* Moves events from a source to all open destinations: see trace/sink.h. */
#include <sys/stat.h>

#include "base/message.h"
#include "output/report.h"
#include "redact/redact.h"
#include "trace/chosen.h"
#include "trace/sink.h"

/* Most events that are moved between two checks of signals and clocks. */
#define SINK_BATCH 1024

int sink_open(struct sink *k, const struct destination_env *e, struct problem *why)
{
	const struct settings *s = e->settings;

	*k = (struct sink){ .l = e->l, .limit = s->how.count, .shown = shown_by(s), .redact = s->look.redact };
	if (chosen_wanted(s)) {
		k->chosen = chosen_new(s, why);
		if (!k->chosen)
			return -1;
	}
	return destinations_open(e, k->to, &k->n, why);
}

static bool has_all(const struct sink *k)
{
	return k->limit && k->events >= k->limit;
}

bool sink_full(const struct sink *k)
{
	return has_all(k) && !k->reads_on;
}

struct destination *sink_reader(const struct sink *k)
{
	for_each_destination(k, d)
		if (d->ops->read)
			return d;
	return NULL;
}

int sink_file(const struct sink *k)
{
	for_each_destination(k, d)
		if (d->ops->file)
			return d->ops->file(d);
	return -1;
}

uint64_t sink_bytes(const struct sink *k)
{
	uint64_t bytes = 0;
	struct stat st;

	if (!fstat(sink_file(k), &st) && S_ISREG(st.st_mode))
		return (uint64_t)st.st_size;
	for_each_destination(k, d)
		bytes += d->bytes;
	return bytes;
}

static bool wants(const struct sink *k, const struct destination *d, const struct linx_event *ev, enum window_side side)
{
	if (!d->ops->take || (side != WINDOW_INSIDE && !(side == WINDOW_BEFORE && d->follows)))
		return false;
	return !d->ops->shown_alone || shown_takes(&k->shown, ev);
}

/* Finds the side of an event. A certificate is inside, since it describes the whole recording. */
static enum window_side side_of(const struct sink *k, const struct linx_event *ev)
{
	return has_all(k) && linx_event_get_kind(ev) != LINX_EVENT_CERTIFICATE ? WINDOW_AFTER : window_side(&k->window, ev);
}

static int give(struct sink *k, const struct linx_event *ev)
{
	enum window_side side = side_of(k, ev);
	bool counts = false;
	int rc = 0;

	for_each_destination(k, d) {
		if (!wants(k, d, ev, side))
			continue;
		d->outside = side != WINDOW_INSIDE;
		rc = d->ops->take(d, ev, &counts);
		if (rc)
			break;
	}
	k->events += counts && side == WINDOW_INSIDE;
	return rc;
}

/*
 * Marks the destination that caused an error as broken, and returns the error. Some destinations write their file while
 * the source is read. An error of reading can therefore be one of writing that file: then the destination's caused() is
 * true.
 */
static int judge(struct sink *k, int rc)
{
	if (rc < 0)
		for_each_destination(k, d)
			if (d->ops->caused && d->ops->caused(d, rc))
				d->broken = true;
	return rc;
}

static int step_events(struct sink *k, int timeout_ms)
{
	const struct linx_event *ev;
	int n, rc = k->pending;

	k->pending = 0;
	if (rc)
		return judge(k, rc);
	for (n = 0; n < SINK_BATCH && !sink_full(k); n++) {
		rc = linx_next(k->l, &ev, n ? 0 : timeout_ms);
		if (rc <= 0) {
			k->pending = n ? rc : 0;
			return n ? n : judge(k, rc);
		}
		if (k->missing && k->missing->uring)
			missing_event(k->missing, k->l, ev);
		if (k->chosen && !chosen_takes(k->chosen, ev))
			continue;
		rc = give(k, ev);
		if (rc)
			return rc;
	}
	return n;
}

int sink_step(struct sink *k, int timeout_ms)
{
	struct destination *by = sink_reader(k);
	int rc = 0;

	for_each_destination(k, d)
		if (!rc && d->ops->look)
			rc = d->ops->look(d, report_clock_ns());
	if (k->l && linx_get_pods_error(k->l))
		say_at(SAY_WARNING, "%s", linx_error_text(k->l));
	if (!rc && by) {
		rc = by->ops->read(by, timeout_ms);
		k->events += rc > 0 ? (uint64_t)rc : 0;
	} else if (!rc) {
		rc = step_events(k, timeout_ms);
	}
	if (k->missing && k->missing->uring)
		missing_look(k->missing, k->l);
	return rc;
}

uint64_t sink_due(const struct sink *k)
{
	uint64_t due = UINT64_MAX;

	for_each_destination(k, d)
		due = d->due_ns < due ? d->due_ns : due;
	return due;
}

int sink_flush(struct sink *k)
{
	int rc = 0;

	for_each_destination(k, d)
		if (!rc && d->ops->flush)
			rc = d->ops->flush(d);
	return rc;
}

int sink_finish(struct sink *k, int *fd)
{
	int rc = 0;

	for_each_destination(k, d)
		if (!rc && d->ops->finish)
			rc = d->ops->finish(d, fd);
	return rc;
}

void sink_close(struct sink *k)
{
	redact_report(k->redact);
	chosen_report(k->chosen);
	chosen_free(k->chosen);
	for_each_destination(k, d)
		if (d->ops->free)
			d->ops->free(d);
	*k = (struct sink){ .l = k->l, .events = k->events };
}
