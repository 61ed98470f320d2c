/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The walker makes the records of linx_record.h from registers, the call's row in the table of calls and a function
 * that reads user memory. These records have the same bytes as those of the kernel module. The walker uses no process
 * and no kernel interface, so every engine in user space can use it, and so can tests.
 */
#ifndef LINX_ENGINE_WALK_WALKER_H
#define LINX_ENGINE_WALK_WALKER_H

#include <stddef.h>

#include "engine/walk/rows.h"
#include "shared/limits.h"

/* Limit of the bytes of a head record with its pieces, which belong to at most two values. */
#define LINX_WALKER_GROUP_MAX (LINX_REC_MAX + 2 * LINX_PIECES_MAX + 64 * 1024u)

struct linx_walker_opts {
	uint32_t snap_bytes; /* limit of the bytes captured of a buffer */
	uint32_t snap_str; /* limit of the bytes captured of a string */
	bool envp; /* capture environments */
	bool pointers; /* add the instruction pointer */
	bool compat_move_pages; /* the kernel has an entry of move_pages() for 32-bit programs: linx_args_cut() */
	uint32_t page_size; /* bytes of a page of the traced program */
};

/* A call as the engine found it. */
struct linx_walker_call {
	const struct linx_walker_row *row; /* the row to use for the call's arguments: see linx_rows_variant() */
	uint32_t tid, pid;
	uint32_t abi;
	int32_t nr; /* without the x32 bit */
	uint64_t args[LINX_NARGS];
	int64_t ret; /* the call's result, at return */
	uint64_t ip, sp;
	uint64_t time;
	uint64_t entry; /* time of entry, for LINX_RF_ENTRY_TIME; 0: not known */
	bool ran; /* entry is set so that time - entry is the task's CPU time in the call */
	bool timed; /* entry times are wanted: a record without one carries LINX_RF_NO_SLOT */
	bool discards; /* the call removed data from a socket but wrote nothing into its buffers */
	uint64_t changed; /* flags of the call that the engine hid from the kernel: LINX_FIELD_CHANGED; 0: none */
	bool entered; /* the call's entry record has the arguments */
};

struct linx_walker_fds;

/* A record being written, with its pieces. The caller owns the room, which is at least LINX_WALKER_GROUP_MAX bytes. */
struct linx_walker {
	const struct linx_walker_opts *opts;
	/* Reads n bytes of user memory. Returns how many could be read, up to the first that could not. */
	uint32_t (*read)(void *ctx, void *to, uint64_t addr, uint32_t n);
	/*
	 * Called when the record has all values of a call, except those that continue in pieces. The callback may add
	 * values. NULL: no callback.
	 */
	void (*more)(void *ctx, struct linx_walker *w, const struct linx_walker_call *c);
	struct linx_walker_fds *fds; /* descriptors of the call; NULL: not wanted */
	void *ctx;
	uint8_t *room;
	/* Private to the walker. */
	struct linx_rec *head, *rec;
	uint8_t *p, *end;
	uint32_t budget;
	bool full; /* a value did not fit: later ones are left out */
	uint64_t buffers[4]; /* bit mask, by index, of the head record's values that are buffers */
	uint32_t rest; /* bytes that the pieces of buffers may still take */
};

/* Begins a record of some kind. linx_walker_put() then appends its part of fixed size. */
void linx_walker_begin(struct linx_walker *w, unsigned int kind, uint32_t tid, uint32_t pid, uint64_t time);
/* Appends a part of fixed size, a multiple of 8 bytes. */
void linx_walker_put(struct linx_walker *w, const void *from, size_t size);
/* Appends a value, whose bytes are copied from "from". */
void linx_walker_value(struct linx_walker *w, uint8_t field, unsigned int kind, unsigned int state, const void *from,
		       size_t size);
/* Appends the address at which the program continues, if the options want it. 0: not known. */
void linx_walker_pointer(struct linx_walker *w, uint64_t pointer);
/*
 * Appends command line and environment, continued in pieces: the last values of their record. envp NULL: no
 * environment.
 */
void linx_walker_command(struct linx_walker *w, const void *argv, size_t argv_len, const void *envp, size_t envp_len);
/* Ends the record and its pieces; returns the length of all. */
size_t linx_walker_end(struct linx_walker *w);

/* Begins an ENTER or EXIT record with all its values. linx_walker_end() must follow. */
void linx_walker_enter(struct linx_walker *w, const struct linx_walker_call *c);
void linx_walker_exit(struct linx_walker *w, const struct linx_walker_call *c);

/* Cuts arguments to the width that a compat ABI takes. */
void linx_walker_cut_args(const struct linx_walker_opts *opts, uint32_t abi, uint32_t nr, uint64_t *args);
static inline bool linx_walker_failed(int64_t ret)
{
	return (uint64_t)ret >= (uint64_t)-4095;
}

#endif
