// SPDX-License-Identifier: LGPL-2.1-or-later
/* The program linx-store: reads the options, stores blocks until it is stopped, and reports the end. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/parse_value.h"
#include "base/signals.h"
#include "store/store.h"

#define FOLDER "/var/lib/linx/rows"

#ifdef FLEET_HAS_NATS
static const char help[] =
	"usage: linx-store [OPTION]...\n"
	"Takes the rows of linx-ship from NATS JetStream and stores each once.\n"
	"\n"
	"  --parquet DIR       folder of Parquet files (default\n"
	"                      " FOLDER ")\n"
	NATS_HELP
	"  --gather TIME       so long rows of a machine are gathered for\n"
	"                      one file (default 5s, at most 15s)\n"
	"  --silent TIME       say when nothing came of a machine for so\n"
	"                      long (default 5m; 0: never)\n"
	"  --compress LEVEL    level of zstd (default 3)\n"
	"  --stream-size SIZE  most bytes that the server keeps (default 1G)\n"
	"  --help              this text\n";

#define GATHER_MAX_NS 15000000000ull

struct options {
	struct nats_settings nats;
	const char *folder;
	uint64_t gather_ns, silent_ns, level, stream_bytes;
};

/* Reads the options. Returns -1, or the status with which the process has to end at once. */
static int read_options(int argc, char **argv, struct options *o)
{
	static const struct option table[] = {
		NATS_OPTIONS,
		{ "parquet", required_argument, NULL, 'p' },
		{ "gather", required_argument, NULL, 'g' },
		{ "silent", required_argument, NULL, 'i' },
		{ "compress", required_argument, NULL, 'z' },
		{ "stream-size", required_argument, NULL, 'S' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	int c;

	while ((c = getopt_long(argc, argv, "", table, NULL)) != -1) {
		if (nats_take_option(&o->nats, c, optarg))
			continue;
		switch (c) {
		case 'p':
			o->folder = optarg;
			break;
		case 'g':
			if (!value_duration(optarg, &o->gather_ns) || o->gather_ns > GATHER_MAX_NS)
				return say_status(STATUS_USAGE, "not such a time: --gather %s: write at most 15s", optarg);
			break;
		case 'i':
			if (!value_duration(optarg, &o->silent_ns))
				return say_status(STATUS_USAGE, "not a time: --silent %s: write 5m or 1h", optarg);
			break;
		case 'z':
			if (!value_number(optarg, &o->level) || !o->level || o->level > 19)
				return say_status(STATUS_USAGE, "not a level: --compress %s: write 1 to 19", optarg);
			break;
		case 'S':
			if (!value_size(optarg, &o->stream_bytes) || o->stream_bytes > INT64_MAX)
				return say_status(STATUS_USAGE, "not a size: --stream-size %s: write bytes, as 500M or 2G", optarg);
			break;
		case 'h':
			fputs(help, stdout);
			return STATUS_OK;
		default:
			return STATUS_USAGE;
		}
	}
	return optind < argc ? say_status(STATUS_USAGE, "unknown word: %s: see linx-store --help", argv[optind]) : -1;
}

static int run(struct store *s, const struct options *o, struct problem *why)
{
	const struct linx_rowset_opts rows = { .size = sizeof(rows), .level = (int)o->level, .format = LINX_ROWSET_PARQUET };

	if (linx_rowset_new(&rows, &s->rows))
		return problem_set(why, "out of memory");
	s->folder = folder_open(o->folder, &s->ledger, why);
	if (!s->folder || nats_open(&s->nats, &o->nats, "linx-store", why) || store_listen(s, why))
		return -1;
	return store_run(s, signals_stopping, why);
}

int main(int argc, char **argv)
{
	struct options o = { .folder = FOLDER, .gather_ns = 5000000000ull, .silent_ns = 300000000000ull, .stream_bytes = 1u << 30 };
	struct store *s = calloc(1, sizeof(*s));
	struct store_counts counts;
	struct signals signals;
	struct problem why;
	int rc;

	say_as("linx-store");
	rc = s ? read_options(argc, argv, &o) : say_status(STATUS_FAILURE, "out of memory");
	if (rc >= 0 || signals_catch(&signals, false, false)) {
		free(s);
		return rc >= 0 ? rc : say_status(STATUS_FAILURE, "cannot catch signals");
	}
	pthread_mutex_init(&s->lock, NULL);
	s->gather_ns = o.gather_ns;
	s->silent_ns = o.silent_ns;
	s->stream_bytes = (int64_t)o.stream_bytes;
	rc = run(s, &o, &why);
	counts = s->counts;
	store_end(s);
	free(s);
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
