// SPDX-License-Identifier: LGPL-2.1-or-later
/* Pages of --metrics: see store/store_metrics.h. */
#include "store/store.h"

#ifdef FLEET_HAS_NATS
#include <inttypes.h>
#include <stddef.h>
#include <string.h>

#include "base/array_size.h"

#define TYPE "text/plain; version=0.0.4; charset=utf-8"
/* Health is bad if no message can be fetched for longer than this. */
#define APART_NS (10 * SECOND_NS)
/* Health is bad if the loop does nothing for so long, or if blocks wait so long and none is stored. --gather is shorter. */
#define STUCK_NS (60 * SECOND_NS)
/* Health is bad if a request to the database takes longer than this: it ends after five minutes at most. */
#define ASK_NS (330 * SECOND_NS)

/* ---- what the loop says -------------------------------------------------------------------------------------- */

void store_metrics_show(struct store *s, uint64_t now, bool ready)
{
	struct store_shown *shown = &s->shown;

	pthread_mutex_lock(&s->lock);
	shown->counts = s->counts;
	shown->blocks = s->n;
	shown->bytes = s->bytes;
	shown->waits_ns = !s->n ? 0 : shown->waits_ns ? shown->waits_ns : now;
	shown->apart_ns = ready ? 0 : shown->apart_ns ? shown->apart_ns : now;
	shown->looked_ns = now;
	if (!s->n)
		shown->spent_ns = 0;
	pthread_mutex_unlock(&s->lock);
}

void store_metrics_ask(struct store *s, bool begins)
{
	uint64_t now = store_now_ns();

	pthread_mutex_lock(&s->lock);
	if (s->shown.asking)
		s->shown.spent_ns += now - s->shown.looked_ns;
	s->shown.looked_ns = now;
	s->shown.asking = begins;
	pthread_mutex_unlock(&s->lock);
}

void store_metrics_fail(struct store *s, const char *why)
{
	if (why && s->clickhouse.brief[0])
		why = s->clickhouse.brief;
	pthread_mutex_lock(&s->lock);
	snprintf(s->shown.failure.text, sizeof(s->shown.failure.text), "%s", why ? why : "");
	pthread_mutex_unlock(&s->lock);
}

/* ---- /metrics ------------------------------------------------------------------------------------------------ */

/* A number of struct store_shown. */
struct number {
	const char *name, *type, *help;
	size_t at;
};

#define AT(member) offsetof(struct store_shown, member)
static const struct number numbers[] = {
	{ "linx_store_blocks_total", "counter", "Blocks that were stored.", AT(counts.blocks) },
	{ "linx_store_rows_total", "counter", "Rows that were stored.", AT(counts.rows) },
	{ "linx_store_bytes_total", "counter", "Bytes of the messages whose blocks were stored.", AT(counts.bytes) },
	{ "linx_store_blocks_again_total", "counter", "Blocks that came again.", AT(counts.again) },
	{ "linx_store_refused_total", "counter", "Messages that were refused.", AT(counts.refused) },
	{ "linx_store_blocks_lost_total", "counter", "Blocks that were lost on the disk of their machine.", AT(counts.lost) },
	{ "linx_store_orders_total", "counter", "Orders to send blocks again.", AT(counts.asked) },
	{ "linx_store_waiting_blocks", "gauge", "Messages that wait to be stored.", AT(blocks) },
	{ "linx_store_waiting_bytes", "gauge", "Bytes of the messages that wait to be stored.", AT(bytes) },
};
#undef AT

