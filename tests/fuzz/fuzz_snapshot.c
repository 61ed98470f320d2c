// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Fuzzes a snapshot of processes and open files, which is delivered once or twice, and later calls of its tasks. The
 * first byte selects how the snapshot is delivered; the rest is records.
 */
#include <errno.h>
#include <linx/state.h>
#include <stdlib.h>
#include <string.h>
#include "libuser/event/assembler.h"
#include "libuser/event/event.h"
#include "kmod/shared/ring_proto.h"

static struct linx_table *table(void)
{
	static struct linx_table *t;

	if (!t && linx_table_new_builtin(&t))
		abort();
	return t;
}

static volatile unsigned int sum;

/* Reads everything that is known about the event's task. */
static void look(const struct linx_event *ev)
{
	const struct linx_files *files = linx_event_borrow_files(ev);
	const struct linx_process *p = linx_event_borrow_process(ev);
	struct linx_descriptor d = { .fd = -1 };

	for (int n = 0; files && n < 100 && !linx_files_next(files, d.fd, &d); n++)
		sum += d.type + (d.path_len ? (unsigned int)d.path[d.path_len - 1] : 0);
	if (p && p->cmdline.len)
		sum += (unsigned int)p->cmdline.data[p->cmdline.len - 1];
	for (unsigned int n = 1; n < 10 && linx_event_borrow_ancestor(ev, n); n++)
		sum++;
}

static void call_of(struct linx_assembler *a, struct linx_printer *p, uint32_t tid, uint64_t time)
{
	struct {
		struct linx_rec rec;
		int64_t ret;
	} r = { .rec = { .words = sizeof(r) / 8, .kind = LINX_REC_EXIT, .nr = 39, .tid = tid & 0x3fffff, .pid = tid & 0x3fffff, .time = time },
	      .ret = tid };
	struct linx_group g = { .rec = &r.rec, .len = sizeof(r) };
	const struct linx_event *ev;
	const char *text;
	size_t len;

	if (linx_assembler_feed(a, &g, &ev) != 1)
		return;
	look(ev);
	if (linx_print(p, ev, &text, &len))
		abort();
}

static void calls(struct linx_assembler *a, const uint8_t *data, size_t size)
{
	struct linx_print_opts opts = { .size = sizeof(opts), .fds = LINX_SHOW_FD_ALL };
	const struct linx_rec *rec;
	struct linx_printer *p;

	if (linx_printer_new(LINX_FORMAT_JSON, &opts, &p))
		abort();
	for (size_t at = 0; size - at >= sizeof(*rec); at += LINX_REC_LEN(rec)) {
		rec = (const void *)(data + at);
		if (!linx_rec_fits(rec, size - at))
			break;
		call_of(a, p, rec->tid, rec->time);
	}
	call_of(a, p, 1, UINT64_MAX);
	linx_printer_free(p);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct linx_assembler *a;
	uint8_t *copy;
	int ret;

	if (!size || size > 1 << 20)
		return 0;
	copy = malloc(size); /* 8-byte aligned and of exactly this size, so that sanitizers detect accesses beyond it */
	memcpy(copy, data + 1, size - 1);
	if (linx_assembler_new(NULL, table(), &a))
		abort();
	ret = linx_assembler_snapshot(a, copy, size - 1);
	if (*data & 1)
		ret = linx_assembler_snapshot(a, copy, size - 1);
	if (ret && ret != -EBADMSG)
		abort();
	calls(a, copy, size - 1);
	linx_assembler_free(a);
	free(copy);
	return 0;
}
