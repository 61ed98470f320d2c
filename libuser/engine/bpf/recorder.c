// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The flight recorder. Each CPU has two rings (halves): the programs write to one half and overwrite its oldest
 * records. A dump freezes this half, and the programs continue in the other half.
 */
#include <errno.h>

#include "engine/bpf/bpf.h"
#include "shared/ring_proto.h"

/* Time limit, in ms, of a snapshot that is taken during a dump. */
#define SNAP_OF_DUMP_MS 10000

/*
 * Returns the positions (head and tail) of a CPU's two halves, which the library may write. Only those of the frozen
 * half may be changed.
 */
static struct linx_positions *positions(const struct linx_engine_bpf *b, unsigned int cpu)
{
	return linx_bpf_writable_cpu(b, cpu)->prod.half;
}

static void empty_half(const struct linx_engine_bpf *b, unsigned int half)
{
	struct linx_positions *p;

	for (unsigned int i = 0; i < b->ncpus; i++) {
		p = &positions(b, i)[half];
		__atomic_store_n(&p->tail, __atomic_load_n(&p->head, __ATOMIC_RELAXED), __ATOMIC_RELAXED);
	}
}

/*
 * Freezes the half that is being written, by counting flips. A program that reads the count afterwards writes to the
 * other half; a program that has read it before has made linx_bpf_cpu.begun odd, and linx_bpf_wait_for_programs() waits
 * for this program.
 */
int linx_bpf_flush(struct linx_engine_bpf *b, bool keep)
{
	unsigned int half = b->control->flips & 1;
	struct linx_account a;
	int rc = 0;

	for (unsigned int i = 0; !keep && i < b->ncpus; i++)
		b->missed[i] += linx_ring_count(&b->rings[i], true);
	empty_half(b, half ^ 1);
	__atomic_fetch_add(&b->control->flips, 1, __ATOMIC_SEQ_CST);
	linx_bpf_wait_for_programs(b);
	linx_bpf_ops.account(&b->e, false, &a);
	for (unsigned int i = 0; !rc && i < b->ncpus; i++) {
		rc = b->rings[i].prod ? linx_ring_take(&b->rings[i], half, a.cpus[i].next_seq, keep) : 0;
		if (rc)
			linx_fail(&b->e.err, rc, "CPU %u: the positions of its ring make no sense", i);
	}
	return rc;
}

int linx_bpf_dump(struct linx_engine *e)
{
	struct linx_engine_bpf *b = linx_to_bpf(e);
	int rc;

	if (!linx_bpf_records_over(b))
		return linx_fail(&e->err, -EOPNOTSUPP, "only a flight recorder can be dumped");
	if (b->stopped)
		return 0;
	rc = linx_bpf_flush(b, false);
	if (!rc && b->snapshots)
		rc = linx_bpf_snapshot(b, SNAP_OF_DUMP_MS);
	/*
	 * Ends a snapshot that took too long. Tasks that it did not reach get context records with their next events.
	 */
	linx_bpf_snapshot_end(b);
	return rc;
}
