// SPDX-License-Identifier: LGPL-2.1-or-later
/* The program linx-ship: reads the options, sends blocks until it is stopped, and reports the end. */
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

#include "base/deadline.h"
#include "base/parse_value.h"
#include "base/signals.h"
#include "ship/kafka.h"
#include "ship/ship.h"

#define KAFKA_TOPIC "linx.rows"
#define SPOOL "/var/lib/linx/spool"

#ifdef FLEET_HAS_NATS
static const char help[] =
	"usage: linx-ship [OPTION]...\n"
	"Sends rows and alerts of a spool to NATS JetStream, from where linx-store takes\n"
	"them, or rows to Kafka.\n"
	"\n"
	"  --spool DIR         the spool (default " SPOOL ")\n"
	"  --machine NAME      name of this machine (default: that of\n"
	"                      the rows and alerts, at first that of\n"
	"                      the host)\n"
	NATS_HELP
	"  --kafka BROKERS     send to Kafka instead, as HOST:9092[,...]\n"
	"  --kafka-topic NAME  the topic (default " KAFKA_TOPIC ")\n"
	"  --kafka-config FILE settings of librdkafka, KEY=VALUE a line\n"
	"  --kafka-format json|native     lines of JSON (default), or\n"
	"                      blocks of ClickHouse's format Native\n"
	"  --acks              there is no linx-store: what the server\n"
	"                      acknowledges is removed from the spool\n"
	"  --jitter TIME       random pause after an outage (default 30s)\n"
	"  --catch-up N        after an outage at most N times as fast as\n"
	"                      rows were recorded (default 2; 0: no limit)\n"
	"  --until-stored      end when all that the spool has is stored\n"
	"  --help              this text\n";

struct options {
	struct nats_settings nats;
	struct kafka_settings kafka;
	const char *spool, *machine;
	uint64_t jitter_ns, factor;
	bool named; /* --machine was given */
	bool acks, until_stored;
};

/* Takes an option of Kafka. False: it is another one, or its value is wrong. */
static bool take_kafka(struct kafka_settings *s, int c, const char *value)
{
	switch (c) {
	case 'K':
		s->brokers = value;
		return true;
	case 'T':
		s->topic = value;
		return true;
	case 'C':
		s->config = value;
		return true;
	case 'F':
		s->native = !strcmp(value, "native");
		return s->native || !strcmp(value, "json");
	default:
		return false;
	}
}

