// SPDX-License-Identifier: LGPL-2.1-or-later
/* HTTP headers in the eBPF engine: the calls that move HTTP headers, and the sweep of unfinished headers. */
#include <errno.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "engine/bpf/bpf.h"
#include "shared/ids.h"

static const uint8_t calls[LINX_ROW_ID_NR] = {
#define CALL(row, what) [LINX_ROW_ID_##row] = what,
#include "tables/http.def"
#undef CALL
};

uint32_t linx_bpf_http_of(const struct linx_walker_row *row)
{
	return calls[row->id];
}

/*
 * Removes old entries of unfinished headers, once per second. An entry that a program changes at the same time stays,
 * since its header has made progress.
 */
void linx_bpf_http_sweep(struct linx_engine_bpf *b)
{
	uint32_t now = (uint32_t)(linx_bpf_now() / 1000000000) & LINX_HTTP_TIME_MASK;

	if (!b->http || b->http_swept == now)
		return;
	b->http_swept = now;
	for (unsigned int i = 0; i < LINX_HTTP_ENTRIES; i++) {
		uint64_t entry = __atomic_load_n(&b->http[i], __ATOMIC_RELAXED);

		if (!entry || LINX_HTTP_AGE(entry, now) <= LINX_HTTP_IDLE_MAX)
			continue;
		if (__atomic_compare_exchange_n(&b->http[i], &entry, 0, false, __ATOMIC_SEQ_CST, __ATOMIC_RELAXED))
			__atomic_fetch_sub(&b->control->http_unfinished, 1, __ATOMIC_SEQ_CST);
	}
}
