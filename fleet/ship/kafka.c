// SPDX-License-Identifier: LGPL-2.1-or-later
/* Sends a spool to Kafka: see ship/kafka.h. Everything runs in one thread: librdkafka calls back in poll() alone. */
#include "ship/kafka.h"

#if !defined(LINX_WITHOUT_LIBRARIES) && __has_include(<librdkafka/rdkafka.h>)
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <librdkafka/rdkafka.h>
#include <linx/rowset.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include "base/array_size.h"
#include "base/complaint.h"
#include "base/symbols.h"
#include "files/owned_folder.h"
#include "spool/spool_read.h"

#define LIBRARY "librdkafka.so.1"
#define SECOND_NS 1000000000ull
/* Most blocks that are sent and not acknowledged, and most bytes of them. */
#define WINDOW 64u
#define WINDOW_BYTES (64u << 20)
/* Pause before a block that the brokers refused is sent again. */
#define AGAIN_NS (5 * SECOND_NS)
/* An outage is a time without brokers that is longer than this. */
#define OUTAGE_NS (5 * SECOND_NS)
/* File in the spool's folder with the place up to which the brokers have all blocks: "SPOOL NUMBER". */
#define PLACE "kafka.place"
#define PLACE_NEW "kafka.place.new"
#define POLL_MS 50
#define FLUSH_MS 5000

/* row(member of struct kafka, function of librdkafka to which the member points) */
#define KAFKA_FUNCTIONS(row)                                 \
	row(conf_new, rd_kafka_conf_new)                     \
	row(conf_free, rd_kafka_conf_destroy)                \
	row(conf_set, rd_kafka_conf_set)                     \
	row(set_report, rd_kafka_conf_set_dr_msg_cb)         \
	row(set_error, rd_kafka_conf_set_error_cb)           \
	row(set_log, rd_kafka_conf_set_log_cb)               \
	row(set_opaque, rd_kafka_conf_set_opaque)            \
	row(producer, rd_kafka_new)                          \
	row(produce, rd_kafka_producev)                      \
	row(poll, rd_kafka_poll)                             \
	row(flush, rd_kafka_flush)                           \
	row(purge, rd_kafka_purge)                           \
	row(text, rd_kafka_err2str)                          \
	row(fatal, rd_kafka_fatal_error)                     \
	row(end, rd_kafka_destroy)

/* A block that was sent. */
struct sent {
	uint64_t number, last; /* numbers of the block; last differs if blocks are lost; number 0: free entry */
	size_t bytes;
	uint64_t again_ns; /* the brokers refused the block: time at which it is sent again; 0: it is under way */
};

#define KAFKA_MEMBER(member, function) __typeof__(function) *member;
struct kafka {
	KAFKA_FUNCTIONS(KAFKA_MEMBER)
	const struct kafka_settings *settings;
	struct pace pace;
	rd_kafka_t *rk;
	struct spool_reader *reader;
	struct linx_rowset *rows;
	struct sent window[WINDOW];
	size_t bytes; /* bytes of the blocks in the window */
	uint64_t spool; /* id of the spool; 0: it is not known yet */
	uint64_t next; /* number of the next block that is sent for the first time */
	int dir; /* descriptor of the spool's folder */
	uint64_t noted, noted_ns; /* last place in the file, and the time at which it was written */
	bool drained; /* the spool had no further block when it was read last */
	bool broken; /* librdkafka can send nothing more */
	uint64_t down_ns; /* time since when no broker answers; 0: one does */
	uint64_t blocks, again, lost;
	struct complaint errors, refusals, removing;
};
#undef KAFKA_MEMBER

static uint64_t clock_ns(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (uint64_t)t.tv_sec * SECOND_NS + (uint64_t)t.tv_nsec;
}

static uint64_t now_ns(void)
{
	return clock_ns(CLOCK_MONOTONIC);
}

/* ---- what librdkafka reports ------------------------------------------------------------------------------- */

static void end_outage(struct kafka *k)
{
	uint64_t now = now_ns(), lot = 0;

	if (k->down_ns && now > k->down_ns + OUTAGE_NS) {
		if (getrandom(&lot, sizeof(lot), GRND_NONBLOCK) < 0)
			lot = now;
		pace_outage(&k->pace, now, lot);
	}
	k->down_ns = 0;
	complaint_over(&k->errors);
}

