/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * struct linx, a source of events: an engine with the merge, the assembler and the
 * settings that use it. Shared by the files of api/.
 *
 * The folder api/ has the public functions of a source (open, settings, linx_next(),
 * certificate) and the writer of capture files. It is the top layer: no other folder of
 * the library includes it. It uses all engines through engine/engine.h, and renders nothing.
 */
#ifndef LINX_SOURCE_H
#define LINX_SOURCE_H

#include <linx/policy.h>

#include "event/assembler.h"
#include "engine/canary.h"
#include "engine/merge.h"
#include "filter/cgroups.h"
#include "filter/program.h"
#include "http/follow.h"
#include "metadata/metadata.h"

/* Progress of linx_next() through a section and the stream. */
enum linx_phase {
	LINX_PHASE_STREAM, /* the engine may have more records of this section */
	LINX_PHASE_FLUSH, /* all records are delivered; calls that did not return follow as unfinished events */
	LINX_PHASE_ACCOUNT, /* all events are delivered; the section's account is to be added to the totals */
	LINX_PHASE_SECTION, /* the account is added; another section may follow */
	LINX_PHASE_CERTIFICATE,
	LINX_PHASE_END,
};

/* The certificate, to which the account of each section is added. */
struct linx_totals {
	struct linx_certificate cert; /* points to the arrays below */
	struct linx_counts *cpus;
	unsigned int ncpus;
	struct linx_call_counts *calls;
	unsigned int ncalls;
	/* by ABI and number of a call: 1 + the call's index in calls; 0: the call has no index yet */
	uint16_t *call_index;
	uint64_t *cpus_sampled, *calls_sampled; /* [ncpus] and [ncalls] number of events that sampling left out */
	uint64_t *cpus_skipped; /* [ncpus] number of events that the engine skipped, an upper bound */
	uint64_t *cpus_left_out; /* [ncpus] number of records that a filter kept out of the file */
	struct linx_kinds kinds; /* numbers of delivered records, by CPU and kind */
	char (*names)[24]; /* [ncalls] "syscall_NNN", for calls that the table does not have */
	unsigned int sections;
};

/* A parsed table of system calls. Sections of a stream whose tables have the same text share one. */
struct linx_known_table {
	uint64_t hash;
	size_t len;
	struct linx_table *table;
};

/*
 * The selection of events to record and deliver. It is replaced as a whole, after the
 * engine has accepted the new one.
 */
struct linx_selection {
	char *expr; /* expression that selects calls, evaluated anew with the table of each section; NULL: all calls */
	struct linx_select sel; /* calls that expr selects */
	struct linx_select recorded; /* selected calls, and calls from which HTTP is read */
	bool entries;
	struct linx_filter filter;
	struct linx_condition *condition; /* condition that linx_next() evaluates, unless by_rules is set; NULL: none */
	/* condition of linx_set_rules_filter(), which the caller evaluates; NULL: none */
	struct linx_condition *beside_rules;
	bool by_rules; /* condition is that of linx_set_rules(), owned by the rules and evaluated by the caller */
	bool no_calls; /* the rules of linx_set_rules() match no call: no call is recorded, whatever expr says */
	struct linx_program program; /* the part of condition that the kernel evaluates */
	struct linx_cgroup_words cgroups; /* the part of condition that selects by the cgroup of a task */
};

struct linx {
	struct linx_engine *e;
	struct linx_merge *m;
	struct linx_assembler *a;
	struct linx_table *table; /* table of calls of the current section, one of those in the list "tables" */
	struct linx_known_table *tables; /* all tables so far; the caller may use names in them until linx_close() */
	unsigned int ntables;
	struct linx_metadata *metadata; /* descriptions of containers, for all sections */
	struct linx_error err;
	struct linx_types *types; /* types of the kernel, for further probes, until the start; NULL: not opened */
	const struct linx_damage *damage; /* the engine's count of damage; NULL: linx_salvage() was not called */

	/* settings of the source */
	struct linx_selection selection;
	bool entry_time;
	bool fds; /* records describe descriptors: linx_live_opts.fds */
	bool lists_pids; /* linx_add_pid() was called */
	uint16_t *every; /* sampling rates of linx_sample(): [LINX_NCALLS]; NULL: none */
	/*
	 * Events of this section that failed the condition, by CPU; [nhidden] counts those
	 * of CPUs without a lane.
	 */
	uint64_t *hidden;
	unsigned int nhidden;
	struct linx_follower *http; /* state of following HTTP connections; NULL: HTTP is not followed */
	struct linx_writer *beside; /* writer that receives each group that linx_next() reads; NULL: none */
	bool aside; /* HTTP is followed, or beside chooses among groups: next_at_once() is not used */
	/* [nhidden] by CPU: number of entries of this section that a filter left out and a MOVED record restored */
	uint64_t *moved;
	struct linx_kinds kinds; /* numbers of records of this section other than returns of calls, by lane and kind */
	bool running;

