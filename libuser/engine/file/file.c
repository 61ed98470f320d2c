// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The engine that reads capture files. Its operation wait reads one batch (the blocks up to the next FLOOR block) and
 * queues them by CPU. Memory is bounded by one batch and what is left of the batch before it.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "engine/file/capture_read.h"
#include "engine/header.h"
#include "engine/ring.h"

/*
 * Limit of the bytes that were read and not yet delivered: more than a batch of any writer and a snapshot have
 * together. A file that exceeds it is refused as damaged, since it lacks the FLOOR blocks that allow delivery.
 */
#define BUFFERED_MAX (512ull << 20)
/* Limit of sections, whose headers stay in memory until the engine is closed. */
#define SECTIONS_MAX 4096
/* Number of blocks after which wait yields to the caller. A writer's batch has fewer; only a hostile file has more. */
#define QUIET_BLOCKS 65536
/* Limit of the bytes of METADATA payloads that wait for the reader. Above it, further payloads are skipped. */
#define NOTES_MAX (16u << 20)

struct file_lane {
	struct linx_block *first, *last;
	size_t off; /* bytes of the block "first" that advance() has released */
	uint64_t next_seq; /* least sequence number with which a block after the block "last" may begin */
};

/* Header of a section. It is not freed before the engine is closed, since callers may still use its contents. */
struct section {
	struct section *before;
	struct linx_header header;
};

struct engine_file {
	struct linx_engine e;
	char *name;
	struct linx_capture_reader reader;
	struct section *section;
	unsigned int nsections;
	unsigned int nlanes;
	struct file_lane *lanes; /* [nlanes] */
	uint64_t buffered, ranges_bytes;
	uint64_t block_at; /* offset in the file of the block that is being queued, for error texts */
	bool disorder; /* blocks were out of order, repeated or contradictory: linx_account.disorder */
	uint64_t floor;
	struct linx_clock clock;
	bool ended; /* the section delivers no more blocks */
	bool next_begins; /* the header of another section is next */
	bool failed; /* the section ended with fail_code; e.err has the text */
	int fail_code;
	/* the certificate was read; the members below hold its contents */
	bool certified;
	/*
	 * salvage found the certificate by searching: if more of the section follows, the certificate counts as false
	 */
	bool cert_doubtful;
	uint64_t doubt_damage; /* with cert_doubtful: bytes of damage before the certificate */
	struct linx_cpu_counters *cpus;
	uint64_t *unread, *sampled, *sampled_calls, *skipped, *left_out;
	struct linx_call_counters *calls;
	bool calls_known, uring_missed;
	uint64_t start_ns, stop_ns;
};

static struct engine_file *to_file(struct linx_engine *e)
{
	return (struct engine_file *)e;
}

static unsigned int file_nlanes(struct linx_engine *e)
{
	return to_file(e)->nlanes;
}

static const struct linx_header *file_header(struct linx_engine *e)
{
	return &to_file(e)->section->header;
}

static const struct linx_clock *file_clock(struct linx_engine *e)
{
	return &to_file(e)->clock;
}

/* ---- sections ---------------------------------------------------------------------- */

static void free_lanes(struct engine_file *f)
{
	struct linx_block *b, *next;

	for (unsigned int i = 0; f->lanes && i < f->nlanes; i++)
		for (b = f->lanes[i].first; b; b = next) {
			next = b->next;
			free(b);
		}
	for (unsigned int i = 0; f->e.left_out && i < f->nlanes; i++)
		linx_left_out_free(&f->e.left_out[i]);
	free(f->e.left_out);
	free(f->left_out);
	free(f->lanes);
	free(f->cpus);
	free(f->unread);
	free(f->calls);
	free(f->sampled);
	free(f->sampled_calls);
	free(f->skipped);
	f->nlanes = 0;
	f->lanes = NULL;
	f->e.left_out = NULL;
	f->left_out = NULL;
	f->cpus = NULL;
	f->unread = f->sampled = f->sampled_calls = f->skipped = NULL;
	f->calls = NULL;
}