/* Notes that a block is acknowledged or refused. */
static void hear_report(rd_kafka_t *rk, const rd_kafka_message_t *m, void *data)
{
	struct kafka *k = data;
	struct sent *sent = m->_private;

	(void)rk;
	if (!sent->number)
		return; /* a block of a spool that was replaced meanwhile */
	if (m->err) {
		sent->again_ns = now_ns() + AGAIN_NS;
		if (m->err != RD_KAFKA_RESP_ERR__PURGE_QUEUE && m->err != RD_KAFKA_RESP_ERR__PURGE_INFLIGHT)
			complain(&k->refusals, "the brokers refuse a block of %zu bytes: %s: %s", sent->bytes, k->settings->brokers, k->text(m->err));
		return;
	}
	k->bytes -= sent->bytes;
	*sent = (struct sent){ 0 };
	complaint_over(&k->refusals);
	end_outage(k);
}

static void hear_error(rd_kafka_t *rk, int err, const char *reason, void *data)
{
	struct kafka *k = data;

	(void)rk;
	if (err == RD_KAFKA_RESP_ERR__FATAL)
		k->broken = true;
	if (err == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN && !k->down_ns)
		k->down_ns = now_ns();
	complain(&k->errors, "%s: %s", k->text((rd_kafka_resp_err_t)err), reason);
}

/* Drops librdkafka's own messages: hear_error() gets what matters of them. Called in its threads. */
static void drop_log(const rd_kafka_t *rk, int level, const char *facility, const char *text)
{
	(void)rk, (void)level, (void)facility, (void)text;
}

/* ---- settings ---------------------------------------------------------------------------------------------- */

/* Properties on which exactness rests, and which a file cannot set. */
static const char *const fixed[][2] = { { "enable.idempotence", "true" }, { "acks", "all" }, { "message.timeout.ms", "0" } };
/* Other properties, which a file can set otherwise. */
static const char *const usual[][2] = {
	{ "client.id", "linx-ship" }, { "compression.codec", "zstd" }, { "message.max.bytes", "67108864" },
	{ "linger.ms", "20" }, { "reconnect.backoff.max.ms", "10000" },
};

/* Sets the property of a line "KEY=VALUE". Lines that are empty or begin with "#" are passed over. */
static int take_line(struct kafka *k, rd_kafka_conf_t *conf, char *line, unsigned int n, struct problem *why)
{
	const char *path = k->settings->config;
	char *value = strchr(line, '='), error[256];

	line[strcspn(line, "\r\n")] = '\0';
	if (!*line || *line == '#')
		return 0;
	if (!value)
		return problem_set(why, "cannot use: %s:%u: write KEY=VALUE", path, n);
	*value++ = '\0';
	for (size_t i = 0; i < ARRAY_SIZE(fixed); i++)
		if (!strcmp(line, fixed[i][0]))
			return problem_set(why, "cannot use: %s:%u: %s is always %s", path, n, line, fixed[i][1]);
	/* the error can have the value, which can be a secret */
	if (k->conf_set(conf, line, value, error, sizeof(error)) != RD_KAFKA_CONF_OK)
		return problem_set(why, "cannot use: %s:%u: librdkafka has no such property, or not this value: %s", path, n, line);
	return 0;
}

static int read_config(struct kafka *k, rd_kafka_conf_t *conf, struct problem *why)
{
	const char *path = k->settings->config;
	FILE *f = path ? fopen(path, "re") : NULL;
	unsigned int n = 0;
	char line[4096];
	int rc = 0;

	if (!path)
		return 0;
	if (!f)
		return problem_set(why, "cannot read: %s: %s", path, strerror(errno));
	while (!rc && fgets(line, sizeof(line), f))
		rc = take_line(k, conf, line, ++n, why);
	fclose(f);
	explicit_bzero(line, sizeof(line));
	return rc;
}

