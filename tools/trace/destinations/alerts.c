// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Raises an alert for each event (--alert without rules). The message and the fields come from templates. Each alert
 * has the number of records that were lost before it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alert/alerts.h"
#include "trace/alert_origin.h"
#include "trace/destinations/destination.h"
#include "trace/flight.h"
#include "trace/settings.h"
#include "trace/tamper_alert.h"

#define USUAL "%linx.type[value] by %linx.comm (user=%linx.user[value] pid=%linx.pid exe=%linx.exe cmdline=%linx.cmdline container=%linx.container image=%linx.container.image) args: %linx.args"
#define FIELDS_MAX 32u
/* The text for an unknown value, as in Falco's messages. */
#define UNKNOWN "<NA>"

/* A field that the message uses; it is also one of the alert's output_fields. */
struct shown {
	char *name; /* name with its argument, as "linx.comm" or "linx.user[value]" */
	char *value; /* text for the current event; NULL: unknown */
	struct linx_printer *printer;
};

struct raiser {
	struct destination base;
	struct alert_origin origin;
	struct alerts *alerts;
	struct flight *flight; /* recorder that keeps the events before an alert; NULL: none */
	const struct alert_settings *settings;
	struct metrics *numbers; /* counters of --metrics; NULL: none */
	const char *message; /* template of the message */
	struct shown shown[FIELDS_MAX];
	unsigned int nshown;
	uint64_t reported; /* number of records that were lost before the last alert */
	uint64_t kept_ns; /* time of the last alert for which events were kept; 0: never */
};

/* ---- printing fields and the message ------------------------------------------------------ */

static int new_line(const char *template_text, struct linx_printer **out)
{
	const struct linx_line_opts line = { .size = sizeof(line), .template_text = template_text };
	const struct linx_print_opts opts = { .size = sizeof(opts), .line = &line };

	return linx_printer_new(LINX_FORMAT_LINE, &opts, out);
}

/*
 * Returns the printed event without its newline; the caller frees it. The printer has escaped bytes that are not valid
 * text.
 */
static char *render(struct linx_printer *p, const struct linx_event *ev)
{
	const char *text;
	size_t len;

	if (linx_print(p, ev, &text, &len) < 0 || !len)
		return NULL;
	return strndup(text, text[len - 1] == '\n' ? len - 1 : len);
}

/*
 * Returns the value of a field, without the parentheses that log lines have around it; the caller frees it. NULL:
 * the value is not known.
 */
static char *value_of(struct linx_printer *p, const struct linx_event *ev)
{
	char *text = render(p, ev);
	size_t n = text ? strlen(text) : 0;

	if (n >= 2 && text[0] == '(' && text[n - 1] == ')') {
		memmove(text, text + 1, n - 2);
		text[n - 2] = '\0';
	}
	if (text && (!*text || !strcmp(text, "?"))) {
		free(text);
		return NULL;
	}
	return text;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct shown *)a)->name, ((const struct shown *)b)->name);
}

static bool has(const struct raiser *k, const char *name)
{
	for (unsigned int i = 0; i < k->nshown; i++)
		if (!strcmp(k->shown[i].name, name))
			return true;
	return false;
}

/* Returns the length of the field name at s, just after a percent sign, including an argument in brackets. */
static size_t field_length(const char *s)
{
	size_t n = strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789._");

	while (n && s[n - 1] == '.')
		n--;
	if (s[n] == '[' && strchr(s + n, ']'))
		n = (size_t)(strchr(s + n, ']') - s) + 1;
	return n;
}

static const char *shown_value(const struct raiser *k, const char *name, size_t n)
{
	for (unsigned int i = 0; i < k->nshown; i++)
		if (!strncmp(k->shown[i].name, name, n) && !k->shown[i].name[n])
			return k->shown[i].value ? k->shown[i].value : UNKNOWN;
	return UNKNOWN;
}

/* Returns the message with the values of the current event; the caller frees it. NULL: no memory. */
static char *compose(const struct raiser *k)
{
	const char *at = k->message, *percent;
	char *text = NULL;
	size_t size, n;
	FILE *f = open_memstream(&text, &size);

	if (!f)
		return NULL;
	for (; (percent = strchr(at, '%')); at = percent + 1 + n) {
		fwrite(at, 1, (size_t)(percent - at), f);
		n = percent[1] == '%' ? 1 : field_length(percent + 1);
		fputs(percent[1] == '%' ? "%" : shown_value(k, percent + 1, n), f);
	}
	fputs(at, f);
	if (!fclose(f))
		return text;
	free(text);
	return NULL;
}