static int alloc_lanes(struct engine_file *f, unsigned int n)
{
	f->lanes = calloc(n, sizeof(*f->lanes));
	f->cpus = calloc(n, sizeof(*f->cpus));
	f->unread = calloc(n, sizeof(*f->unread));
	f->calls = calloc(LINX_NCALLS, sizeof(*f->calls));
	f->sampled = calloc(n, sizeof(*f->sampled));
	f->sampled_calls = calloc(LINX_NCALLS, sizeof(*f->sampled_calls));
	f->skipped = calloc(n, sizeof(*f->skipped));
	f->e.left_out = calloc(n, sizeof(*f->e.left_out));
	f->left_out = calloc(n, sizeof(*f->left_out));
	if (!f->e.left_out || !f->left_out || !f->skipped || !f->lanes || !f->cpus || !f->unread || !f->calls || !f->sampled || !f->sampled_calls)
		return linx_fail(&f->e.err, -ENOMEM, "%s: out of memory", f->name);
	f->nlanes = n;
	return 0;
}

/* Reads the header of the next section and opens it. 1: the section is open; 0: the time limit has passed; -errno. */
static int open_section(struct engine_file *f, struct linx_deadline *d)
{
	struct section *s;
	int ret;

	linx_capture_section_name(&f->reader, f->e.where);
	if (f->nsections == SECTIONS_MAX)
		return linx_fail(&f->e.err, -EBADMSG, "%s: more than %d sections", f->e.where,
				 SECTIONS_MAX);
	s = calloc(1, sizeof(*s));
	if (!s)
		return linx_fail(&f->e.err, -ENOMEM, "%s: out of memory", f->name);
	ret = linx_capture_read_header(&f->reader, !f->section, d, &s->header);
	if (ret <= 0) {
		free(s);
		return ret;
	}
	free_lanes(f);
	/*
	 * Callers may still use the old section's header; the text of its table has been parsed and is no longer
	 * needed.
	 */
	if (f->section)
		linx_header_drop_table(&f->section->header);
	s->before = f->section;
	f->section = s;
	f->nsections++;
	linx_snap_free_data(&f->e.snap);
	linx_snap_free_data(&f->e.tampers);
	linx_snap_free_data(&f->e.notes);
	linx_protos_free(&f->e.protos);
	linx_rule_names_free(&f->e.rule_names);
	f->buffered = f->ranges_bytes = 0;
	f->floor = 0;
	f->disorder = false;
	f->clock = (struct linx_clock){ 0 };
	f->ended = f->next_begins = f->certified = f->cert_doubtful = f->calls_known = f->uring_missed = false;
	ret = alloc_lanes(f, s->header.info.cpus);
	return ret ? ret : 1;
}

static int file_section(struct linx_engine *e, int timeout_ms)
{
	struct engine_file *f = to_file(e);
	struct linx_deadline d = { .timeout_ms = timeout_ms };
	struct linx_block *b;
	int ret;

	if (f->failed)
		return f->fail_code;
	if (!f->next_begins && f->certified) {
		ret = linx_capture_read_block(&f->reader, &b, &d);
		if (ret == 0)
			return -ETIMEDOUT;
		if (ret == -ENODATA && f->reader.have)
			ret = linx_fail(&e->err, -EBADMSG,
					"%s: cut off inside a header at offset %llu", f->name,
					(unsigned long long)f->reader.offset);
		if (ret < 0)
			return ret == -ENODATA ? 0 : ret;
		f->next_begins = ret == LINX_ITEM_SECTION;
	}
	if (!f->next_begins)
		return 0;
	ret = open_section(f, &d);
	return ret ? ret : -ETIMEDOUT;
}

