// SPDX-License-Identifier: LGPL-2.1-or-later
/* An engine for tests whose records are in memory. */
#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include "fake_engine.h"
#include "libuser/engine/header.h"
/* renames the functions' structure, because the engine kmod has a structure of that name */
#include "libuser/engine/ring.h"

static struct fake *to_fake(struct linx_engine *e)
{
	return (struct fake *)e;
}

static void op_close(struct linx_engine *e)
{
	struct fake *f = to_fake(e);

	for (unsigned int i = 0; i < f->nlanes; i++)
		free(f->lanes[i].data);
	linx_header_free(&f->header);
	linx_protos_free(&f->e.protos);
	free(f);
}

void fake_free(struct fake *f)
{
	op_close(&f->e);
}

static const struct linx_header *op_header(struct linx_engine *e)
{
	return &to_fake(e)->header;
}

static const struct linx_clock *op_clock(struct linx_engine *e)
{
	return &to_fake(e)->clock;
}

static unsigned int op_nlanes(struct linx_engine *e)
{
	return to_fake(e)->nlanes;
}

static int op_peek(struct linx_engine *e, unsigned int lane, struct linx_chunk *c)
{
	static const uint64_t nothing;
	struct fake_lane *l = &to_fake(e)->lanes[lane];

	c->len = l->shown - l->tail;
	c->placed = l->from && !l->tail;
	c->at = l->from;
	c->data = c->len ? l->data + l->tail : l->absent ? NULL : (const uint8_t *)&nothing;
	return 0;
}

static void op_advance(struct linx_engine *e, unsigned int lane, size_t len)
{
	struct fake_lane *l = &to_fake(e)->lanes[lane];

	assert(len <= l->shown - l->tail);
	l->tail += len;
}

static int op_floor(struct linx_engine *e, uint64_t *floor)
{
	struct fake *f = to_fake(e);

	f->floors++;
	if (f->on_floor)
		f->on_floor(f);
	*floor = f->floor;
	return 0;
}

static int show_then_end(struct fake *f)
{
	bool more = false;

	for (unsigned int i = 0; i < f->nlanes; i++)
		more |= f->lanes[i].shown < f->lanes[i].len;
	fake_show_all(f);
	return more ? 1 : -ENODATA;
}

static int op_wait(struct linx_engine *e, int timeout_ms)
{
	struct fake *f = to_fake(e);

	(void)timeout_ms;
	f->waits++;
	return f->on_wait ? f->on_wait(f) : show_then_end(f);
}

static int op_fd(struct linx_engine *e)
{
	(void)e;
	return -1;
}

static int op_account(struct linx_engine *e, bool all, struct linx_account *a)
{
	struct fake *f = to_fake(e);

	for (unsigned int i = 0; i < f->nlanes; i++) {
		const struct fake_lane *l = &f->lanes[i];

		f->unread[i] = l->len > l->tail ? linx_count_records(l->data + l->tail, l->len - l->tail) : 0;
	}
	f->accounts += all;
	*a = (struct linx_account){
		.known = f->account_known,
		.ncpus = f->nlanes,
		.cpus = f->cpus,
		.calls = all ? f->calls : NULL,
		.unread = f->unread,
		.skipped = all ? f->skipped : NULL,
		.start_ns = 1000,
		.stop_ns = 2000,
		.uring_missed = f->uring_missed,
	};
	return 0;
}

static const struct linx_engine_ops ops = {
	.close = op_close,
	.header = op_header,
	.clock = op_clock,
	.nlanes = op_nlanes,
	.peek = op_peek,
	.advance = op_advance,
	.floor = op_floor,
	.wait = op_wait,
	.fd = op_fd,
	.account = op_account,
};

static void fill_header(struct linx_header *h, unsigned int nlanes)
{
	size_t len;
	const char *text = linx_table_builtin_text(&len);

	h->table = malloc(len + 1);
	assert(h->table);
	memcpy(h->table, text, len);
	h->table[len] = '\0';
	h->table_len = len;
	h->table_hash = linx_table_hash(text, len);
	h->info.format_major = LINX_FORMAT_MAJOR;
	h->info.format_minor = LINX_FORMAT_MINOR;
	h->info.page_size = 4096;
	h->info.word_size = 8;
	h->info.cpus = nlanes;
	h->info.pid_ns = 0xeffffffc;
	snprintf(h->release, sizeof(h->release), "6.1.0-fake");
	snprintf(h->machine, sizeof(h->machine), "x86_64");
	snprintf(h->node, sizeof(h->node), "testbed");
	snprintf(h->boot_id, sizeof(h->boot_id), "00000000-0000-4000-8000-000000000000");
	snprintf(h->module_version, sizeof(h->module_version), "0.1.0");
	snprintf(h->engine, sizeof(h->engine), "fake");
	linx_header_set_clock(h, 1);
	linx_header_link(h);
}

