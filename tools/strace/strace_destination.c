// SPDX-License-Identifier: LGPL-2.1-or-later
/* Prints events as strace's lines: see strace/strace_destination.h. */
#include <signal.h>
#include <stdlib.h>

#include "strace/strace_destination.h"

bool strace_says(const struct strace_settings *s, unsigned int what)
{
	return !(s->quiet & what);
}

const char *strace_log_name(const struct strace_settings *s)
{
	return s->out ? s->out : "standard error";
}

static int put_held(struct strace_destination *t, bool end)
{
	const char *text;
	uint32_t tid = 0;
	size_t len;
	int rc;

	while ((rc = linx_print_held(t->printer, end, &tid, &text, &len)) > 0) {
		rc = strace_log_put(&t->log, tid, text, len);
		if (rc)
			return rc;
	}
	return rc;
}

/*
 * Prints "Process N attached" for new tasks for which it was not printed yet. The caller calls it when strace would
 * first notice the task: when the call that created the task returns, or before the first call of the task itself. tid:
 * only this task; 0: all.
 */
static void report_attached(struct strace_destination *t, uint32_t tid)
{
	unsigned int left = 0;

	for (unsigned int i = 0; i < t->nattached; i++) {
		if (tid && t->attached[i] != tid) {
			t->attached[left++] = t->attached[i];
			continue;
		}
		strace_log_flush(&t->log);
		strace_say("Process %u attached", t->attached[i]);
	}
	t->nattached = left;
}

static void note_attached(struct strace_destination *t, const struct linx_event *ev)
{
	uint32_t tid;

	if (t->settings->summary == SUMMARY_ONLY || !strace_says(t->settings, QUIET_ATTACH) || linx_event_get_child(ev, &tid))
		return;
	if (t->nattached == ATTACHED_MAX)
		report_attached(t, 0);
	t->attached[t->nattached++] = tid;
}

static int show(struct strace_destination *t, const struct linx_event *ev)
{
	const char *text;
	size_t len;
	int rc = linx_print(t->printer, ev, &text, &len);

	return rc ? rc : strace_log_put(&t->log, linx_event_get_tid(ev), text, len);
}

static int take(struct destination *d, const struct linx_event *ev, bool *counts)
{
	struct strace_destination *t = (struct strace_destination *)d;
	enum linx_event_kind kind = linx_event_get_kind(ev);
	int64_t ret;
	int rc;

	if (kind == LINX_EVENT_CERTIFICATE)
		return 0;
	if (kind == LINX_EVENT_FORK && t->settings->follow)
		note_attached(t, ev);
	report_attached(t, linx_event_get_tid(ev));
	rc = show(t, ev);
	if (!linx_event_get_ret(ev, &ret) && ret > 0)
		report_attached(t, (uint32_t)ret);
	if (kind == LINX_EVENT_SYSCALL && !linx_event_is_entry(ev) && linx_printer_shows(t->printer, ev)) {
		*counts = true;
		if (t->summary)
			strace_summary_count(t->summary, ev);
	}
	if (!rc && kind == LINX_EVENT_EXEC && t->settings->separate)
		rc = put_held(t, false);
	return destination_wrote(d, rc);
}

static int flush(struct destination *d)
{
	struct strace_destination *t = (struct strace_destination *)d;
	int rc = put_held(t, false);

	return destination_wrote(d, rc ? rc : strace_log_flush(&t->log));
}

static int print_summary(struct strace_destination *t)
{
	char *text = NULL;
	size_t len = 0;
	int rc = strace_summary_print(t->summary, &text, &len);

	if (!rc)
		rc = strace_log_put(&t->log, 0, text, len);
	free(text);
	return rc;
}

static void report_detached(const struct strace_settings *s)
{
	for (size_t i = 0; strace_says(s, QUIET_ATTACH) && i < s->attach.n; i++)
		if (!kill(s->attach.pids[i], 0))
			strace_say("Process %d detached", s->attach.pids[i]);
}

static int finish(struct destination *d, int *fd)
{
	struct strace_destination *t = (struct strace_destination *)d;
	int rc = put_held(t, true);

	(void)fd;
	report_detached(t->settings);
	if (!rc && t->summary)
		rc = print_summary(t);
	if (!rc)
		rc = strace_log_flush(&t->log);
	return destination_wrote(d, rc);
}

static void explain(const struct destination *d, int error)
{
	destination_explain(strace_log_name(((const struct strace_destination *)d)->settings), error);
}

static const struct destination_ops ops = { .take = take, .flush = flush, .finish = finish, .explain = explain };

void strace_destination_begin(struct strace_destination *t, const struct strace_settings *s)
{
	destination_begin(&t->base, &ops);
	t->settings = s;
	t->log.shared.fd = -1;
}