static void file_close(struct linx_engine *e)
{
	struct engine_file *f = to_file(e);
	struct section *s, *before;

	free_lanes(f);
	for (s = f->section; s; s = before) {
		before = s->before;
		linx_header_free(&s->header);
		free(s);
	}
	linx_capture_reader_end(&f->reader);
	linx_snap_free_data(&e->snap);
	linx_snap_free_data(&e->tampers);
	linx_snap_free_data(&e->notes);
	linx_protos_free(&e->protos);
	linx_rule_names_free(&e->rule_names);
	free(f->name);
	free(f);
}

/* ---- blocks ------------------------------------------------------------------------- */

static int damaged(struct engine_file *f, const char *what)
{
	return linx_fail(&f->e.err, -EBADMSG, "%s: damaged at offset %llu: %s", f->name,
			 (unsigned long long)f->block_at, what);
}

/*
 * Checks that the sequence numbers of a CPU's records do not decrease, and stores the number that may follow. A GAP at
 * the end of a block has the number of the record after it, so the next block may begin with the same number.
 */
static bool in_order(struct engine_file *f, const struct linx_block *b)
{
	const struct linx_rec *rec = (const void *)b->data;
	struct file_lane *l = &f->lanes[b->head.cpu];
	bool behind = rec->kind != LINX_REC_PAD && b->head.first_seq < l->next_seq;
	uint64_t next = b->head.last_seq + linx_rec_counts((const void *)(b->data + b->last));

	if (next > l->next_seq)
		l->next_seq = next;
	return !behind;
}

/* Handles an intact block that is out of order: an error, but with salvage it is counted as damage and delivered. */
static int misplaced(struct engine_file *f)
{
	if (!f->reader.salvage)
		return damaged(f, "records that belong before others, or that have been there");
	linx_damage_add(&f->reader.damage, f->block_at);
	f->disorder = true;
	return 0;
}

/*
 * Returns how many bytes wait in memory: queued records, ranges of numbers, and snapshots in e.snap and in the
 * assembler.
 */
static uint64_t waiting(const struct engine_file *f)
{
	return f->buffered + f->ranges_bytes + f->e.snap.len + f->e.tampers.len + (f->e.merged ? f->e.merged->len : 0);
}

static int queue_block(struct engine_file *f, struct linx_block *b)
{
	struct file_lane *l = &f->lanes[b->head.cpu];

	if (!in_order(f, b) && misplaced(f)) {
		free(b);
		return -EBADMSG;
	}
	if (l->last)
		l->last->next = b;
	else
		l->first = b;
	l->last = b;
	f->buffered += sizeof(*b) + b->len;
	return waiting(f) > BUFFERED_MAX ? damaged(f, "too much without a floor") : 0;
}

static bool cert_fits(const struct linx_cap_cert *c, size_t len, unsigned int ncpus)
{
	if (len < sizeof(*c) || c->size < sizeof(*c) || c->size > 4096 || c->cpus > ncpus ||
	    c->calls > LINX_NCALLS || c->cpu_size > 4096 || c->call_size > 4096 ||
	    c->call_size < LINX_CAP_CALL_SIZE_V1)
		return false;
	return len >=
	       c->size + (size_t)c->cpus * (c->cpu_size + 8) + (size_t)c->calls * c->call_size;
}

static const uint8_t *cert_calls(const struct linx_cap_cert *c)
{
	return (const uint8_t *)c + c->size + (size_t)c->cpus * (c->cpu_size + 8);
}

static bool calls_fit(const struct linx_cap_cert *c)
{
	const uint8_t *p = cert_calls(c);
	struct linx_cap_call call = { 0 };

	for (unsigned int i = 0; i < c->calls; i++, p += c->call_size) {
		memcpy(&call, p, LINX_CAP_CALL_SIZE_V1);
		if (call.abi >= LINX_ABI_NR || call.nr >= LINX_NR_MAX)
			return false;
	}
	return true;
}