struct fake *fake_new(unsigned int nlanes)
{
	struct fake *f = calloc(1, sizeof(*f));

	assert(f && nlanes <= FAKE_LANES);
	f->e.ops = &ops;
	f->e.clock_gen = 1;
	f->nlanes = nlanes;
	f->account_known = true;
	f->clock = (struct linx_clock){ 1, 1700000000000000001, 1, 1 };
	fill_header(&f->header, nlanes);
	return f;
}

/* ---- records ----------------------------------------------------------------------- */

static uint8_t *append(struct fake_lane *l, const void *data, size_t len)
{
	assert(len % 8 == 0);
	if (l->len + len > l->room) {
		l->room = 2 * (l->len + len);
		l->data = realloc(l->data, l->room);
		assert(l->data);
	}
	memcpy(l->data + l->len, data, len);
	l->len += len;
	return l->data + l->len - len;
}

struct linx_rec *fake_add(struct fake *f, unsigned int lane, const void *rec)
{
	struct fake_lane *l = &f->lanes[lane];
	struct linx_rec *r = (void *)append(l, rec, LINX_REC_LEN((const struct linx_rec *)rec));
	unsigned int slot = linx_call_slot(r);

	r->seq = (uint32_t)l->seq;
	if (!linx_rec_counts(r))
		return r;
	l->seq++;
	f->cpus[lane].flags = LINX_CPU_RING;
	f->cpus[lane].selected++;
	f->cpus[lane].committed++;
	if (slot < LINX_NCALLS) {
		f->calls[slot].selected++;
		f->calls[slot].committed++;
	}
	return r;
}

struct linx_rec *fake_exit(struct fake *f, unsigned int lane, uint64_t time, int nr, int64_t ret)
{
	struct {
		struct linx_rec r;
		int64_t ret;
		uint64_t args[2];
	} rec = {
		.r = { .words = sizeof(rec) / 8,
		       .kind = LINX_REC_EXIT,
		       .nr = (unsigned int)nr & 0x3ff,
		       .nargs = 2,
		       .time = time,
		       .tid = (100 + lane) & 0x3fffff,
		       .pid = (100 + lane) & 0x3fffff },
		.ret = ret,
		.args = { 7, time },
	};

	static_assert(sizeof(rec) == FAKE_EXIT_LEN, "as fake_engine.h says");
	return fake_add(f, lane, &rec);
}

void fake_context(struct fake *f, unsigned int lane, uint64_t time, enum linx_rec_kind kind,
		  uint32_t tid)
{
	struct {
		struct linx_rec r;
		struct linx_ctx c;
	} rec = {
		.r = { .words = sizeof(rec) / 8,
		       .kind = (uint8_t)kind,
		       .nr = LINX_REC_NR_OTHER,
		       .time = time,
		       .tid = tid & 0x3fffff,
		       .pid = tid & 0x3fffff },
		.c = { .tid = tid, .pid = tid, .ppid = 1, .comm = "fake" },
	};

	fake_add(f, lane, &rec);
}

void fake_pieces(struct fake *f, unsigned int lane, uint64_t time, unsigned int pieces)
{
	struct {
		struct linx_rec r;
		struct linx_piece p;
		char bytes[16];
	} piece = { .r = { .words = sizeof(piece) / 8, .kind = LINX_REC_PIECE, .nr = LINX_REC_NR_OTHER, .time = time },
		    .p = { .size = 16 } };

	fake_exit(f, lane, time, 59, 0)->flags = pieces ? LINX_RF_MORE : 0;
	for (unsigned int i = 1; i <= pieces; i++) {
		piece.r.flags = i < pieces ? LINX_RF_MORE : 0;
		piece.p.offset = 16 * (i - 1);
		memset(piece.bytes, 'a' + (int)(i % 26), sizeof(piece.bytes));
		fake_add(f, lane, &piece);
	}
}

void fake_pad(struct fake *f, unsigned int lane, unsigned int len)
{
	struct linx_rec *pad = calloc(1, len);

	assert(pad && len >= sizeof(*pad));
	pad->words = len / 8 & 0x1fff;
	pad->kind = LINX_REC_PAD;
	fake_add(f, lane, pad);
	free(pad);
}