static void put_family(FILE *to, const char *name, const char *type, const char *help)
{
	fprintf(to, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static void put_gauge(FILE *to, const char *name, const char *help, double value)
{
	put_family(to, name, "gauge", help);
	fprintf(to, "%s %.17g\n", name, value);
}

static uint64_t later(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

static double seconds(uint64_t now, uint64_t since)
{
	return now > since ? (double)((now - since) / 1000000) / 1000 : 0;
}

/* Names of machines have no character that would have to be escaped in a label. */
static void put_machines(FILE *to, const struct store *s, uint64_t now)
{
	const struct ledger *l = &s->ledger;
	uint64_t silent = 0;

	for (size_t i = 0; i < l->n; i++)
		silent += l->machines[i].silent;
	put_gauge(to, "linx_store_machines", "Machines that are known.", (double)l->n);
	put_gauge(to, "linx_store_silent_machines", "Machines from which nothing came for the time of --silent.", (double)silent);
	put_family(to, "linx_store_heard_seconds", "gauge", "Time since something came from a machine, or since the start.");
	for (size_t i = 0; i < l->n; i++)
		fprintf(to, "linx_store_heard_seconds{machine=\"%s\"} %.3f\n", l->machines[i].name,
			seconds(now, later(l->machines[i].heard_ns, s->shown.begun_ns)));
}

static uint64_t behind(const struct source *s)
{
	uint64_t floor = source_floor(s);

	return s->next > floor ? s->next - floor : 0;
}

/* Prints a number of each spool of which linx-ship was heard. */
static void put_spools(FILE *to, const struct ledger *l, const char *name, const char *help, uint64_t (*number)(const struct source *s))
{
	put_family(to, name, "gauge", help);
	for (size_t i = 0; i < l->n; i++) {
		const struct machine *m = &l->machines[i];

		for (size_t k = 0; k < m->n; k++)
			if (m->sources[k].heard_ns)
				fprintf(to, "%s{machine=\"%s\",spool=\"%016" PRIx64 "\"} %" PRIu64 "\n", name, m->name, m->sources[k].spool,
					number(&m->sources[k]));
	}
}

static bool print(void *data, FILE *to)
{
	struct store *s = data;
	uint64_t now = store_now_ns(), value;

	put_family(to, "linx_store_build_info", "gauge", "Version of linx-store, and where it stores rows.");
	fprintf(to, "linx_store_build_info{version=\"" LINX_VERSION "\",place=\"%s\"} 1\n", s->shown.place);
	pthread_mutex_lock(&s->lock);
	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++) {
		memcpy(&value, (const char *)&s->shown + numbers[i].at, sizeof(value));
		put_family(to, numbers[i].name, numbers[i].type, numbers[i].help);
		fprintf(to, "%s %" PRIu64 "\n", numbers[i].name, value);
	}
	put_gauge(to, "linx_store_stored_seconds", "Time since a block was stored, or since the start.", seconds(now, s->shown.stored_ns));
	put_machines(to, s, now);
	put_spools(to, &s->ledger, "linx_store_floor", "All blocks of a spool with smaller numbers are stored.", source_floor);
	put_spools(to, &s->ledger, "linx_store_behind_blocks", "Blocks of a spool, from the floor on, that linx-ship has sent.", behind);
	pthread_mutex_unlock(&s->lock);
	if (s->desk)
		desk_print(s->desk, to, now);
	return true;
}

/* ---- /healthz ------------------------------------------------------------------------------------------------ */

/*
 * Judges what the loop has shown. Blocks that wait for an answer of the database do not wait in vain: the time of such
 * requests does not count, up to ASK_NS. 0: all is good; -1: why has what is wrong.
 */
static int judge_health(const struct store_shown *shown, uint64_t now, struct problem *why)
{
	uint64_t moved = later(shown->looked_ns, shown->stored_ns), waits = later(shown->waits_ns, shown->stored_ns);
	uint64_t spent = shown->spent_ns + (shown->asking && now > shown->looked_ns ? now - shown->looked_ns : 0);

	if (shown->failure.text[0])
		return problem_set(why, "cannot store: %s", shown->failure.text);
	if (spent > ASK_NS)
		spent = ASK_NS;
	if (shown->apart_ns && now > shown->apart_ns + APART_NS)
		return problem_set(why, "nothing can be fetched from NATS for %.0f seconds", seconds(now, shown->apart_ns));
	if (shown->waits_ns && now > waits + spent + STUCK_NS)
		return problem_set(why, "blocks wait, and none was stored for %.0f seconds", seconds(now, waits));
	if (now > moved + (shown->asking ? ASK_NS : STUCK_NS))
		return problem_set(why, "linx-store is stuck for %.0f seconds", seconds(now, moved));
	return 0;
}

static bool print_health(void *data, FILE *to)
{
	struct problem why = { "good" };
	struct store *s = data;
	struct store_shown shown;
	bool good;

	pthread_mutex_lock(&s->lock);
	shown = s->shown;
	pthread_mutex_unlock(&s->lock);
	good = !judge_health(&shown, store_now_ns(), &why) && !(s->desk && desk_judge(s->desk, store_now_ns(), &why));
	fprintf(to, "%s\n", why.text);
	return good;
}

struct listener_thread *store_metrics_listen(struct store *s, const struct store_metrics_settings *settings, struct problem *why)
{
	const struct http_pages pages = {
		.what = "metrics",
		.type = TYPE,
		.data = s,
		.pages = { { "/metrics", print }, { "/healthz", print_health } },
		.n = 2,
	};
	struct listener_thread *t;

	s->shown.place = settings->place;
	s->shown.begun_ns = s->shown.stored_ns = store_now_ns();
	store_metrics_show(s, s->shown.begun_ns, false);
	t = listener_begin(settings->host, settings->port, &pages, why);
	if (t)
		say_at(SAY_INFO, strchr(settings->host, ':') ? "metrics: http://[%s]:%u/metrics" : "metrics: http://%s:%u/metrics",
		       settings->host, listener_port(t));
	return t;
}
#endif