static void take_calls(struct engine_file *f, const struct linx_cap_cert *c)
{
	const uint8_t *p = cert_calls(c);
	struct linx_cap_call call = { 0 };

	for (unsigned int i = 0; i < c->calls; i++, p += c->call_size) {
		memcpy(&call, p, c->call_size < sizeof(call) ? c->call_size : sizeof(call));
		f->calls[call.abi * LINX_NR_MAX + call.nr] = (struct linx_call_counters){
			.selected = call.selected,
			.committed = call.committed,
			.lost = call.lost,
		};
		f->sampled_calls[call.abi * LINX_NR_MAX + call.nr] = call.sampled;
	}
	f->calls_known = c->flags & LINX_CAP_CERT_CALLS;
}

static void drop_cert(struct engine_file *f)
{
	memset(f->cpus, 0, f->nlanes * sizeof(*f->cpus));
	memset(f->sampled, 0, f->nlanes * sizeof(*f->sampled));
	memset(f->skipped, 0, f->nlanes * sizeof(*f->skipped));
	memset(f->unread, 0, f->nlanes * sizeof(*f->unread));
	memset(f->calls, 0, LINX_NCALLS * sizeof(*f->calls));
	memset(f->sampled_calls, 0, LINX_NCALLS * sizeof(*f->sampled_calls));
	f->certified = f->cert_doubtful = f->calls_known = f->uring_missed = false;
}

static int take_cert(struct engine_file *f, const struct linx_block *b)
{
	const struct linx_cap_cert *c = (const void *)b->data;
	struct linx_cap_cpu cpu;
	const uint8_t *p;

	if (!cert_fits(c, b->len, file_nlanes(&f->e)))
		return damaged(f, "nonsense in the certificate");
	if (!calls_fit(c))
		return damaged(f, "impossible call in the certificate");
	drop_cert(f);
	p = b->data + c->size;
	for (unsigned int i = 0; i < c->cpus; i++, p += c->cpu_size) {
		memset(&cpu, 0, sizeof(cpu));
		memcpy(&cpu, p, c->cpu_size < sizeof(cpu) ? c->cpu_size : sizeof(cpu));
		f->cpus[i] = cpu.counters;
		f->sampled[i] = cpu.sampled;
		f->skipped[i] = cpu.skipped;
	}
	memcpy(f->unread, p, c->cpus * sizeof(*f->unread));
	take_calls(f, c);
	f->uring_missed = c->flags & LINX_CAP_CERT_URING;
	f->start_ns = c->start_ns;
	f->stop_ns = c->stop_ns;
	f->certified = true;
	f->cert_doubtful = b->sought;
	f->doubt_damage = f->reader.damage.bytes;
	return b->sought ? 0 : -ENODATA;
}

static int take_clock(struct engine_file *f, const struct linx_block *b)
{
	if (b->len < sizeof(f->clock))
		return damaged(f, "a clock relation that is too short");
	memcpy(&f->clock, b->data, sizeof(f->clock));
	f->e.clock_gen++;
	return 0;
}

/* Appends a part of a snapshot to e.snap; the block's first_seq is the number of the snapshot. */
static int take_tasks(struct engine_file *f, const struct linx_block *b)
{
	struct linx_snap *s = &f->e.snap;
	uint8_t *to;

	if (!b->len)
		return 0;
	if (waiting(f) + b->len > BUFFERED_MAX || !linx_snap_fits(s, b->len))
		return damaged(f, "a list of processes that is too long");
	to = linx_snap_reserve(s, b->len);
	if (!to)
		return linx_fail(&f->e.err, -ENOMEM, "%s: out of memory for the list of processes", f->reader.name);
	memcpy(to, b->data, b->len);
	s->len += b->len;
	s->gen = (unsigned int)b->head.first_seq;
	return 0;
}

/*
 * Takes the sequence numbers of records that a filter left out of the file. Ranges out of order are refused as damage.
 */
