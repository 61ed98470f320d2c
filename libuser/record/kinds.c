// SPDX-License-Identifier: LGPL-2.1-or-later
/* Counts records by CPU and kind. */
#include <stdlib.h>
#include <string.h>

#include "record/kinds.h"

/* Limit of the CPUs that are accepted from a stream; no machine has more. */
#define CPUS_MAX 65536u

const char *linx_kind_name(unsigned int index)
{
	static const char *const names[LINX_KINDS] = {
		[0] = "other",
		[LINX_REC_ENTER] = "enter",
		[LINX_REC_EXIT] = "return",
		[LINX_REC_TASK] = "task",
		[LINX_REC_FORK] = "fork",
		[LINX_REC_EXEC] = "exec",
		[LINX_REC_TASK_EXIT] = "exit",
		[LINX_REC_SIGNAL] = "signal",
		[LINX_REC_FILES] = "files",
		[LINX_REC_BUDGET] = "budget",
		[LINX_REC_TAMPER] = "tamper",
		[LINX_REC_PROBE] = "probe",
		[LINX_REC_REFUSED] = "refused",
	};

	return index < LINX_KINDS ? names[index] : NULL;
}

bool linx_kinds_grow(struct linx_kinds *k, uint64_t ncpus)
{
	void *grown;

	if (ncpus <= k->ncpus)
		return true;
	grown = ncpus <= CPUS_MAX ? reallocarray(k->n, ncpus, sizeof(*k->n)) : NULL;
	if (!grown)
		return false;
	k->n = grown;
	memset(k->n + k->ncpus, 0, (ncpus - k->ncpus) * sizeof(*k->n));
	k->ncpus = (unsigned int)ncpus;
	return true;
}

void linx_kinds_free(struct linx_kinds *k)
{
	free(k->n);
	*k = (struct linx_kinds){ 0 };
}

void linx_kinds_count(struct linx_kinds *k, unsigned int cpu, unsigned int kind)
{
	if (cpu < k->ncpus || linx_kinds_grow(k, cpu + 1ull))
		k->n[cpu][linx_kind_index(kind)]++;
}
