// SPDX-License-Identifier: LGPL-2.1-or-later
/* Prints metrics in the text format of Prometheus: a table of metric families, and a function for each kind. */
#include <inttypes.h>
#include <string.h>
#include <time.h>

#include "base/array_size.h"
#include "metrics/numbers.h"

struct family {
	const char *name, *type, *help;
	void (*put)(FILE *to, const struct metrics *m, const struct family *f);
	unsigned int which; /* argument for put: which counter */
};

/* Returns the length in bytes of the UTF-8 character at s; 0: the bytes at s are not a valid character. */
static size_t character(const unsigned char *s)
{
	size_t n = s[0] < 0x80 ? 1 : s[0] >= 0xc2 && s[0] < 0xe0 ? 2 : (s[0] & 0xf0) == 0xe0 ? 3 : s[0] >= 0xf0 && s[0] < 0xf5 ? 4 : 0;

	for (size_t i = 1; i < n; i++)
		if ((s[i] & 0xc0) != 0x80)
			return 0;
	return n;
}

/* Writes a label with its value in quotes. A byte that is not valid UTF-8 becomes a question mark. */
static void put_label(FILE *to, const char *name, const char *value)
{
	const unsigned char *s = (const unsigned char *)value;
	size_t n;

	fprintf(to, "%s=\"", name);
	for (; *s; s += n ? n : 1) {
		n = character(s);
		if (*s == '"' || *s == '\\')
			fputc('\\', to);
		if (*s == '\n')
			fputs("\\n", to);
		else if (n)
			fwrite(s, 1, n, to);
		else
			fputc('?', to);
	}
	fputc('"', to);
}

static uint64_t load(const _Atomic uint64_t *n)
{
	return atomic_load_explicit(n, memory_order_relaxed);
}

/* ---- functions that print a metric family ----------------------------------------------- */

static void put_number(FILE *to, const struct metrics *m, const struct family *f)
{
	fprintf(to, "%s %" PRIu64 "\n", f->name, load(&m->numbers[f->which]));
}

static void put_build(FILE *to, const struct metrics *m, const struct family *f)
{
	fprintf(to, "%s{", f->name);
	put_label(to, "version", LINX_VERSION);
	fputc(',', to);
	put_label(to, "engine", m->engine);
	fputs("} 1\n", to);
}

static void put_uptime(FILE *to, const struct metrics *m, const struct family *f)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	fprintf(to, "%s %.3f\n", f->name, (double)((uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec - m->start_ns) / 1e9);
}

static void put_lost(FILE *to, const struct metrics *m, const struct family *f)
{
	for (unsigned int i = 0; i < LINX_LOST_NR; i++)
		if (linx_lost_name(i))
			fprintf(to, "%s{reason=\"%s\"} %" PRIu64 "\n", f->name, linx_lost_name(i), load(&m->lost[i]));
}

static void put_rules(FILE *to, const struct metrics *m, const struct family *f)
{
	fprintf(to, "%s %u\n", f->name, m->rules ? m->rules->n : 0);
}

static void put_reload_state(FILE *to, const struct metrics *m, const struct family *f)
{
	fprintf(to, "%s %d\n", f->name, !m->reload_failed);
}

static void put_alerts(FILE *to, const struct metrics *m, const struct family *f)
{
	for (unsigned int i = 0; m->rules && i < m->rules->n; i++) {
		fprintf(to, "%s{", f->name);
		put_label(to, "rule", m->rules->rules[i].name);
		fputc(',', to);
		put_label(to, "priority", alert_priority_name(m->rules->rules[i].priority));
		fprintf(to, "} %" PRIu64 "\n", load(&m->rules->rules[i].alerts));
	}
}

static void put_folded(FILE *to, const struct metrics *m, const struct family *f)
{
	fprintf(to, "%s %" PRIu64 "\n", f->name, m->alerts ? alerts_get_folded(m->alerts) : 0);
}

static void put_output(FILE *to, const struct metrics *m, const struct family *f)
{
	struct alert_output_counts c;
	char place[ALERT_PLACE_MAX];

	for (unsigned int i = 0; m->alerts && !alerts_get_output(m->alerts, i, &c, place); i++) {
		const uint64_t values[] = { c.sent, c.failed, c.dropped, c.bytes, c.waiting, c.waiting_bytes };

		fprintf(to, "%s{output=\"%u\",", f->name, i + 1);
		put_label(to, "name", place);
		fprintf(to, "} %" PRIu64 "\n", values[f->which]);
	}
}