static int set_properties(struct kafka *k, rd_kafka_conf_t *conf, struct problem *why)
{
	char error[256] = "";
	bool good = k->conf_set(conf, "bootstrap.servers", k->settings->brokers, error, sizeof(error)) == RD_KAFKA_CONF_OK;

	for (size_t i = 0; good && i < ARRAY_SIZE(usual); i++)
		good = k->conf_set(conf, usual[i][0], usual[i][1], error, sizeof(error)) == RD_KAFKA_CONF_OK;
	for (size_t i = 0; good && i < ARRAY_SIZE(fixed); i++)
		good = k->conf_set(conf, fixed[i][0], fixed[i][1], error, sizeof(error)) == RD_KAFKA_CONF_OK;
	if (!good)
		return problem_set(why, "cannot use librdkafka: %s", error);
	k->set_report(conf, hear_report);
	k->set_error(conf, hear_error);
	k->set_log(conf, drop_log);
	k->set_opaque(conf, k);
	return read_config(k, conf, why);
}

static int open_producer(struct kafka *k, struct problem *why)
{
#define KAFKA_ROW(member, function) { #function, &k->member },
	const struct symbol symbols[] = { KAFKA_FUNCTIONS(KAFKA_ROW) };
#undef KAFKA_ROW
	rd_kafka_conf_t *conf;
	char error[256] = "";

	if (!symbols_load(LIBRARY, symbols, ARRAY_SIZE(symbols)))
		return problem_set(why, "librdkafka is missing: install librdkafka1");
	conf = k->conf_new();
	if (!set_properties(k, conf, why)) {
		k->rk = k->producer(RD_KAFKA_PRODUCER, conf, error, sizeof(error));
		if (k->rk)
			return 0; /* the producer owns conf */
		problem_set(why, "cannot use librdkafka: %s", error);
	}
	k->conf_free(conf);
	return -1;
}

/* ---- sending ----------------------------------------------------------------------------------------------- */

/* Makes the rows of a block, in the format of messages. 0 or -errno. */
static int make_rows(struct kafka *k, const struct spool_head *h, const char *data, struct linx_rowset_end *end)
{
	const struct linx_rowset_block want = {
		.size = sizeof(want), .machine = h->machine, .session = h->session, .from_ns = h->from_ns, .to_ns = h->to_ns, .rows = h->rows
	};
	char args[192];
	const struct linx_rowset_note note = {
		.size = sizeof(note), .kind = LINX_EVENT_GAP, .args = args, .session = h->session,
		.machine = h->machine[0] ? h->machine : k->settings->machine,
	};
	int rc;

	linx_rowset_clear(k->rows);
	snprintf(args, sizeof(args),
		 "{\"kind\":\"gap\",\"spool\":\"%016" PRIx64 "\",\"first_block\":%" PRIu64 ",\"last_block\":%" PRIu64 ",\"cause\":\"spool\"}", k->spool,
		 h->number, h->last);
	rc = h->flags & SPOOL_LOST ? -EBADMSG : linx_rowset_add_block(k->rows, &want, data + h->size, h->body);
	/* the recorder made the block and its checksum is right, so it is bad only if it was written by a program with errors */
	if (rc == -EBADMSG || rc == -EINVAL)
		rc = linx_rowset_add_note(k->rows, &note);
	return rc ? rc : linx_rowset_make(k->rows, end);
}

/* Hands a block to librdkafka. 1; 0: its queue is full; or -errno. */
static int produce(struct kafka *k, struct sent *sent, const struct spool_head *h, const void *data)
{
	const char *machine = h->machine[0] ? h->machine : k->settings->machine;
	struct linx_rowset_end end;
	char spool[20], block[24], last[24], rows[16];
	rd_kafka_resp_err_t err;
	int rc = make_rows(k, h, data, &end);

	if (rc)
		return rc;
	snprintf(spool, sizeof(spool), "%016" PRIx64, k->spool);
	snprintf(block, sizeof(block), "%" PRIu64, h->number);
	snprintf(last, sizeof(last), "%" PRIu64, h->last);
	snprintf(rows, sizeof(rows), "%" PRIu64, linx_rowset_get_count(k->rows));
	err = k->produce(k->rk, RD_KAFKA_V_TOPIC(k->settings->topic), RD_KAFKA_V_KEY(machine, strlen(machine)),
			 RD_KAFKA_V_VALUE((void *)(uintptr_t)end.data, end.len), RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_OPAQUE(sent),
			 RD_KAFKA_V_HEADER("machine", machine, -1), RD_KAFKA_V_HEADER("spool", spool, -1), RD_KAFKA_V_HEADER("block", block, -1),
			 RD_KAFKA_V_HEADER("last_block", last, -1), RD_KAFKA_V_HEADER("rows", rows, -1), RD_KAFKA_V_END);
	if (err == RD_KAFKA_RESP_ERR__QUEUE_FULL)
		return 0;
	k->bytes += end.len - sent->bytes;
	*sent = (struct sent){ .number = h->number, .last = h->last, .bytes = end.len };
	if (!err)
		return 1;
	sent->again_ns = now_ns() + AGAIN_NS;
	complain(&k->refusals, "cannot send a block of %zu bytes: %s: %s", end.len, k->settings->brokers, k->text(err));
	return 1;
}

