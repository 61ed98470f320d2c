// SPDX-License-Identifier: LGPL-2.1-or-later
/* The program linx-store: reads the options, stores blocks until it is stopped, and reports the end. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/parse_value.h"
#include "base/signals.h"
#include "store/enroll.h"
#include "store/store.h"

#define FOLDER "/var/lib/linx/rows"

#ifdef FLEET_HAS_NATS
static const char help[] =
	"usage: linx-store [OPTION]...\n"
	"       linx-store setup [OPTION]...\n"
	"       linx-store enroll|revoke [OPTION]... NAME...\n"
	"Takes the rows of linx-ship from NATS JetStream and stores each once.\n"
	"The word setup makes the tables in ClickHouse, and ends; enroll makes\n"
	"keys of machines: see linx-store enroll --help.\n"
	"\n"
	"  --parquet DIR       folder of Parquet files (default\n"
	"                      " FOLDER ")\n"
	"  --clickhouse URL    store rows in ClickHouse instead, as\n"
	"                      http://HOST:8123/DATABASE; DIR then has\n"
	"                      only refused blocks\n"
	"  --clickhouse-user NAME       user of ClickHouse\n"
	"  --clickhouse-password FILE   file with the password\n"
	"  --clickhouse-ca FILE         authority of its certificate\n"
	"  --keep SIZE         most bytes of rows in ClickHouse; the oldest\n"
	"                      days are removed\n"
	"  --keep-for TIME     remove days that are older, as 30d\n"
	NATS_HELP
	"  --gather TIME       so long rows of a machine are gathered for\n"
	"                      one file (default 5s, at most 15s)\n"
	"  --silent TIME       say when nothing came of a machine for so\n"
	"                      long (default 5m; 0: never)\n"
	"  --compress LEVEL    level of zstd (default 3)\n"
	"  --stream-size SIZE  most bytes that the server keeps (default 1G)\n"
	"  --replicas N        servers of a cluster that keep them (default 1)\n"
	"  --alerts URL        post alerts there as JSON, as to Falcosidekick,\n"
	"                      or with otlp+http(s)://... as log records;\n"
	"                      may be given 4 times\n"
	"  --alerts-header-file FILE    headers of these posts, as lines\n"
	"                      Name: value; for the --alerts before it\n"
	"  --alerts-ca FILE    authority of the receivers' certificates\n"
	"  --alerts-stream-size SIZE    most bytes of alerts that the server\n"
	"                      keeps (default 256M)\n"
	"  --metrics PORT      counts for Prometheus at /metrics, and at\n"
	"                      /healthz whether all goes on; on 127.0.0.1,\n"
	"                      or as ADDRESS:PORT\n"
	"  --help              this text\n";

/* Most replicas that JetStream makes. */
#define REPLICAS_MAX 5u
#define GATHER_MAX_NS 15000000000ull

struct options {
	struct nats_settings nats;
	struct clickhouse_settings clickhouse;
	struct store_metrics_settings metrics;
	struct desk_settings alerts;
	const char *folder;
	bool setup; /* make the tables, and end */
	bool use_clickhouse; /* store rows in ClickHouse, not as files */
	uint64_t keep_bytes, keep_ns; /* 0: no limit */
	uint64_t gather_ns, silent_ns, level, stream_bytes, replicas;
};

/* Takes an option of ClickHouse. False: it is another one. */
static bool take_clickhouse(struct options *o, int c, const char *value)
{
	switch (c) {
	case 'c':
		o->clickhouse.url = value;
		o->metrics.place = "clickhouse";
		o->use_clickhouse = true;
		return true;
	case 'u':
		o->clickhouse.user = value;
		return true;
	case 'w':
		o->clickhouse.password = value;
		return true;
	case 'A':
		o->clickhouse.ca = value;
		return true;
	default:
		return false;
	}
}

/* Takes an option of alerts. Returns -1, -2 for another option, or the status with which the process has to end. */
static int take_alerts(struct options *o, int c, const char *value)
{
	struct desk_settings *a = &o->alerts;

	switch (c) {
	case 'L':
		if (a->n == ALERT_RECEIVERS)
			return say_status(STATUS_USAGE, "too many receivers: --alerts: write at most %u", ALERT_RECEIVERS);
		a->receivers[a->n++].url = value;
		return -1;
	case 'H':
		if (!a->n || a->receivers[a->n - 1].heads)
			return say_status(STATUS_USAGE, "no receiver: --alerts-header-file %s: write one after each --alerts URL that needs headers", value);
		a->receivers[a->n - 1].heads = value;
		return -1;
	case 'C':
		a->ca = value;
		return -1;
	case 'B':
		if (!value_size(value, &a->stream_bytes) || !a->stream_bytes || a->stream_bytes > INT64_MAX)
			return say_status(STATUS_USAGE, "not a size: --alerts-stream-size %s: write bytes, as 500M or 2G", value);
		return -1;
	default:
		return -2;
	}
}