static const struct family families[] = {
	{ "linx_build_info", "gauge", "Version of linxcap and the engine that records.", put_build, 0 },
	{ "linx_uptime_seconds", "gauge", "Time since linxcap began to record.", put_uptime, 0 },
	{ "linx_events_read_total", "counter", "Events that were read, calls and others.", put_number, NUMBER_EVENTS },
	{ "linx_records_selected_total", "counter", "Records that the selection let pass.", put_number, NUMBER_SELECTED },
	{ "linx_records_committed_total", "counter", "Records that were written to a ring.", put_number, NUMBER_COMMITTED },
	{ "linx_records_delivered_total", "counter", "Records that the reader took.", put_number, NUMBER_DELIVERED },
	{ "linx_records_lost_total", "counter", "Records that were selected and not written.", put_lost, 0 },
	{ "linx_records_lost_context_total", "counter", "Lost records that say who a process is.", put_number, NUMBER_LOST_CONTEXT },
	{ "linx_records_overwritten_total", "counter", "Records that newer ones replaced.", put_number, NUMBER_OVERWRITTEN },
	{ "linx_records_filtered_total", "counter", "Records that the filter left out.", put_number, NUMBER_FILTERED },
	{ "linx_tampers_total", "counter", "How often interference with the recording was noticed.", put_number, NUMBER_TAMPERS },
	{ "linx_probe_hits_missed_total", "counter", "Hits of probes that the kernel did not pass on, as it counts them.", put_number,
	  NUMBER_MISSED },
	{ "linx_probes_at_least_total", "counter", "Probes whose hits are a lower bound, since the kernel may have missed some.",
	  put_number, NUMBER_AT_LEAST },
	{ "linx_written_bytes_total", "counter", "Bytes of lines or of captures that were written.", put_number, NUMBER_BYTES },
	{ "linx_rules_loaded", "gauge", "Rules that are loaded.", put_rules, 0 },
	{ "linx_rules_reloads_total", "counter", "How often rules were read again and came into use.", put_number, NUMBER_RELOADS },
	{ "linx_rules_reload_errors_total", "counter", "How often rules were read again and had errors.", put_number,
	  NUMBER_RELOAD_ERRORS },
	{ "linx_rules_last_reload_successful", "gauge", "Whether the last time that rules were read brought them into use.",
	  put_reload_state, 0 },
	{ "linx_pattern_limits_total", "counter", "Regular expressions that met their limit.", put_number, NUMBER_LIMITED },
	{ "linx_rules_keys_forgotten_total", "counter", "Keys that rules with state forgot at their bounds.", put_number, NUMBER_FORGOTTEN },
	{ "linx_alerts_total", "counter", "Alerts that a rule raised.", put_alerts, 0 },
	{ "linx_alerts_folded_total", "counter", "Alerts that were not sent since they equalled one before.", put_folded, 0 },
	{ "linx_output_alerts_sent_total", "counter", "Alerts that reached an output.", put_output, 0 },
	{ "linx_output_alerts_failed_total", "counter", "Alerts that an output did not take.", put_output, 1 },
	{ "linx_output_alerts_dropped_total", "counter", "Alerts for which an output's queue had no room.", put_output, 2 },
	{ "linx_output_sent_bytes_total", "counter", "Bytes of alerts that reached an output.", put_output, 3 },
	{ "linx_output_queue_alerts", "gauge", "Alerts that wait for an output.", put_output, 4 },
	{ "linx_output_queue_bytes", "gauge", "Bytes of alerts that wait for an output.", put_output, 5 },
};

void metrics_print(struct metrics *m, FILE *to)
{
	pthread_mutex_lock(&m->lock);
	for (size_t i = 0; i < ARRAY_SIZE(families); i++) {
		const struct family *f = &families[i];

		fprintf(to, "# HELP %s %s\n# TYPE %s %s\n", f->name, f->help, f->name, f->type);
		f->put(to, m, f);
	}
	pthread_mutex_unlock(&m->lock);
}