static struct sent *free_place(struct kafka *k)
{
	for (unsigned int i = 0; i < WINDOW && k->bytes < WINDOW_BYTES; i++)
		if (!k->window[i].number)
			return &k->window[i];
	return NULL;
}

/* Sends the next block. 1: it was sent; 0: there is no block, or sending has to wait; or -errno. */
static int send_next(struct kafka *k)
{
	struct sent *place = free_place(k);
	struct spool_head h;
	const void *data;
	size_t len;
	int rc;

	k->drained = false;
	if (!place || k->down_ns || now_ns() < k->pace.until_ns)
		return 0;
	rc = spool_reader_next(k->reader, &h, &data, &len);
	k->drained = !rc;
	if (rc <= 0)
		return rc;
	rc = produce(k, place, &h, data);
	if (rc <= 0) {
		spool_reader_seek(k->reader, h.number);
		return rc;
	}
	k->next = h.last + 1;
	k->blocks++;
	k->lost += h.flags & SPOOL_LOST ? h.last - h.number + 1 : 0;
	pace_sent(&k->pace, now_ns(), clock_ns(CLOCK_REALTIME), h.to_ns);
	return 1;
}

/* Sends the blocks again that were refused. 0 or -errno. */
static int send_again(struct kafka *k)
{
	uint64_t now = now_ns();
	struct spool_head h;
	const void *data;
	size_t len;
	int rc = 0;

	for (unsigned int i = 0; i < WINDOW && rc >= 0; i++) {
		struct sent *sent = &k->window[i];

		if (!sent->again_ns || now < sent->again_ns)
			continue;
		spool_reader_seek(k->reader, sent->number);
		rc = spool_reader_next(k->reader, &h, &data, &len);
		if (rc == 1)
			rc = produce(k, sent, &h, data);
		k->again += rc == 1;
		spool_reader_seek(k->reader, k->next);
	}
	return rc < 0 ? rc : 0;
}

/*
 * Writes the place to its file, once in a second. The spool loses whole segments alone, and without this the next start
 * would send all blocks of the oldest one again.
 */
static int note_place(struct kafka *k, uint64_t place, bool at_once)
{
	char text[64];
	int len, rc;

	if (place == k->noted || (!at_once && now_ns() < k->noted_ns + SECOND_NS))
		return 0;
	len = snprintf(text, sizeof(text), "%016" PRIx64 " %" PRIu64 "\n", k->spool, place);
	rc = owned_folder_replace(k->dir, PLACE_NEW, PLACE, OWNED_FILE_MODE, text, (size_t)len);
	k->noted_ns = now_ns();
	if (!rc)
		k->noted = place;
	return rc;
}

/* Returns the place of the spool with this id in the file; 0: there is none. */
static uint64_t read_place(const struct kafka *k, uint64_t id)
{
	int fd = openat(k->dir, PLACE, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	ssize_t len;
	uint64_t spool, place;
	char text[64];

	len = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);
	if (fd >= 0)
		close(fd);
	text[len > 0 ? len : 0] = '\0';
	return sscanf(text, "%16" SCNx64 " %" SCNu64 "\n", &spool, &place) == 2 && spool == id ? place : 0;
}