static int take_left_out(struct engine_file *f, const struct linx_block *b)
{
	struct linx_left_out *o = &f->e.left_out[b->head.cpu];
	size_t before = o->cap;
	int ret;

	if (waiting(f) + b->len > BUFFERED_MAX)
		return damaged(f, "too many numbers that were left out");
	ret = linx_left_out_add(o, (const void *)b->data, b->len / sizeof(*o->ranges));
	f->ranges_bytes += (o->cap - before) * sizeof(*o->ranges);
	if (ret == -ENOMEM)
		return linx_fail(&f->e.err, ret, "%s: out of memory for what was left out", f->reader.name);
	return ret ? damaged(f, "numbers that were left out twice") : 0;
}

/* Stores a METADATA payload for the reader. Skips the payload if too many payloads wait already. */
static int take_metadata(struct engine_file *f, const struct linx_block *b)
{
	struct linx_snap *s = &f->e.notes;
	uint8_t *to;

	if (!b->len || b->len > LINX_CAP_METADATA_MAX || s->len > NOTES_MAX)
		return 0;
	to = linx_snap_reserve(s, b->len + 1);
	if (!to)
		return linx_fail(&f->e.err, -ENOMEM, "%s: out of memory for what it says of containers", f->reader.name);
	memcpy(to, b->data, b->len);
	to[b->len] = '\0';
	s->len += b->len + 1;
	return 0;
}

/* Takes over prototypes of probes, and their accounts. They hold for the rest of the section. */
static int take_probes(struct engine_file *f, const struct linx_block *b)
{
	struct linx_error err = { "" };
	int ret = linx_protos_parse(&f->e.protos, (const char *)b->data, b->len, &err);

	if (ret == -ENOMEM)
		return linx_fail(&f->e.err, ret, "%s: out of memory for probes", f->reader.name);
	return ret ? damaged(f, err.text) : 0;
}

/* Takes over names of rules that refuse. They hold for the rest of the section. */
static int take_rule_names(struct engine_file *f, const struct linx_block *b)
{
	int ret = linx_rule_names_parse(&f->e.rule_names, b->data, b->len);

	if (ret == -ENOMEM)
		return linx_fail(&f->e.err, ret, "%s: out of memory for names of rules", f->reader.name);
	return ret ? damaged(f, "names of rules that do not follow each other") : 0;
}

/* Stores TAMPER records for the reader of the lanes. */
static int take_tampers(struct engine_file *f, const struct linx_block *b)
{
	uint8_t *to;

	if (waiting(f) + b->len > BUFFERED_MAX)
		return damaged(f, "too many reports of interference");
	to = linx_snap_reserve(&f->e.tampers, b->len);
	if (!to)
		return linx_fail(&f->e.err, -ENOMEM, "%s: out of memory for reports of interference", f->reader.name);
	memcpy(to, b->data, b->len);
	f->e.tampers.len += b->len;
	return 0;
}

/*
 * Processes a block; owns b. 0: read the next block; 1: the batch is complete; -ENODATA: the section is complete;
 * -errno.
 */
static int take_block(struct engine_file *f, struct linx_block *b)
{
	int ret = 0;

	if (f->cert_doubtful)
		drop_cert(f);
	switch (b->head.type) {
	case LINX_CAP_DATA:
		if (b->len)
			return queue_block(f, b);
		break;
	case LINX_CAP_FLOOR:
		if (b->head.first_time > f->floor)
			f->floor = b->head.first_time;
		ret = 1;
		break;
	case LINX_CAP_CLOCK:
		ret = take_clock(f, b);
		break;
	case LINX_CAP_TASKS:
		ret = take_tasks(f, b);
		break;
	case LINX_CAP_METADATA:
		ret = take_metadata(f, b);
		break;
	case LINX_CAP_PROBES:
		ret = take_probes(f, b);
		break;
	case LINX_CAP_RULE_NAMES:
		ret = take_rule_names(f, b);
		break;
	case LINX_CAP_TAMPER:
		ret = take_tampers(f, b);
		break;
	case LINX_CAP_LEFT_OUT:
		ret = take_left_out(f, b);
		break;
	case LINX_CAP_CERT:
		ret = take_cert(f, b);
		break;
	default: /* a type of a later version */
		break;
	}
	free(b);
	return ret;
}

