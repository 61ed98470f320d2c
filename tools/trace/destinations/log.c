// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Writes lines to the log file of a configuration, through a shared memory map. Lines that are in the map survive a
 * crash of this process.
 */
#include <stdlib.h>

#include "files/maplog.h"
#include "trace/destinations/transport.h"
#include "trace/settings.h"

struct log {
	struct transport base;
	struct maplog log;
};

static struct maplog *log_of(struct transport *t)
{
	return &((struct log *)t)->log;
}

static bool wanted(const struct settings *s)
{
	return s->where.log_path;
}

static int put(struct transport *t, const char *text, size_t len)
{
	return maplog_put(log_of(t), text, len);
}

static int look(struct transport *t, uint64_t now_ns)
{
	return maplog_look(log_of(t), now_ns);
}

static uint64_t due(struct transport *t, uint64_t now_ns)
{
	return maplog_due(log_of(t), now_ns);
}

static int finish(struct transport *t)
{
	return maplog_close(log_of(t));
}

static void release(struct transport *t)
{
	maplog_close(log_of(t));
	free(t);
}

static struct transport *open_log(const struct settings *s, struct signals *signals, struct problem *why)
{
	struct log *t = problem_alloc(sizeof(*t), why);

	(void)signals;
	if (!t)
		return NULL;
	t->base = (struct transport){ .ops = &transport_log, .name = s->where.log_path, .terminal = -1 };
	t->log.fd = -1;
	if (!maplog_open(&t->log, s->where.log_path, &s->where.log_opts, why))
		return &t->base;
	release(&t->base);
	return NULL;
}

const struct transport_ops transport_log = {
	.wanted = wanted,
	.open = open_log,
	.put = put,
	.look = look,
	.due = due,
	.finish = finish,
	.free = release,
};