/* Takes one of the other options. Returns -1, or the status with which the process has to end. */
static int take_option(struct options *o, int c, const char *value)
{
	switch (c) {
	case 'p':
		o->folder = value;
		break;
	case 'K':
		if (!value_size(value, &o->keep_bytes) || !o->keep_bytes)
			return say_status(STATUS_USAGE, "not a size: --keep %s: write bytes, as 500G", value);
		break;
	case 'F':
		if (!value_duration(value, &o->keep_ns) || o->keep_ns < SPOOL_DAY_NS)
			return say_status(STATUS_USAGE, "not such a time: --keep-for %s: write days, as 30d", value);
		break;
	case 'g':
		if (!value_duration(value, &o->gather_ns) || o->gather_ns > GATHER_MAX_NS)
			return say_status(STATUS_USAGE, "not such a time: --gather %s: write at most 15s", value);
		break;
	case 'i':
		if (!value_duration(value, &o->silent_ns))
			return say_status(STATUS_USAGE, "not a time: --silent %s: write 5m or 1h", value);
		break;
	case 'z':
		if (!value_number(value, &o->level) || !o->level || o->level > 19)
			return say_status(STATUS_USAGE, "not a level: --compress %s: write 1 to 19", value);
		break;
	case 'm':
		if (!listener_read_address(value, o->metrics.host, &o->metrics.port))
			return say_status(STATUS_USAGE, "not a port: --metrics %s: write 9766 or ADDRESS:9766", value);
		o->metrics.address = value;
		break;
	case 'R':
		if (!value_number(value, &o->replicas) || !o->replicas || o->replicas > REPLICAS_MAX)
			return say_status(STATUS_USAGE, "not a number of servers: --replicas %s: write 1, 3 or 5", value);
		o->alerts.replicas = (int64_t)o->replicas;
		break;
	default: /* --stream-size */
		if (!value_size(value, &o->stream_bytes) || o->stream_bytes > INT64_MAX)
			return say_status(STATUS_USAGE, "not a size: --stream-size %s: write bytes, as 500M or 2G", value);
	}
	return -1;
}