static int end(struct engine_file *f, int code)
{
	/*
	 * Damage follows the doubtful certificate. The section therefore goes on, and cannot have its certificate here.
	 */
	if (f->cert_doubtful && f->reader.damage.bytes != f->doubt_damage)
		drop_cert(f);
	f->ended = true;
	f->failed = code != -ENODATA;
	f->fail_code = code;
	return -ENODATA;
}

/*
 * Gives a section of a version before 2.3 a session number: a hash of the machine's ids in the section's header and of
 * the head of the section's first block, in which the times of two recordings differ. The number is the same each time
 * the file is read.
 */
static void name_session(struct engine_file *f, const struct linx_block *b)
{
	struct linx_header *h = &f->section->header;
	struct {
		char boot_id[40], node[65];
		uint64_t table, seq, time;
		uint32_t crc, cpu;
	} facts;

	if (h->info.session)
		return;
	memset(&facts, 0, sizeof(facts)); /* also sets the padding between members, which is hashed, too */
	memcpy(facts.boot_id, h->boot_id, sizeof(facts.boot_id));
	memcpy(facts.node, h->node, sizeof(facts.node));
	facts.table = h->table_hash;
	facts.seq = b->head.first_seq;
	facts.time = b->head.first_time;
	facts.crc = b->head.crc;
	facts.cpu = b->head.cpu;
	h->info.session = linx_table_hash(&facts, sizeof(facts));
}

/* Processes a block. With salvage, an intact block with impossible contents is counted as damage and left out. */
static int take_or_leave(struct engine_file *f, struct linx_block *b)
{
	uint64_t size = sizeof(b->head) + LINX_ALIGN8((uint64_t)b->head.stored);
	int ret;

	f->block_at = f->reader.offset - size;
	name_session(f, b);
	ret = take_block(f, b);
	if (ret != -EBADMSG || !f->reader.salvage || waiting(f) > BUFFERED_MAX)
		return ret;
	linx_damage_add(&f->reader.damage, f->block_at);
	f->reader.damage.bytes += size;
	f->disorder = true;
	return 0;
}

static int file_wait(struct linx_engine *e, int timeout_ms)
{
	struct engine_file *f = to_file(e);
	struct linx_deadline d = { .timeout_ms = timeout_ms };
	unsigned int blocks = 0;
	struct linx_block *b;
	int ret;

	if (f->ended)
		return -ENODATA;
	if (e->worked >= LINX_YIELD_BYTES)
		return -EAGAIN;
	do {
		ret = linx_capture_read_block(&f->reader, &b, &d);
		if (ret == 0 || ret == -EINTR || ret == -EAGAIN)
			return ret;
		if (ret == LINX_ITEM_SECTION) {
			f->next_begins = true;
			return end(f, -ENODATA);
		}
		if (ret == LINX_ITEM_BLOCK)
			ret = take_or_leave(f, b);
	} while (ret == 0 && ++blocks < QUIET_BLOCKS && e->worked < LINX_YIELD_BYTES);
	return ret < 0 ? end(f, ret) : ret ? ret : -EAGAIN;
}

/* ---- lanes --------------------------------------------------------------------------- */

static int file_peek(struct linx_engine *e, unsigned int lane, struct linx_chunk *c)
{
	static const uint64_t nothing;
	struct engine_file *f = to_file(e);
	struct file_lane *l = &f->lanes[lane];

	c->len = 0;
	c->data = f->ended ? NULL : (const uint8_t *)&nothing;
	if (l->first) {
		c->data = l->first->data + l->off;
		c->len = l->first->len - l->off;
		c->placed = !l->off;
		c->at = l->first->head.first_seq;
	}
	return 0;
}