static int add_field(struct raiser *k, const char *s, size_t n)
{
	struct shown *f = &k->shown[k->nshown];
	char one[80];

	if (k->nshown == FIELDS_MAX || n + 2 > sizeof(one))
		return 0;
	one[0] = '%';
	memcpy(one + 1, s, n);
	one[n + 1] = '\0';
	if (has(k, one + 1))
		return 0;
	f->name = strdup(one + 1);
	if (!f->name || new_line(one, &f->printer)) {
		free(f->name);
		return -1;
	}
	k->nshown++;
	return 0;
}

/* Adds all fields that the message uses, and sorts them by name. */
static int add_fields(struct raiser *k, const char *message)
{
	size_t n;

	for (const char *at = message; (at = strchr(at, '%')); at++) {
		if (at[1] == '%') {
			at++;
			continue;
		}
		n = field_length(at + 1);
		if (n && add_field(k, at + 1, n))
			return -1;
	}
	qsort(k->shown, k->nshown, sizeof(k->shown[0]), by_name);
	return 0;
}

/* ---- raising alerts --------------------------------------------------------------------------- */

static enum alert_priority priority_of(const struct alert_settings *s)
{
	return s->priority_given ? s->priority : ALERT_NOTICE;
}

static const char *rule_name(const struct alert_settings *s)
{
	return s->rule ? s->rule : "linx";
}

static void raise_alert(struct raiser *k, const struct linx_event *ev)
{
	const struct alert_settings *s = k->settings;
	struct alert_field fields[FIELDS_MAX];
	uint64_t lost = alert_origin_lost(&k->origin);
	char *message, path[FLIGHT_PATH_MAX];
	struct alert a = {
		.priority = priority_of(s),
		.rule = rule_name(s),
		.source = "syscall",
		.hostname = k->origin.host,
		.time_ns = linx_event_get_time_ns(ev),
		.lost_before = lost - k->reported,
		.fields = fields,
		.nfields = k->nshown,
		.outside = k->base.outside,
	};

	for (unsigned int i = 0; i < k->nshown; i++) {
		k->shown[i].value = value_of(k->shown[i].printer, ev);
		fields[i] = (struct alert_field){ k->shown[i].name, k->shown[i].value, false };
	}
	a.output = message = compose(k);
	if (message) {
		if (flight_keep(k->flight, &k->kept_ns, s->before.after_ns, path))
			a.capture = path;
		alerts_raise(k->alerts, &a);
		if (!a.outside)
			metrics_count_alert(k->numbers, 0);
	}
	k->reported = lost;
	free(message);
	for (unsigned int i = 0; i < k->nshown; i++)
		free(k->shown[i].value);
}

static int take(struct destination *d, const struct linx_event *ev, bool *counts)
{
	struct raiser *k = (struct raiser *)d;

	alert_origin_look(&k->origin, ev);
	tamper_alert_raise(k->alerts, &k->origin, ev, d->outside);
	if (linx_event_get_kind(ev) != LINX_EVENT_SYSCALL)
		return 0;
	if (d->outside && !k->settings->every_ns)
		k->reported = alert_origin_lost(&k->origin);
	else
		raise_alert(k, ev);
	*counts = true;
	return 0;
}

static int set_up(struct raiser *k, const struct settings *s, struct problem *why)
{
	k->alerts = alerts_open(&s->where.alerts, why);
	if (!k->alerts)
		return -1;
	metrics_set_rules(s->where.numbers, &(struct metrics_rule){ rule_name(&s->where.alerts), priority_of(&s->where.alerts), 0 }, 1);
	metrics_set_alerts(s->where.numbers, k->alerts);
	k->message = s->where.alerts.output ? s->where.alerts.output : USUAL;
	if (add_fields(k, k->message))
		return problem_set(why, "out of memory");
	return alerts_start(k->alerts, why);
}

static void release(struct destination *d)
{
	struct raiser *k = (struct raiser *)d;

	metrics_set_alerts(k->numbers, NULL);
	alerts_close(k->alerts);
	for (unsigned int i = 0; i < k->nshown; i++) {
		linx_printer_free(k->shown[i].printer);
		free(k->shown[i].name);
	}
	free(k);
}

static bool wanted(const struct settings *s)
{
	return s->where.alerts.noutputs && !s->where.rules.from.n;
}

static struct destination *open_alerts(const struct destination_env *e, struct problem *why)
{
	struct raiser *k = problem_alloc(sizeof(*k), why);

	if (!k)
		return NULL;
	destination_begin(&k->base, &destination_alerts);
	k->base.follows = true;
	k->settings = &e->settings->where.alerts;
	k->numbers = e->settings->where.numbers;
	k->flight = e->flight;
	alert_origin_begin(&k->origin, e->l);
	if (!set_up(k, e->settings, why))
		return &k->base;
	release(&k->base);
	return NULL;
}

const struct destination_ops destination_alerts = {
	.wanted = wanted,
	.open = open_alerts,
	.take = take,
	.free = release,
};