	/* state of linx_next() */
	enum linx_phase phase;
	unsigned int clock_gen; /* value of the engine's clock_gen when next_clock was read */
	struct linx_clock next_clock; /* relation of stream time to wall time; applies from the stream time in it on */
	/* clock_waits: next_clock is not applied yet; clock_known: a clock has been applied */
	bool clock_waits, clock_known;
	int end_code; /* -ENODATA, or the error that ended the stream early */
	bool pending; /* result of linx_pending() */
	bool incomplete; /* a record was taken but not fully delivered: no memory, or the record is malformed */
	/* the TAMPER record of the event that linx_next_tamper() made last */
	struct {
		struct linx_rec head;
		struct linx_tamper body;
	} tamper;
	uint64_t tampered; /* number of TAMPER records that were delivered or written to a file */
	struct linx_event cert_event;

	/* counts for the certificate */
	uint64_t *written; /* [nwritten] by lane: number of records that a writer moved to a file; may be NULL */
	unsigned int nwritten;
	uint64_t *calls; /* [LINX_NCALLS] number of delivered records of each call */
	uint64_t events; /* number of system call events that linx_next() delivered */
	struct linx_totals totals;

	struct linx_source_policy {
		/* [nrules] for each rule of the module: index of the policy's rule from which it was made */
		uint32_t *items;
		uint32_t nrules, nitems; /* number of rules of the module, and of the policy */
		uint32_t first; /* number of the policy's first rule in the stream */
		struct linx_policy_counts *before; /* [nitems] counts of rules of the same name in replaced policies */
		/* the module's policy and its programs, as the last linx_get_policy_program() read them */
		struct linx_denied listed;
	} policy;
};

/*
 * Begins a public call that may yield: the engine may work for LINX_YIELD_BYTES before
 * control returns to the caller.
 */
static inline void linx_begin_yield(struct linx *l)
{
	l->pending = false;
	l->e->worked = 0;
}

/* Makes a handle on an engine. The handle owns e, which is closed on failure too. */
int linx_source_open(struct linx_engine *e, struct linx **out, struct linx_error *err);
/*
 * Opens the next section. 1: the section is open; 0: there is no other section; -ETIMEDOUT: this is not known within
 * timeout_ms, or the engine yields (linx_pending()); -errno.
 */
int linx_next_section(struct linx *l, int timeout_ms);
/*
 * Takes over the descriptions of containers (METADATA blocks) that the engine has read. Skips malformed ones. 0 or
 * -ENOMEM.
 */
int linx_take_notes(struct linx *l);
/* Looks up the container of the task that a TASK, FORK or EXEC record describes; ignores other records. */
void linx_see_container(struct linx *l, const struct linx_rec *rec);
/* True if reports of interference (TAMPER records) wait to be delivered. */
static inline bool linx_has_tampers(const struct linx *l)
{
	return l->e->tampers.len || linx_canary_has_news(l->e->canary);
}

/* Moves new reports that the reader itself has made to the engine's list. 0 or -ENOMEM. */
int linx_collect_tampers(struct linx *l);
/*
 * Makes the event of the first report of interference that waits. 1: *ev is set; -EAGAIN: the report makes no event;
 * -errno.
 */
int linx_next_tamper(struct linx *l, const struct linx_event **ev);
/* Passes to the assembler whether entries are events. */
void linx_apply_entries(struct linx *l);
/* Sets the writer that gets all groups that linx_next() reads from now on; NULL: none. */
void linx_attach_writer(struct linx *l, struct linx_writer *w);
/* Copies the engine's error text to the source; returns code. */
int linx_engine_failed(struct linx *l, int code);
/* Evaluates the selection with the current table and passes it to the engine and the assembler. 0 or -errno. */
int linx_apply_select(struct linx *l);
/* Passes another filter to the engine; the source keeps the old one if that fails. 0 or -errno. */
int linx_apply_filter(struct linx *l, const struct linx_filter *f);
/*
 * Sets the error text for a setting that a file or this engine does not support; what: the setting's name. Returns
 * -EOPNOTSUPP.
 */
int linx_not_live(struct linx *l, const char *what);
/* Returns the stream's current time; "otherwise" if the source does not run or its clock cannot be read. */
uint64_t linx_now_or(struct linx *l, uint64_t otherwise);
/*
 * Reports to the assembler that the selection changed between the time "since" and now, so that an entry is not joined
 * with the return of another call.
 */
void linx_doubt_entries(struct linx *l, uint64_t since);
/* Returns the index of a call in arrays of LINX_NCALLS counters; LINX_NCALLS: the record is not of a call. */
static inline unsigned int linx_call_slot(const struct linx_rec *rec)
{
	if ((rec->kind != LINX_REC_ENTER && rec->kind != LINX_REC_EXIT) || rec->abi >= LINX_ABI_NR)
		return LINX_NCALLS;
	return rec->abi * LINX_NR_MAX + rec->nr;
}

/* Returns the number of records of a lane that linx_next() delivered or a writer moved. */
uint64_t linx_delivered(const struct linx *l, unsigned int lane);
/*
 * Stores the engine's counters of its probes in the prototypes, if the engine has such counters. 0 or -errno, with the
 * error text set.
 */
int linx_probes_count(struct linx *l);
/* Returns how many probes of the section may have missed hits; above 0: the capture is not complete. */
uint64_t linx_probes_missed(const struct linx *l);
/* Adds the account of the section that ended to the certificate. 0 or -errno, with the error text set. */
int linx_totals_add(struct linx *l);
void linx_totals_free(struct linx_totals *s);

/* Frees what belongs to a source's policy. */
void linx_forget_policy(struct linx_source_policy *p);

#endif