void fake_lose(struct fake *f, unsigned int lane, uint64_t time, uint64_t n)
{
	struct {
		struct linx_rec r;
		struct linx_gap g;
	} rec = {
		.r = { .words = sizeof(rec) / 8, .kind = LINX_REC_GAP, .nr = LINX_REC_NR_OTHER, .time = time },
		.g = { .first_seq = f->lanes[lane].seq,
		       .first_time = time,
		       .last_time = time,
		       .lost = { n } },
	};

	f->lanes[lane].seq += n;
	f->cpus[lane].selected += n;
	f->cpus[lane].lost[LINX_LOST_FULL] += n;
	fake_add(f, lane, &rec);
}

void fake_show_all(struct fake *f)
{
	for (unsigned int i = 0; i < f->nlanes; i++)
		f->lanes[i].shown = f->lanes[i].len;
}

static int show_some(struct fake *f, int most)
{
	bool more = false;

	f->floor = UINT64_MAX;
	for (unsigned int i = 0; i < f->nlanes; i++) {
		struct fake_lane *l = &f->lanes[i];

		for (int n = 0; n < most && l->shown < l->len; n++) {
			l->shown += LINX_REC_LEN((struct linx_rec *)(void *)(l->data + l->shown));
			more = true;
		}
		if (l->shown < l->len)
			f->floor = ((struct linx_rec *)(void *)(l->data + l->shown))->time;
	}
	return more ? 1 : -ENODATA;
}

int fake_show_three(struct fake *f)
{
	return show_some(f, 3);
}

int fake_show_one(struct fake *f)
{
	return show_some(f, 1);
}

/* ---- files in memory ------------------------------------------------------------------ */

static ssize_t read_memory(void *ctx, void *buf, size_t len)
{
	struct memory *m = ctx;
	size_t n = m->len - m->at;

	if (m->interrupt && ++m->reads % m->interrupt == 0)
		return -EINTR;
	if (n > len)
		n = len;
	if (m->chunk && n > m->chunk)
		n = m->chunk;
	memcpy(buf, m->data + m->at, n);
	m->at += n;
	return (ssize_t)n;
}

int memory_open(struct memory *m, struct linx **out, struct linx_error *err)
{
	struct linx_input in = { .read = read_memory, .ctx = m, .fd = -1 };
	struct linx_engine *e;
	int ret = linx_engine_input_open(&in, "mem", &e, err);

	return ret ? ret : linx_source_open(e, out, err);
}

static uint8_t *read_back(int fd, size_t *len)
{
	off_t size = lseek(fd, 0, SEEK_END);
	uint8_t *buf = malloc((size_t)size + 1);

	assert(size >= 0 && buf);
	assert(pread(fd, buf, (size_t)size, 0) == size);
	close(fd);
	*len = (size_t)size;
	return buf;
}

uint8_t *record(struct fake *f, int level, size_t *len)
{
	struct linx_writer_opts o = { .size = sizeof(o), .compress = level };
	int fd = memfd_create("capture", MFD_CLOEXEC), ret;
	struct linx_writer *w;
	struct linx *l;

	assert(fd >= 0);
	ret = linx_source_open(&f->e, &l, NULL);
	assert(ret == 0);
	ret = linx_writer_new(l, fd, &o, &w, NULL);
	assert(ret == 0);
	while ((ret = linx_writer_step(w, 0)) >= 0)
		;
	assert(ret == -ENODATA);
	ret = linx_writer_finish(w);
	assert(ret == 0);
	linx_writer_free(w);
	linx_close(l);
	return read_back(fd, len);
}

static uint64_t mix(uint64_t hash, uint64_t value)
{
	return (hash ^ value) * 0x100000001b3;
}

int drain(struct linx *l, unsigned int *events, uint64_t *hash)
{
	const struct linx_event *ev;
	int ret;

	*events = 0;
	*hash = 0xcbf29ce484222325;
	while ((ret = linx_next(l, &ev, -1)) == 1 || ret == -EINTR) {
		if (ret == -EINTR || linx_event_get_kind(ev) == LINX_EVENT_CERTIFICATE)
			continue;
		++*events;
		*hash = mix(*hash, linx_event_get_kind(ev));
		*hash = mix(*hash, linx_event_get_stream_time_ns(ev));
		*hash = mix(*hash, linx_event_get_cpu(ev));
		*hash = mix(*hash, linx_event_get_seq(ev));
		*hash = mix(*hash, linx_event_get_flags(ev));
	}
	return ret;
}
