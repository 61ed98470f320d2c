// SPDX-License-Identifier: LGPL-2.1-or-later
/* Builds records; see records.h. */
#include <stdlib.h>
#include <string.h>
#include "records.h"
#include "kmod/shared/ring_proto.h"

void record_init(struct record *r)
{
	memset(r, 0, sizeof(*r));
	r->words = calloc(1, RECORD_ROOM);
	if (!r->words)
		abort();
}

void record_end(struct record *r)
{
	free(r->words);
	r->words = NULL;
}

static uint8_t *at(const struct record *r, size_t offset)
{
	return (uint8_t *)r->words + offset;
}

struct linx_rec *record_head(const struct record *r)
{
	return (struct linx_rec *)r->words;
}

struct linx_group record_group(const struct record *r)
{
	struct linx_group g = { .rec = record_head(r), .len = r->len, .position = { record_head(r)->seq, r->cpu } };

	return g;
}

static void append(struct record *r, const void *data, size_t size)
{
	if (r->len + size + 8 > RECORD_ROOM)
		abort();
	if (size)
		memcpy(at(r, r->len), data, size);
	memset(at(r, r->len + size), 0, LINX_ALIGN8(size) - size);
	r->len += LINX_ALIGN8(size);
}

static void begin(struct record *r, uint8_t kind, uint32_t tid, int nr, unsigned int nargs)
{
	struct linx_rec rec = {
		.kind = kind,
		.abi = r->abi & 3,
		.flags = r->flags,
		.nr = (unsigned int)(nr < 0 || nr >= (int)LINX_REC_NR_OTHER ? (int)LINX_REC_NR_OTHER : nr) & 0x3ff,
		.nargs = nargs & 7,
		.seq = r->seq++,
		.time = r->time += 1000,
		.tid = tid & 0x3fffff,
		.pid = (r->pid ? r->pid : tid) & 0x3fffff,
	};

	r->len = 0;
	append(r, &rec, sizeof(rec));
	r->flags = 0;
	record_head(r)->words = r->len / 8 & 0x1fff;
}

static void add(struct record *r, const void *data, size_t size)
{
	append(r, data, size);
	record_head(r)->words = r->len / 8 & 0x1fff;
}

/* Adds a value with a call number that does not fit into the record's header. */
static void add_number(struct record *r, int nr)
{
	if (record_head(r)->nr == LINX_REC_NR_OTHER && nr != -1)
		record_val(r, LINX_FIELD_NR, LINX_VAL_BYTES, LINX_WHOLE, &nr, sizeof(nr), sizeof(nr));
}

void record_enter(struct record *r, uint32_t tid, int nr, unsigned int nargs, const uint64_t *args)
{
	begin(r, LINX_REC_ENTER, tid, nr, nargs);
	add(r, args, nargs * 8);
	add_number(r, nr);
}

void record_exit(struct record *r, uint32_t tid, int nr, int64_t ret, unsigned int nargs,
		 const uint64_t *args)
{
	begin(r, LINX_REC_EXIT, tid, nr, nargs);
	add(r, &ret, 8);
	add(r, args, nargs * 8);
	add_number(r, nr);
}

void record_context(struct record *r, uint8_t kind, uint32_t tid, const struct linx_ctx *ctx)
{
	begin(r, kind, tid, -1, 0);
	add(r, ctx, sizeof(*ctx));
}

void record_files(struct record *r, uint32_t tid, const struct linx_files_change *change)
{
	begin(r, LINX_REC_FILES, tid, -1, 0);
	add(r, change, sizeof(*change));
}

void record_fd(struct record *r, int fd, const char *path, uint16_t flags)
{
	uint8_t value[sizeof(struct linx_fd) + 256];
	struct linx_fd head = {
		.fd = fd,
		.type = LINX_FD_FILE,
		.path_state = LINX_WHOLE,
		.flags = flags,
		.path_len = (uint16_t)strlen(path),
	};
	size_t size = sizeof(head) + head.path_len;

	memcpy(value, &head, sizeof(head));
	memcpy(value + sizeof(head), path, head.path_len);
	record_val(r, LINX_FIELD_FD_RESULT, LINX_VAL_FD, LINX_WHOLE, value, size, (uint32_t)size);
}

