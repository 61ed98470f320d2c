/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* struct linx: an engine with what stands above it, shared by api/linx.c, api/settings.c, api/certificate.c and api/writer.c. */
#ifndef LINX_SOURCE_H
#define LINX_SOURCE_H

#include "event/assembler.h"
#include "engine/merge.h"
#include "filter/program.h"

/* How far linx_next() is. */
enum linx_phase {
	LINX_PHASE_STREAM, /* records are coming */
	LINX_PHASE_FLUSH, /* none will come in this section: calls that did not return */
	LINX_PHASE_ACCOUNT, /* nothing more: what of it was delivered? */
	LINX_PHASE_SECTION, /* the account is made; is there another section? */
	LINX_PHASE_CERTIFICATE,
	LINX_PHASE_END,
};

#define LINX_NCALLS (LINX_ABI_NR * LINX_NR_MAX)

/* The certificate while it is added up, section by section. */
struct linx_totals {
	struct linx_certificate cert; /* points into what follows */
	struct linx_counts *cpus;
	unsigned int ncpus;
	struct linx_call_counts *calls;
	unsigned int ncalls;
	uint16_t *places; /* by ABI and number: 1 + index in calls; 0: not there yet */
	uint64_t *cpus_sampled, *calls_sampled; /* of each of them */
	char (*names)[24]; /* of calls that the table does not name */
	unsigned int sections;
};

/* A table that some section had; sections with the same text share it. */
struct linx_known_table {
	uint64_t hash;
	size_t len;
	struct linx_table *table;
};

/* What is recorded and delivered: replaced as a whole, once the engine has taken it. */
struct linx_selection {
	char *expr; /* NULL: all; also holds for the sections that follow */
	struct linx_select sel; /* as the expression tells */
	bool entries;
	struct linx_filter filter;
	struct linx_condition *condition; /* NULL: none; decides what is delivered */
	struct linx_program program; /* what of it the kernel decides */
};

struct linx {
	struct linx_engine *e;
	struct linx_merge *m;
	struct linx_assembler *a;
	struct linx_table *table; /* of this section: one of tables */
	struct linx_known_table *tables; /* kept until close: names in them are borrowed */
	unsigned int ntables;
	struct linx_error err;
	const struct linx_damage *damage; /* linx_salvage(); the engine's. NULL: not called */

	/* settings */
	struct linx_selection selection;
	bool entry_time;
	bool fds; /* records tell of descriptors */
	bool lists_pids; /* linx_add_pid() was called */
	uint16_t *every; /* linx_sample(): [LINX_NCALLS]; NULL: none */
	uint64_t *hidden; /* [nhidden] events of this section that did not meet it, by CPU */
	unsigned int nhidden;
	bool running;

	/* linx_next() */
	enum linx_phase phase;
	unsigned int clock_gen;
	struct linx_clock next_clock; /* valid from its own time on */
	bool clock_waits, clock_known;
	int end_code; /* -ENODATA, or why it ended before */
	bool pending; /* linx_pending() */
	bool incomplete; /* there was no memory to tell what a record said */
	struct linx_event cert_event;

	/* account */
	uint64_t *written; /* [nwritten] records that a writer moved, by lane; may be NULL */
	unsigned int nwritten;
	uint64_t *calls; /* [LINX_NCALLS] records of calls that were handed over */
	uint64_t events;
	struct linx_totals totals;
};

/* What is called now may take as long as a caller may be kept waiting for a look at signals. */
static inline void linx_begin_yield(struct linx *l)
{
	l->pending = false;
	l->e->worked = 0;
}

/* A handle on an engine, which it ends, also on failure. */
int linx_open_engine(struct linx_engine *e, struct linx **out, struct linx_error *err);
/* 1: another section follows and is open; 0: none; -ETIMEDOUT: not known yet, or see linx_pending(); -errno. */
int linx_next_section(struct linx *l, int timeout_ms);
/* Keep the engine's error text; returns code. */
int linx_engine_failed(struct linx *l, int code);
/* Bring the selection to the engine and the assembler. */
int linx_apply_select(struct linx *l);
/* Index of a call record's counter; LINX_NCALLS for what is no call. */
static inline unsigned int linx_call_slot(const struct linx_rec *rec)
{
	if ((rec->kind != LINX_REC_ENTER && rec->kind != LINX_REC_EXIT) || rec->abi >= LINX_ABI_NR)
		return LINX_NCALLS;
	return rec->abi * LINX_NR_MAX + rec->nr;
}

/* Records of a lane that reached the user. */
uint64_t linx_delivered(const struct linx *l, unsigned int lane);
/* Add the section that ended to the certificate. 0 or -errno, with the error text set. */
int linx_totals_add(struct linx *l);
void linx_totals_free(struct linx_totals *s);

#endif