/* Reads the options. Returns -1, or the status with which the process has to end at once. */
static int read_options(int argc, char **argv, struct options *o)
{
	static const struct option table[] = {
		NATS_OPTIONS,
		{ "parquet", required_argument, NULL, 'p' },
		{ "clickhouse", required_argument, NULL, 'c' },
		{ "clickhouse-user", required_argument, NULL, 'u' },
		{ "clickhouse-password", required_argument, NULL, 'w' },
		{ "clickhouse-ca", required_argument, NULL, 'A' },
		{ "keep", required_argument, NULL, 'K' },
		{ "keep-for", required_argument, NULL, 'F' },
		{ "gather", required_argument, NULL, 'g' },
		{ "silent", required_argument, NULL, 'i' },
		{ "compress", required_argument, NULL, 'z' },
		{ "stream-size", required_argument, NULL, 'S' },
		{ "replicas", required_argument, NULL, 'R' },
		{ "alerts", required_argument, NULL, 'L' },
		{ "alerts-header-file", required_argument, NULL, 'H' },
		{ "alerts-ca", required_argument, NULL, 'C' },
		{ "alerts-stream-size", required_argument, NULL, 'B' },
		{ "metrics", required_argument, NULL, 'm' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	int c, rc = -1;

	while (rc < 0 && (c = getopt_long(argc, argv, "", table, NULL)) != -1) {
		if (c == 'h') {
			fputs(help, stdout);
			return STATUS_OK;
		}
		if (c == '?')
			return STATUS_USAGE;
		if (nats_take_option(&o->nats, c, optarg) || take_clickhouse(o, c, optarg))
			continue;
		rc = take_alerts(o, c, optarg);
		if (rc == -2)
			rc = take_option(o, c, optarg);
	}
	if (rc >= 0)
		return rc;
	if (optind < argc && !strcmp(argv[optind], "setup")) {
		o->setup = true;
		optind++;
	}
	if (optind < argc)
		return say_status(STATUS_USAGE, "unknown word: %s: see linx-store --help", argv[optind]);
	if ((o->keep_bytes || o->keep_ns) && !o->use_clickhouse)
		return say_status(STATUS_USAGE, "--keep and --keep-for need --clickhouse");
	if (!o->alerts.n && o->alerts.ca)
		return say_status(STATUS_USAGE, "no receiver: --alerts-ca: write --alerts URL");
	return -1;
}

/* Makes the tables. */
static int set_up(const struct options *o, struct problem *why)
{
	struct clickhouse c;
	int rc = clickhouse_open(&c, &o->clickhouse, why);

	if (!rc)
		rc = clickhouse_greet(&c, why);
	if (!rc)
		rc = clickhouse_set_up(&c, why);
	if (!rc)
		say_at(SAY_INFO, "the tables are ready: %s: database %s of ClickHouse %s%s", c.url, c.database, c.version,
		       c.has_fsync ? "" : ", which does not sync new rows to the disk");
	clickhouse_close(&c);
	return rc ? -1 : 0;
}

static int run(struct store *s, const struct options *o, struct problem *why)
{
	const struct linx_rowset_opts rows = {
		.size = sizeof(rows),
		.level = (int)o->level,
		.format = o->use_clickhouse ? LINX_ROWSET_NATIVE : LINX_ROWSET_PARQUET,
	};

	if (linx_rowset_new(&rows, &s->rows))
		return problem_set(why, "out of memory");
	if (aside_open(&s->aside, o->folder, why))
		return -1;
	if (o->alerts.n) {
		s->desk = desk_open(&o->alerts, s->aside.dir, o->folder, why);
		if (!s->desk)
			return -1;
	}
	if (o->metrics.address) {
		s->listener = store_metrics_listen(s, &o->metrics, why);
		if (!s->listener)
			return -1;
	}
	if (o->use_clickhouse ? store_use_clickhouse(s, &o->clickhouse, signals_stopping, why) : store_use_folder(s, why))
		return -1;
	if (signals_stopping())
		return 0;
	if (nats_open(&s->nats, &o->nats, "linx-store", why))
		return -1;
	if (s->desk && desk_start(s->desk, &o->nats, why))
		return -1;
	return store_run(s, signals_stopping, why);
}

int main(int argc, char **argv)
{
	struct options o = { .folder = FOLDER, .metrics.place = "parquet", .gather_ns = 5000000000ull, .silent_ns = 300000000000ull, .stream_bytes = 1u << 30, .replicas = 1, .alerts.stream_bytes = 256u << 20, .alerts.replicas = 1 };
	struct store *s = calloc(1, sizeof(*s));
	struct store_counts counts;
	struct signals signals;
	struct problem why;
	int rc;

	say_as("linx-store");
	if (argc > 1 && (!strcmp(argv[1], "enroll") || !strcmp(argv[1], "revoke"))) {
		free(s);
		return enroll_main(argc - 1, argv + 1);
	}
	rc = s ? read_options(argc, argv, &o) : say_status(STATUS_FAILURE, "out of memory");
	if (rc >= 0 || signals_catch(&signals, false, false)) {
		free(s);
		return rc >= 0 ? rc : say_status(STATUS_FAILURE, "cannot catch signals");
	}
	if (o.setup) {
		free(s);
		return set_up(&o, &why) ? say_status(STATUS_FAILURE, "%s", why.text) : STATUS_OK;
	}
	pthread_mutex_init(&s->lock, NULL);
	s->aside.dir = s->aside.lock = -1;
	s->gather_ns = o.gather_ns;
	s->silent_ns = o.silent_ns;
	s->pull.bytes = (int64_t)o.stream_bytes;
	s->pull.replicas = (int64_t)o.replicas;
	s->keep_bytes = o.keep_bytes;
	s->keep_ns = o.keep_ns;
	rc = run(s, &o, &why);
	counts = s->counts;
	store_end(s);
	if (rc)
		return say_status(STATUS_FAILURE, "%s", why.text);
	say_status(STATUS_OK, "%llu rows in %llu blocks, %llu came again, %llu refused, %llu lost, asked %llu times", (unsigned long long)counts.rows,
		   (unsigned long long)counts.blocks, (unsigned long long)counts.again, (unsigned long long)counts.refused,
		   (unsigned long long)counts.lost, (unsigned long long)counts.asked);
	return STATUS_OK;
}
#else
int main(void)
{
	return nats_missing("linx-store");
}
#endif
