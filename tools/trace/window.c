// SPDX-License-Identifier: LGPL-2.1-or-later
/* The part of a recording that is shown: see trace/window.h. */
#include <errno.h>
#include <time.h>

#include "trace/source.h"
#include "trace/window.h"

#define NS_PER_S 1000000000ull

bool window_wanted(const struct settings *s)
{
	return s->what.from.kind || s->what.to.kind || s->what.last_ns;
}

bool window_in_file(const struct settings *s)
{
	return s->where.read_path && window_wanted(s);
}

/* True if the moment depends on when the recording began or ended. */
static bool is_relative(const struct moment *m)
{
	return m->kind == MOMENT_AFTER || m->kind == MOMENT_CLOCK;
}

/* Gets begin and end of the recording; both are 0 if it has no event. -1: they cannot be found. */
static int find_span(const struct settings *s, int fd, uint64_t *begin, uint64_t *end, struct problem *why)
{
	*begin = *end = 0;
	if (linx_read_span(fd, begin, end) != -ESPIPE)
		return 0; /* a file that is not a capture is refused when it is opened */
	return problem_set(why, "not in a pipe: %s: where %s begins and ends is not known: store it in a file%s",
			   s->what.last_ns ? "--last" : is_relative(&s->what.from) ? "--from" : "--to", source_name(s),
			   s->what.last_ns ? "" : ", or write a date and a time");
}

int window_find(const struct settings *s, int fd, struct window *w, struct problem *why)
{
	const struct settings_what *what = &s->what;
	uint64_t begin = 0, end = 0;

	*w = (struct window){ 0 };
	if (!window_wanted(s))
		return 0;
	if ((what->last_ns || is_relative(&what->from) || is_relative(&what->to)) && find_span(s, fd, &begin, &end, why))
		return -1;
	w->to_ns = what->to.kind ? moment_resolve(&what->to, begin, end) : UINT64_MAX;
	if (what->last_ns)
		w->from_ns = end > what->last_ns ? end - what->last_ns : 0;
	else if (what->from.kind)
		w->from_ns = moment_resolve(&what->from, begin, end);
	if (w->from_ns < w->to_ns)
		return 0;
	return problem_set(why, "impossible times: --to %s: it is not after --from %s", what->to.text, what->from.text);
}

enum window_side window_side(const struct window *w, const struct linx_event *ev)
{
	uint64_t ns;

	if (!w->to_ns || linx_event_get_kind(ev) == LINX_EVENT_CERTIFICATE)
		return WINDOW_INSIDE;
	ns = linx_event_get_time_ns(ev);
	return ns < w->from_ns ? WINDOW_BEFORE : ns >= w->to_ns ? WINDOW_AFTER : WINDOW_INSIDE;
}

static uint64_t wall_clock(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (uint64_t)now.tv_sec * NS_PER_S + (uint64_t)now.tv_nsec;
}

uint64_t window_live_until(const struct settings *s, int *status)
{
	uint64_t now = wall_clock(), until;

	if (!s->what.to.kind || s->what.to.kind == MOMENT_AFTER)
		return 0;
	until = moment_resolve(&s->what.to, now, UINT64_MAX);
	if (until <= now)
		*status = say_status(STATUS_USAGE, "already over: --to %s: write a time to come", s->what.to.text);
	return until;
}

uint64_t window_left(uint64_t until_ns)
{
	uint64_t now = wall_clock();

	return until_ns > now ? until_ns - now : 0;
}
