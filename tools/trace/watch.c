// SPDX-License-Identifier: LGPL-2.1-or-later
/* Drops capabilities and starts the listener: see trace/watch.h. */
#include <errno.h>
#include <string.h>

#include "base/capabilities.h"
#include "trace/policy.h"
#include "trace/rotation.h"
#include "trace/watch.h"

/*
 * True if capabilities are needed after the start. The module checks them only when a session is opened and started,
 * and when rules that refuse operations are set. But later files, and later sessions of the flight recorder, open
 * further sources. Engines other than the module need privileges all the time. In these cases only the threads that use
 * the network drop their capabilities.
 */
static bool needs_them_later(const struct settings *s, const struct linx *l)
{
	const struct linx_stream_info *info = linx_get_stream_info(l);

	return info->live && (strcmp(info->engine, "kmod") != 0 || rotation_wanted(s) || s->where.alerts.before.path ||
			      policy_may_change(s));
}

static bool speaks(const struct settings *s)
{
	bool serves = s->look.page.alone && !s->look.page.save_path;

	return s->where.metrics.address || alerts_use_network(&s->where.alerts) || serves;
}

static int listen_for(const struct settings *s, const struct linx *l, struct listener_thread **t)
{
	struct problem why;

	if (metrics_begin(s->where.numbers, linx_get_stream_info(l)->engine))
		return say_status(STATUS_FAILURE, "out of memory");
	*t = metrics_listen(s->where.numbers, &s->where.metrics, &why);
	if (!*t)
		return say_status(STATUS_FAILURE, "%s", why.text);
	if (!s->where.quiet)
		say_at(SAY_INFO, strchr(s->where.metrics.host, ':') ? "metrics: http://[%s]:%u/metrics" : "metrics: http://%s:%u/metrics",
		       s->where.metrics.host, listener_port(*t));
	return STATUS_OK;
}

int watch_begin(const struct settings *s, const struct linx *l, struct listener_thread **t)
{
	if (!speaks(s))
		return STATUS_OK;
	if (!needs_them_later(s, l) && !capabilities_drop())
		return say_status(STATUS_FAILURE, "capabilities cannot be dropped: nothing is sent to the network with them");
	return s->where.metrics.address ? listen_for(s, l, t) : STATUS_OK;
}

/*
 * Seals the session if this process has dropped its capabilities and there are no rules. Rules can be replaced while
 * the session runs, and new ones may need more data. If an older module does not support seals, that is not an error.
 */
int watch_seal(const struct settings *s, struct linx *l)
{
	int rc = speaks(s) && !needs_them_later(s, l) && !s->where.rules.from.n ? linx_seal(l) : 0;

	return rc < 0 && rc != -EOPNOTSUPP ? say_status(STATUS_FAILURE, "%s", linx_error_text(l)) : STATUS_OK;
}
