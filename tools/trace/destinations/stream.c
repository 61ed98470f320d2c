// SPDX-License-Identifier: LGPL-2.1-or-later
/* Writes lines to standard output or the file of -o, which may be a regular file, a pipe or a terminal. */
#include <stdlib.h>

#include "output/text_out.h"
#include "trace/destinations/transport.h"
#include "trace/settings.h"

struct stream {
	struct transport base;
	struct output out;
};

static struct stream *stream_of(struct transport *t)
{
	return (struct stream *)t;
}

static int put(struct transport *t, const char *text, size_t len)
{
	return output_put(&stream_of(t)->out, text, len);
}

static int flush(struct transport *t)
{
	return output_flush(&stream_of(t)->out);
}

static int finish(struct transport *t)
{
	int rc = flush(t);

	return rc ? rc : output_close(&stream_of(t)->out);
}

static void release(struct transport *t)
{
	output_close(&stream_of(t)->out);
	free(t);
}

static struct transport *open_stream(const struct settings *s, struct signals *signals, struct problem *why)
{
	struct stream *t = problem_alloc(sizeof(*t), why);

	if (!t)
		return NULL;
	t->base.ops = &transport_stream;
	if (output_open(&t->out, s->where.out_path, signals, why)) {
		release(&t->base);
		return NULL;
	}
	output_hurry(&t->out);
	t->base.name = t->out.name;
	t->base.terminal = t->out.terminal ? t->out.fd : -1;
	return &t->base;
}

const struct transport_ops transport_stream = {
	.open = open_stream,
	.put = put,
	.flush = flush,
	.finish = finish,
	.free = release,
};
