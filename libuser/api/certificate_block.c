// SPDX-License-Identifier: LGPL-2.1-or-later
/* Encodes the account of an engine as a certificate block (engine/capture_format.h). */
#include <stdlib.h>
#include <string.h>
#include "api/certificate_block.h"
#include "engine/capture_format.h"

static unsigned int last_cpu(const struct linx_account *a)
{
	unsigned int n = a->ncpus;

	while (n > 1 && !a->cpus[n - 1].flags && !a->cpus[n - 1].selected &&
	       !a->cpus[n - 1].filtered)
		n--;
	return n;
}

static uint64_t call_sampled(const struct linx_account *a, unsigned int slot)
{
	return a->sampled_calls ? a->sampled_calls[slot] : 0;
}

static bool call_counts(const struct linx_account *a, unsigned int slot)
{
	const struct linx_call_counters *c = &a->calls[slot];

	return c->selected | c->committed | c->lost | call_sampled(a, slot);
}

static uint8_t *put(uint8_t *p, const void *data, size_t len)
{
	memcpy(p, data, len);
	return p + len;
}

static uint8_t *put_cpu(uint8_t *p, const struct linx_account *a, unsigned int i)
{
	struct linx_cap_cpu cpu = {
		.counters = a->cpus[i],
		.sampled = a->sampled ? a->sampled[i] : 0,
		.skipped = a->skipped ? a->skipped[i] : 0,
	};

	return put(p, &cpu, sizeof(cpu));
}

static uint8_t *put_call(uint8_t *p, const struct linx_account *a, unsigned int slot)
{
	const struct linx_call_counters *c = &a->calls[slot];
	struct linx_cap_call call = {
		.abi = slot / LINX_NR_MAX,
		.nr = slot % LINX_NR_MAX,
		.selected = c->selected,
		.committed = c->committed,
		.lost = c->lost,
		.sampled = call_sampled(a, slot),
	};

	return put(p, &call, sizeof(call));
}

void *linx_compose_cert(const struct linx_account *a, size_t *len)
{
	struct linx_cap_cert c = {
		.size = sizeof(c),
		.cpus = last_cpu(a),
		.cpu_size = sizeof(struct linx_cap_cpu),
		.call_size = sizeof(struct linx_cap_call),
		.flags = (a->calls ? LINX_CAP_CERT_CALLS : 0) | (a->uring_missed ? LINX_CAP_CERT_URING : 0),
		.start_ns = a->start_ns,
		.stop_ns = a->stop_ns,
	};
	uint8_t *buf, *p;

	for (unsigned int i = 0; a->calls && i < LINX_NCALLS; i++)
		c.calls += call_counts(a, i);
	*len = sizeof(c) + c.cpus * (sizeof(struct linx_cap_cpu) + sizeof(*a->unread)) +
	       c.calls * sizeof(struct linx_cap_call);
	buf = calloc(1, *len);
	if (!buf)
		return NULL;
	p = put(buf, &c, sizeof(c));
	for (unsigned int i = 0; i < c.cpus; i++)
		p = put_cpu(p, a, i);
	if (a->unread)
		memcpy(p, a->unread, c.cpus * sizeof(*a->unread));
	p += c.cpus * sizeof(*a->unread);
	for (unsigned int i = 0; a->calls && i < LINX_NCALLS; i++)
		if (call_counts(a, i))
			p = put_call(p, a, i);
	return buf;
}