static void file_advance(struct linx_engine *e, unsigned int lane, size_t len)
{
	struct engine_file *f = to_file(e);
	struct file_lane *l = &f->lanes[lane];
	struct linx_block *b = l->first;

	l->off += len;
	if (l->off < b->len)
		return;
	l->first = b->next;
	if (!l->first)
		l->last = NULL;
	l->off = 0;
	f->buffered -= sizeof(*b) + b->len;
	free(b);
}

static int file_floor(struct linx_engine *e, uint64_t *floor)
{
	struct engine_file *f = to_file(e);

	*floor = f->ended ? UINT64_MAX : f->floor;
	return 0;
}

static int file_fd(struct linx_engine *e)
{
	(void)e;
	return -1;
}

static int file_account(struct linx_engine *e, bool all, struct linx_account *a)
{
	struct engine_file *f = to_file(e);

	*a = (struct linx_account){ .ncpus = file_nlanes(e), .cpus = f->cpus };
	if (!f->certified)
		return 0;
	a->known = true;
	a->disorder = f->disorder;
	a->unread = f->unread;
	for (unsigned int i = 0; i < f->nlanes; i++)
		f->left_out[i] = f->e.left_out[i].total;
	a->left_out = f->left_out;
	a->start_ns = f->start_ns;
	a->stop_ns = f->stop_ns;
	a->uring_missed = f->uring_missed;
	if (!all)
		return 0;
	a->calls = f->calls_known ? f->calls : NULL;
	a->sampled = f->sampled;
	a->sampled_calls = f->sampled_calls;
	a->skipped = f->skipped;
	return 0;
}

static const struct linx_damage *file_salvage(struct linx_engine *e)
{
	to_file(e)->reader.salvage = true;
	return &to_file(e)->reader.damage;
}

static const struct linx_engine_ops file_ops = {
	.close = file_close,
	.header = file_header,
	.clock = file_clock,
	.nlanes = file_nlanes,
	.peek = file_peek,
	.advance = file_advance,
	.floor = file_floor,
	.wait = file_wait,
	.fd = file_fd,
	.account = file_account,
	.section = file_section,
	.salvage = file_salvage,
};

/* ---- opening ------------------------------------------------------------------------- */

int linx_engine_input_open(const struct linx_input *in, const char *name, struct linx_engine **out,
			   struct linx_error *err)
{
	struct linx_deadline d = { .timeout_ms = -1 };
	struct engine_file *f = calloc(1, sizeof(*f));
	int ret = -ENOMEM;

	if (f)
		f->name = strdup(name);
	if (!f || !f->name) {
		free(f);
		return linx_fail(err, ret, "out of memory");
	}
	f->e.ops = &file_ops;
	linx_capture_reader_init(&f->reader, in, f->name, &f->e);
	ret = open_section(f, &d);
	if (ret < 0) {
		if (err)
			*err = f->e.err;
		file_close(&f->e);
		return ret;
	}
	*out = &f->e;
	return 0;
}

static ssize_t read_fd(void *ctx, void *buf, size_t len)
{
	ssize_t n = read((int)(intptr_t)ctx, buf, len);

	return n < 0 ? -errno : n;
}

static int file_open(const struct linx_engine_opts *opts, struct linx_engine **out, struct linx_error *err)
{
	const char *name = opts->name;
	int fd = opts->fd;
	struct linx_input in = { .read = read_fd, .ctx = (void *)(intptr_t)fd, .fd = fd };
	struct stat st;

	if (fstat(fd, &st))
		return linx_fail(err, -errno, "%s: cannot read: %s", name, strerror(errno));
	if (S_ISDIR(st.st_mode))
		return linx_fail(err, -EISDIR, "%s: a directory, not a capture file", name);
	if (S_ISREG(st.st_mode))
		in.fd = -1;
	return linx_engine_input_open(&in, name, out, err);
}

const struct linx_engine_type linx_engine_type_file = {
	.info = { .name = "file", .text = "a capture file" },
	.open = file_open,
};
