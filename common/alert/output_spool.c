// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Writes alerts to the spool of alerts, from which linx-ship sends them. Several alerts wait for the disk together. If
 * there is no room, or if the disk fails, alerts are lost and counted; a report with their number gets into the spool as
 * soon as it has room again, or at the end of the run.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "alert/output.h"
#include "spool/spool.h"

struct spooled {
	struct spool *spool;
	bool broken; /* the disk has failed: the spool is not used any more */
};

static int open_spool(struct alert_output *o, const char *arg, struct problem *why)
{
	const struct alert_output_opts *opts = alert_output_options(o);
	struct spooled *s;

	(void)arg;
	if (!opts->spool)
		return problem_set(why, "missing folder: --alert spool: write --spool DIR");
	s = problem_alloc(sizeof(*s), why);
	if (!s)
		return -1;
	*s = (struct spooled){ .spool = spool_open(opts->spool, SPOOL_ALERTS, opts->spool_size, why) };
	if (!s->spool) {
		free(s);
		return -1;
	}
	alert_output_keep(o, s);
	return 0;
}

/* Notes an error after which the spool must not be used. Returns it as a positive errno value. */
static int fail(struct alert_output *o, struct spooled *s, int rc)
{
	if (rc && rc != -ENOSPC && !s->broken) {
		s->broken = true;
		say_at(SAY_WARNING, "cannot write alerts: %s: %s: further alerts are lost", alert_output_options(o)->spool, strerror(-rc));
	}
	return -rc;
}

static bool has_room(struct alert_output *o, const struct alert_line *line)
{
	struct spooled *s = alert_output_state(o);

	return !s->broken && spool_has_room(s->spool, strlen(line->line));
}

static int send_spool(struct alert_output *o, const struct alert_line *line)
{
	struct spooled *s = alert_output_state(o);
	size_t len = strcspn(line->line, "\n");
	struct spool_head h = { .flags = line->is_report ? SPOOL_ACCOUNT : 0, .rows = 1, .body = (uint32_t)len };
	struct timespec now;

	if (len > ALERT_BYTES_MAX || !spool_machine_is_good(line->machine))
		return EINVAL;
	if (s->broken)
		return EIO;
	memcpy(h.machine, line->machine, strlen(line->machine));
	clock_gettime(CLOCK_REALTIME, &now);
	h.from_ns = h.to_ns = (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
	return fail(o, s, spool_append(s->spool, &h, NULL, line->line));
}

static int complete_spool(struct alert_output *o)
{
	struct spooled *s = alert_output_state(o);

	return s->broken ? EIO : fail(o, s, spool_sync(s->spool));
}

static void close_spool(struct alert_output *o)
{
	struct spooled *s = alert_output_state(o);

	spool_close(s->spool);
	free(s);
}

const struct alert_way alert_way_spool = {
	.prefix = "spool",
	.open = open_spool,
	.send = send_spool,
	.close = close_spool,
	.json = true,
	.has_room = has_room,
	.complete = complete_spool,
	.reports_last = true,
};