void record_gap(struct record *r, const struct linx_gap *gap)
{
	begin(r, LINX_REC_GAP, 0, -1, 0);
	add(r, gap, sizeof(*gap));
}

void record_budget(struct record *r, int nr, const struct linx_budget_step *step)
{
	begin(r, LINX_REC_BUDGET, 0, nr, 0);
	add(r, step, sizeof(*step));
	add_number(r, nr);
}

void record_signal(struct record *r, uint32_t tid, int signo, uint32_t flags, int sender)
{
	struct linx_signal signal = { .signo = signo, .flags = flags };
	int32_t info[12] = { [0] = signo, [4] = sender }; /* in the siginfo of a 64-bit ABI, si_pid is the fifth word */

	begin(r, LINX_REC_SIGNAL, tid, -1, 0);
	add(r, &signal, sizeof(signal));
	record_val(r, LINX_FIELD_SIGINFO, LINX_VAL_BYTES, LINX_WHOLE, info, sizeof(info), sizeof(info));
}

void record_hit(struct record *r, uint32_t tid, const struct linx_hit *hit, uint64_t entry_time, const uint64_t *scalars)
{
	struct linx_hit h = *hit;

	h.flags = entry_time ? LINX_HIT_ENTRY_TIME : 0;
	begin(r, LINX_REC_PROBE, tid, -1, 0);
	add(r, &h, sizeof(h));
	if (entry_time)
		add(r, &entry_time, sizeof(entry_time));
	add(r, scalars, h.scalars * sizeof(*scalars));
}

void record_refused(struct record *r, uint32_t tid, const struct linx_refused *refused)
{
	begin(r, LINX_REC_REFUSED, tid, -1, 0);
	add(r, refused, sizeof(*refused));
}

void record_val(struct record *r, uint8_t arg, uint8_t kind, uint8_t state, const void *data,
		size_t size, uint32_t orig)
{
	struct linx_val val = {
		.size = (uint16_t)size, .arg = arg, .info = LINX_VAL_INFO(kind, state), .orig = orig
	};

	add(r, &val, sizeof(val));
	add(r, data, size);
	record_head(r)->nvals++;
}

void record_mem(struct record *r, uint8_t arg, uint8_t kind, uint64_t addr, const void *data, size_t keep, size_t size)
{
	size_t len = sizeof(addr) + keep;
	uint8_t *value = malloc(len);

	if (!value)
		abort();
	memcpy(value, &addr, sizeof(addr));
	memcpy(value + sizeof(addr), data, keep);
	record_val(r, arg, kind, keep < size ? LINX_TRUNCATED : LINX_WHOLE, value, len, (uint32_t)(sizeof(addr) + size));
	free(value);
}

void record_str(struct record *r, uint8_t arg, const char *s)
{
	record_val(r, arg, LINX_VAL_STR, LINX_WHOLE, s, strlen(s), (uint32_t)strlen(s));
}

void record_piece(struct record *r, uint8_t arg, uint32_t offset, const void *data, size_t size)
{
	struct linx_rec rec = *record_head(r);
	struct linx_piece piece = { .offset = offset, .size = (uint16_t)size, .arg = arg };

	rec.kind = LINX_REC_PIECE;
	rec.flags = 0;
	rec.words = (sizeof(rec) + sizeof(piece) + LINX_ALIGN8(size)) / 8 & 0x1fff;
	append(r, &rec, sizeof(rec));
	append(r, &piece, sizeof(piece));
	append(r, data, size);
	record_head(r)->flags |= LINX_RF_MORE;
}

struct linx_ctx record_ctx(uint32_t tid, uint32_t pid, uint32_t ppid, const char *comm)
{
	struct linx_ctx ctx = { .tid = tid, .pid = pid, .ppid = ppid, .start_time = tid * 1000ull };

	strncpy(ctx.comm, comm, sizeof(ctx.comm) - 1);
	return ctx;
}