/* Removes acknowledged blocks from the spool, and notes the place. True: nothing is under way. */
static bool settle(struct kafka *k, bool at_once)
{
	uint64_t below = k->next;
	int rc;

	for (unsigned int i = 0; i < WINDOW; i++)
		if (k->window[i].number && k->window[i].number < below)
			below = k->window[i].number;
	rc = note_place(k, below, at_once);
	if (rc)
		complain(&k->removing, "cannot write the spool's " PLACE ": %s", strerror(-rc));
	rc = spool_reader_free_below(k->reader, below);
	if (rc)
		complain(&k->removing, "cannot remove what is stored from the spool: %s", strerror(-rc));
	return below == k->next;
}

/* Begins to send a spool when it has an id, and begins anew when another one has replaced it. False: there is none yet. */
static bool follow_spool(struct kafka *k)
{
	uint64_t id = spool_reader_id(k->reader);

	if (!id || id == k->spool)
		return id;
	if (k->spool) {
		/* reports about the old spool must not count for the new one */
		k->purge(k->rk, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
		k->flush(k->rk, FLUSH_MS);
	}
	memset(k->window, 0, sizeof(k->window));
	k->bytes = 0;
	k->spool = id;
	k->next = spool_reader_first(k->reader);
	k->noted = read_place(k, id);
	if (k->noted > k->next && k->noted <= spool_reader_end(k->reader))
		k->next = k->noted;
	spool_reader_seek(k->reader, k->next);
	return true;
}

/* 0: goes on; 1: all is stored, and the loop ends; -1: why has the reason. */
static int step(struct kafka *k, struct problem *why)
{
	char text[512];
	bool idle;
	int rc = 0;

	if (follow_spool(k)) {
		rc = send_again(k);
		while (!rc && (rc = send_next(k)) == 1) {
			rc = 0;
			k->poll(k->rk, 0);
		}
	}
	k->poll(k->rk, POLL_MS);
	if (k->broken) {
		k->fatal(k->rk, text, sizeof(text));
		return problem_set(why, "cannot send to Kafka any more: %s: %s", k->settings->brokers, text);
	}
	if (rc < 0)
		return problem_set(why, "cannot read the spool: %s", strerror(-rc));
	idle = !k->spool || settle(k, false);
	return k->settings->until_stored && idle && (k->drained || !k->spool);
}

static void end(struct kafka *k)
{
	if (k->rk) {
		k->flush(k->rk, FLUSH_MS);
		if (k->spool)
			settle(k, true);
		k->purge(k->rk, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
		k->end(k->rk);
	}
	linx_rowset_free(k->rows);
	if (k->reader)
		spool_reader_close(k->reader);
	if (k->dir >= 0)
		close(k->dir);
}

int kafka_ship(const struct kafka_settings *settings, const char *spool, bool (*stopping)(void), struct problem *why)
{
	const struct linx_rowset_opts opts = { .size = sizeof(opts), .format = settings->native ? LINX_ROWSET_NATIVE : LINX_ROWSET_JSON };
	struct kafka *k = problem_alloc(sizeof(*k), why);
	int rc = -1;

	if (!k)
		return -1;
	k->settings = settings;
	k->pace = settings->pace;
	k->reader = spool_reader_open(spool, SPOOL_ROWS, why);
	k->dir = k->reader ? open(spool, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
	if (k->reader && k->dir < 0)
		problem_set(why, "cannot open spool: %s: %s", spool, strerror(errno));
	else if (k->reader && linx_rowset_new(&opts, &k->rows))
		problem_set(why, "out of memory");
	else if (k->reader && !open_producer(k, why))
		rc = 0;
	while (!rc && !stopping())
		rc = step(k, why);
	end(k);
	if (rc >= 0)
		say_status(STATUS_OK, "%" PRIu64 " blocks sent, %" PRIu64 " sent again, %" PRIu64 " lost on disk", k->blocks, k->again, k->lost);
	free(k);
	return rc < 0 ? -1 : 0;
}
#else
int kafka_ship(const struct kafka_settings *settings, const char *spool, bool (*stopping)(void), struct problem *why)
{
	(void)settings, (void)spool, (void)stopping;
	return problem_set(why, "built without Kafka: librdkafka-dev was missing");
}
#endif