/* Reads the options. Returns -1, or the status with which the process has to end at once. */
static int read_options(int argc, char **argv, struct options *o)
{
	static const struct option table[] = {
		NATS_OPTIONS,
		{ "kafka", required_argument, NULL, 'K' },
		{ "kafka-topic", required_argument, NULL, 'T' },
		{ "kafka-config", required_argument, NULL, 'C' },
		{ "kafka-format", required_argument, NULL, 'F' },
		{ "spool", required_argument, NULL, 's' },
		{ "machine", required_argument, NULL, 'm' },
		{ "acks", no_argument, NULL, 'A' },
		{ "jitter", required_argument, NULL, 'j' },
		{ "catch-up", required_argument, NULL, 'c' },
		{ "until-stored", no_argument, NULL, 'u' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	int c;

	while ((c = getopt_long(argc, argv, "", table, NULL)) != -1) {
		if (nats_take_option(&o->nats, c, optarg) || take_kafka(&o->kafka, c, optarg))
			continue;
		switch (c) {
		case 's':
			o->spool = optarg;
			break;
		case 'm':
			o->machine = optarg;
			break;
		case 'A':
			o->acks = true;
			break;
		case 'u':
			o->until_stored = true;
			break;
		case 'j':
			if (!value_duration(optarg, &o->jitter_ns))
				return say_status(STATUS_USAGE, "not a time: --jitter %s: write 30s or 2m", optarg);
			break;
		case 'c':
			if (!value_number(optarg, &o->factor))
				return say_status(STATUS_USAGE, "not a number: --catch-up %s", optarg);
			break;
		case 'F':
			return say_status(STATUS_USAGE, "not a format: --kafka-format %s: write json or native", optarg);
		case 'h':
			fputs(help, stdout);
			return STATUS_OK;
		default:
			return STATUS_USAGE;
		}
	}
	return optind < argc ? say_status(STATUS_USAGE, "unknown word: %s: see linx-ship --help", argv[optind]) : -1;
}

/* Sends to Kafka. Returns the exit status. */
/* Says that alerts stay in a spool whose rows go to Kafka. */
static void say_alerts_stay(const char *spool)
{
	struct problem why;
	struct spool_reader *r = spool_reader_open(spool, SPOOL_ALERTS, &why);

	if (!r)
		return;
	if (spool_reader_id(r))
		say_at(SAY_WARNING, "the spool has alerts, which stay there: --kafka sends rows alone: %s", spool);
	spool_reader_close(r);
}

static int run_kafka(struct options *o, const struct pace *pace)
{
	struct problem why;

	o->kafka.until_stored = o->until_stored;
	o->kafka.machine = o->machine;
	o->kafka.pace = *pace;
	say_alerts_stay(o->spool);
	return kafka_ship(&o->kafka, o->spool, signals_stopping, &why) ? say_status(STATUS_FAILURE, "%s", why.text) : STATUS_OK;
}

static int run(struct ship ships[SHIPS], const struct options *o, struct problem *why)
{
	for (unsigned int i = 0; i < SHIPS; i++) {
		ships[i].reader = spool_reader_open(o->spool, ships[i].kind, why);
		if (!ships[i].reader)
			return -1;
	}
	if (nats_open(&ships->link->nats, &o->nats, "linx-ship", why))
		return -1;
	return ship_run(ships, signals_stopping, why);
}

static void set_up(struct ship *s, struct ship_link *link, enum spool_kind kind, const struct options *o)
{
	*s = (struct ship){
		.link = link,
		.kind = kind,
		.named = o->named,
		.acks = o->acks,
		.until_stored = o->until_stored,
		.pace = { .factor = (double)o->factor, .jitter_ns = o->jitter_ns },
		.again_pace = { .factor = (double)o->factor, .jitter_ns = o->jitter_ns },
	};
	snprintf(s->machine, sizeof(s->machine), "%s", o->machine);
}

/* Reports what was sent; alerts only if there were some. */
static void say_end(const struct ship ships[SHIPS])
{
	const struct ship *rows = &ships[0], *alerts = &ships[1];
	char more[128] = "";

	if (alerts->sent)
		snprintf(more, sizeof(more), "; %llu alerts sent, %llu sent again, %llu lost on disk", (unsigned long long)alerts->sent,
			 (unsigned long long)alerts->again, (unsigned long long)alerts->lost);
	say_status(STATUS_OK, "%llu blocks sent, %llu sent again, %llu lost on disk%s", (unsigned long long)rows->sent, (unsigned long long)rows->again,
		   (unsigned long long)rows->lost, more);
}

int main(int argc, char **argv)
{
	struct options o = { .kafka.topic = KAFKA_TOPIC, .spool = SPOOL, .jitter_ns = 30000000000ull, .factor = 2 };
	struct ship_link link = { .lock = PTHREAD_MUTEX_INITIALIZER };
	struct ship ships[SHIPS];
	struct signals signals;
	struct utsname host;
	struct problem why;
	int rc;

	say_as("linx-ship");
	rc = read_options(argc, argv, &o);
	if (rc >= 0)
		return rc;
	uname(&host);
	o.named = o.machine;
	o.machine = o.machine ? o.machine : host.nodename;
	if (!spool_machine_is_good(o.machine))
		return say_status(STATUS_USAGE, "not a name for subjects: %s: write --machine NAME, of letters, digits, '.', '_' and '-'", o.machine);
	set_up(&ships[0], &link, SPOOL_ROWS, &o);
	set_up(&ships[1], &link, SPOOL_ALERTS, &o);
	deadline_cond_init(&link.news);
	if (signals_catch(&signals, false, false))
		return say_status(STATUS_FAILURE, "cannot catch signals");
	if (o.kafka.brokers)
		return run_kafka(&o, &ships[0].pace);
	rc = run(ships, &o, &why);
	ship_end(ships);
	if (rc)
		return say_status(STATUS_FAILURE, "%s", why.text);
	say_end(ships);
	return STATUS_OK;
}
#else
int main(void)
{
	return nats_missing("linx-ship");
}
#endif
