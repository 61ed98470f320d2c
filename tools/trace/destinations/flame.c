// SPDX-License-Identifier: LGPL-2.1-or-later
/* A flame graph of all calls, printed at the end: linxcap flame. */
#include <errno.h>
#include <stdlib.h>

#include "flame/flame.h"
#include "trace/destinations/view.h"
#include "trace/settings.h"
#include "trace/window.h"

struct graph {
	struct view view;
	struct linx *l;
	const struct settings *settings;
	struct flame *flame;
	struct redact *redact; /* names are blanked one by one, so that no rule can change the markup between them */
	struct sheet_losses losses;
};

static bool wanted(const struct settings *s)
{
	return s->look.flame.alone;
}

static int take(struct destination *d, const struct linx_event *ev, bool *counts)
{
	struct graph *g = (struct graph *)d;

	if (linx_event_get_kind(ev) == LINX_EVENT_GAP)
		sheet_count_losses(&g->losses, ev);
	return view_def_counts(VIEW_CALLS, ev, counts) ? flame_add(g->flame, ev) : 0;
}

static int put_graph(struct graph *g)
{
	const struct flame_settings *s = &g->settings->look.flame;
	const struct flame_look look = { .by = s->by, .redact = g->redact, .losses = &g->losses };
	char *text = NULL;
	size_t len = 0;
	FILE *f = open_memstream(&text, &len);
	int rc = f ? 0 : -ENOMEM;

	if (f)
		rc = s->form == FLAME_SVG ? flame_print_svg(g->flame, &look, f) : flame_print_folded(g->flame, &look, f);
	if (f && fclose(f) && !rc)
		rc = -ENOMEM;
	if (!rc && len)
		rc = view_put(&g->view, text, len);
	free(text);
	return rc;
}

/* Warns of calls without a time, and of calls in the frame FLAME_OTHERS: folded text has no place for such notes. */
static void say_missing(const struct graph *g)
{
	struct flame_sums sums = flame_sums(g->flame);

	if (sums.untimed && g->settings->look.flame.by == FLAME_DURATION)
		say_at(SAY_WARNING, "without a time in the graph: %llu calls%s", (unsigned long long)sums.untimed,
		       linx_get_stream_info(g->l)->live ? "" : ": record with -T to have it, or write --by count");
	if (sums.folded)
		say_at(SAY_WARNING, "%llu calls of further processes are in one frame, %s", (unsigned long long)sums.folded, FLAME_OTHERS);
}

static int finish(struct destination *d, int *fd)
{
	struct graph *g = (struct graph *)d;
	int rc;

	sheet_take_certificate(&g->losses, g->l, window_in_file(g->settings));
	rc = put_graph(g);
	say_missing(g);
	return rc ? rc : view_finish(d, fd);
}

static void release(struct destination *d)
{
	struct graph *g = (struct graph *)d;

	flame_free(g->flame);
	view_close(&g->view);
	free(g);
}

static struct destination *open_graph(const struct destination_env *e, struct problem *why)
{
	struct graph *g = problem_alloc(sizeof(*g), why);

	if (!g)
		return NULL;
	g->l = e->l;
	g->settings = e->settings;
	if (!view_open(&g->view, &destination_flame, e, LINX_FORM_PLAIN, why)) {
		g->redact = g->view.redact;
		g->view.redact = NULL;
		g->flame = flame_new();
		if (g->flame)
			return &g->view.base;
		problem_set(why, "out of memory");
	}
	release(&g->view.base);
	return NULL;
}

const struct destination_ops destination_flame = {
	.instead = true,
	.shown_alone = true,
	.wanted = wanted,
	.open = open_graph,
	.take = take,
	.flush = view_flush,
	.look = view_look,
	.finish = finish,
	.explain = view_explain,
	.free = release,
};
