/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Internals of a capture file's writer. There are two kinds of writers. A writer that reads the source itself moves the
 * records of each lane to blocks (api/writer.c). A writer beside linx_next() receives each group that linx_next()
 * reads, and writes those that are to be kept (api/writer_beside.c).
 */
#ifndef LINX_WRITER_H
#define LINX_WRITER_H

#include "api/block_writer.h"
#include "api/source.h"

/* Ranges of sequence numbers of records, in order. Adjacent ranges are merged. */
struct linx_ranges {
	struct linx_cap_range *r;
	size_t n, cap;
};
/* Appends a range behind all others. 0 or -ENOMEM. */
int linx_ranges_add(struct linx_ranges *s, uint64_t first, uint64_t last);

/* The part of a lane (the records of one CPU) that belongs to a batch. */
struct take {
	struct linx_chunk c; /* all groups that the lane has now */
	size_t len; /* bytes of c in the batch: the groups before the floor, up to the lane's share */
	/* times and sequence numbers of the first and the last record in the batch */
	uint64_t first_time, last_time, first_seq, last_seq;
	/* time of the first group before the floor that is beyond the lane's share of the batch; UINT64_MAX: none */
	uint64_t stop;
};

/* Times and sequence numbers of the first and the last of some groups of a lane. */
struct linx_ends {
	uint64_t first_time, last_time, first_seq, last_seq;
};

/* Records gathered for the next blocks of a lane, by a writer beside linx_next(). */
struct linx_gathered {
	uint8_t *data; /* whole groups */
	size_t len, cap;
	struct linx_ends ends; /* ends of the groups in data */
	struct linx_ranges left_out; /* sequence numbers of the lane's records that are left out of the file */
};

struct linx_writer {
	struct linx *l;
	struct linx_output out;
	/* function of linx_writer_opts.write; NULL: out writes to a descriptor */
	int (*write)(void *data, const struct iovec *pieces, int count);
	void *write_data;
	struct take *takes; /* [nlanes] part of each lane in the current batch */
	/*
	 * [nlanes] sequence number of the record moved last; for a writer beside linx_next(): of the lane's next record
	 */
	uint64_t *seqs;
	unsigned int nlanes;
	unsigned int clock_gen;
	uint32_t probes; /* number of probes of the section whose prototypes the file has */
	uint32_t rule_names; /* number of rules of the section whose names the file has */
	uint64_t floor; /* newest floor of the engine: a time before which no new record will appear */
	bool more; /* the last batch left groups before floor */
	bool ended; /* the engine has no more records than those that its lanes show */
	bool drained; /* ended is set, and the lanes are empty */
	bool section_ended; /* the section's certificate was written */
	/* error with which beginning a section or gathering failed: nothing more can be written; 0: none */
	int code;

	enum linx_writer_beside beside;
	struct linx_gathered *gathered; /* [nlanes] groups to be written; NULL: the writer reads the source itself */
	/*
	 * the group that linx_next() read last; rec NULL: it has been gathered or left out, or the writer gets all
	 * groups from the merge
	 */
	struct linx_group now;
	bool now_written; /* the group in now has been added to the gathered data */
	uint64_t newest; /* latest time of a group that linx_writer_take() got */
	uint64_t flushed; /* value of newest when the last batch was written */
	size_t through; /* bytes of pieces of lanes that were written since the last batch without being gathered */
	unsigned int last_lane; /* lane of the group that was read last */
};

/* Sets the source's error text; returns code. */
int linx_writer_failed(struct linx_writer *w, int code);
/* Writes parts of a file. 0 or -errno, with the error text set. */
int linx_writer_begin(struct linx_writer *w); /* begins a section: writes header and clock */
int linx_writer_clock(struct linx_writer *w); /* writes the clock if it has changed */
int linx_writer_metadata(struct linx_writer *w);
int linx_writer_snapshot(struct linx_writer *w, const struct linx_snap *s);
/* Writes the prototypes of the section's probes, if there are any that the file does not have. */
int linx_writer_probes(struct linx_writer *w);
/* Writes the names of rules that refuse, if there are any that the file does not have. */
int linx_writer_rule_names(struct linx_writer *w);
/* Writes a block of TAMPER records. */
int linx_writer_tampers(struct linx_writer *w, const struct linx_snap *s);
int linx_writer_floor(struct linx_writer *w, uint64_t floor);
int linx_writer_cert(struct linx_writer *w);
int linx_writer_ranges(struct linx_writer *w, unsigned int lane, struct linx_ranges *s); /* writes the ranges and empties s */

/*
 * Functions of a writer beside linx_next(). Each returns 0 or -errno, with the error text set. linx_writer_take()
 * passes a group that was read. Its memory stays valid until linx_writer_settle() is called, which decides on the
 * group. linx_writer_settle() is called before the next group is read, and may be called twice. Of a writer of all
 * records, both may be left out for groups that follow in the merge's run, but linx_see_container() may not.
 * linx_writer_take_snapshot() writes a snapshot of processes that is about to be applied, before the group next, which
 * was read; the snapshot stays the caller's.
 * linx_writer_end_section() is called after a section's last group and event, linx_writer_begin_section() after another
 * section was opened.
 */
int linx_writer_take(struct linx_writer *w, const struct linx_group *g);
int linx_writer_settle(struct linx_writer *w);
/* Called after linx_assembler_hold(), since the memory of the group in linx_writer.now is about to be freed. */
int linx_writer_hold(struct linx_writer *w);
int linx_writer_take_snapshot(struct linx_writer *w, const struct linx_snap *s, const struct linx_group *next);
/* Writes TAMPER records that are about to be delivered; they stay the caller's. */
int linx_writer_take_tampers(struct linx_writer *w, const struct linx_snap *s);
int linx_writer_end_section(struct linx_writer *w);
int linx_writer_begin_section(struct linx_writer *w);
int linx_writer_flush(struct linx_writer *w);
/* Makes a writer of all records watch the merge of its source, or no merge any more. */
void linx_writer_watch(struct linx_writer *w);
void linx_writer_unwatch(struct linx_writer *w);
void linx_writer_drop_gathered(struct linx_writer *w);

#endif
