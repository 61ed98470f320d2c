/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Maps, and the state of the program that runs on a CPU. The loader sets sizes that depend on the machine or on
 * options. State that lasts while a record is written is kept in a map, not on the stack: the verifier does not track
 * values in maps, and so does not check the same code again for each possible value.
 */
#ifndef LINX_BPF_MAPS_H
#define LINX_BPF_MAPS_H

#include "base/compat.h"
#include "engine/bpf/shared.h"
#include "engine/walk/rows.h"
#include "shared/limits.h"

enum { MAP_HASH = 1, MAP_ARRAY = 2, MAP_ARRAY_OF_MAPS = 12, MAP_RINGBUF = 27 };
enum { MAP_MMAPABLE = 1 << 10, BPF_NOEXIST = 1, BPF_RB_FORCE_WAKEUP = 2 };

#define MAP_OF(name_, type_, n_, flags_, key_, value_) \
	struct {                                       \
		__uint(type, type_);                   \
		__uint(max_entries, n_);               \
		__uint(map_flags, flags_);             \
		__type(key, key_);                     \
		__type(value, value_);                 \
	} name_ SEC(".maps")

/* A structure whose pointer members are being followed: see libuser/engine/walk/follow.c. */
struct frame {
	__u32 shape;
	__u32 next, end; /* indices in the map follows: next member to look at, and end of the structure's members */
	__u32 size; /* bytes of one structure of the array */
	__u32 left; /* structures of the array still to follow, including this one */
	__u32 pad;
	__u64 data; /* offset in the ring of the current structure, or IN_ARGS */
	__u64 filled;
};

/* A value that continues in further records (pieces): see libuser/engine/walk/long.c. */
struct long_value {
	__u64 addr, left, str;
	__u64 val; /* offset of the value's head in the ring; 0: no head was written */
	__u64 total;
	__u32 arg, kind, width, keep;
	__u32 count, stored, state, done;
	__u32 full, pad;
};

#define PATH_SIZE 4096u
#define PATH_ROOM 512u

/* The file that a value describes: see file.h. */
struct found {
	__u64 slot; /* address of the file's entry in a descriptor table; 0: the file was found in another way */
	__u64 file, dentry, mnt, inode, ino;
	__u64 magic; /* magic number of the file system that has the file */
	__u32 mode, dev, rdev, cloexec;
};

/* A descriptor that the record describes: see fd_rules.h. */
struct fd_request {
	__s32 fd;
	__u32 pid; /* process that owns the descriptor; 0: the caller */
	__u32 field;
};

/* Changes that a call made to the task's descriptor table: see fd_table.h. */
#define FILES_FDS 4u
struct files_work {
	__u64 spent; /* work for this call so far, limited by LINX_FILES_SPENT_MAX */
	__u64 rec; /* offset in the ring of the record's struct linx_files_change */
	/*
	 * User addresses of the next descriptor number, control message and struct msghdr. control_left: bytes of
	 * control messages left.
	 */
	__u64 ints_at, control_at, control_left, msg_at;
	__u32 ints_left, messages, ncontrol, rights, asked;
	__u32 narrow; /* a long of the calling program has 32 bits */
	__u32 uncertain;
	__s32 socket; /* socket whose messages may have brought more descriptors; -1: no socket */
	__s32 fds[FILES_FDS];
	__u32 nfds, next_fd;
	/*
	 * range: RANGE_*, state of a range of descriptors that the call changed; unshared: 1 if the call may have
	 * given the task another table.
	 */
	__u32 range, unshared;
	__u64 word; /* bits of open descriptors still to be recorded; bit 0 is descriptor word_at */
	__u32 word_at, bits_at, bits_end;
	__u32 bits; /* the search for open descriptors has not ended */
	__u32 nrecorded, in_record;
	__u32 more, cut; /* more: some open descriptors were not recorded; cut: some numbers were not looked at */
	/*
	 * whole: WHOLE_*, state of recording the whole table; if_many: THEN_*, what to record if it is too large;
	 * then: THEN_*, what to record next.
	 */
	__u32 whole, if_many, then;
	__u32 judged; /* judge() has run: no more of the descriptors that the call itself names are recorded */
	__u32 pad;
};

/* Bytes that a call moves through a socket, and the HTTP header to which they may belong: see http.h. */
struct http_work {
	__u64 left; /* bytes that the call moved, minus those in the buffers looked at so far; all ones: not known */
	__u64 old; /* content of the socket's entry in the map http_sets when it was looked up; 0: it was free */
	/*
	 * The newest value: offset of its bytes in the ring, their number, and how many bytes of its memory the call
	 * moved.
	 */
	__u64 data, n, moved;
	/*
	 * Offsets from data. at: end of the scanned bytes. begin: begin of the current header. over: end of the last
	 * header; 0: that header is unfinished.
	 */
	__u64 at, begin, over;
	__u64 length_at; /* offset from data of the number after "Content-Length:"; 0: no such line so far */
	__u32 on; /* the call's buffers may hold a header */
	__u32 nameless; /* the socket is an index in the io_uring's file table, and its inode cannot be found */
	__u32 state, kept, ends;
	__u32 ino, place, out, had, looked_up;
	__u32 number, digits; /* number: the body length as read so far; digits: 1 if a digit was read */
	/*
	 * look_at, look_n: offset in the ring and number of the bytes whose first line is scanned; look: the scanner's
	 * state (shared/http_begin.h).
	 */
	__u64 look_at;
	__u32 look_n, look;
	__s32 fd;
	__u32 pad;
};

/* An operation of io_uring as it was submitted. */
struct uring_op {
	__u64 ctx, req; /* kernel addresses: compared, never followed */
	__u64 time, user_data;
	__u64 args[LINX_NARGS];
	__u64 files; /* descriptor table of the submitter: compared, never followed */
	__u32 kept; /* amount that the operation has added to its counter in uring_kept */
	__u32 generation;
	__u32 key, tid, pid;
	__s32 nr;
	__u8 opcode, flags, nargs;
	/* the operation is not recorded; its slot keeps its results from being taken for another operation's */
	__u8 silent;
	__u8 repeats; /* the operation may have several results */
	__u8 flat; /* memory that structures point to is not read */
	__u8 registered; /* buffers are registered pages: the memory at their address is not read */
	__u8 rule; /* number of its row in tables/uring.def */
	__u8 file_arg; /* the argument that names its file */
	__u8 fixed; /* file_arg is an index in the io_uring's own file table, not a descriptor */
	__u8 made; /* the result can be a descriptor */
};

/*
 * A slot for an operation of io_uring that is under way. Only the program that set state to URING_BUSY writes to the
 * slot. While state is URING_USED, the other members are constant.
 */
struct uring_slot {
	__u32 state, reserved;
	struct uring_op op;
};

/*
 * The last submission of an io_uring, in an element chosen by a hash. It is written under the lock of that io_uring.
 * Those io_urings whose hash is the same overwrite each other's submissions.
 */
struct uring_last {
	__u64 ctx, req;
	__u32 head, reserved;
};

/* The submission or result that the program handles: see uring.h. */
struct uring_work {
	struct uring_op op; /* the operation that was submitted, or whose result came */
	struct linx_uring value;
	__u64 file; /* the file that the request of a result holds; 0: no file, or not known */
	/* identity of the submission or result; req is 0 if the kernel did not pass the request */
	__u64 ctx, req, user_data;
	/*
	 * head of the submission queue after the entry was taken; it is the same if the kernel reports a submission
	 * twice
	 */
	__u32 head;
	__u32 multi; /* the kernel's flags of the request say that it may have several results */
	__u32 compat; /* the operation was submitted by a 32-bit program */
	__u32 refused; /* the kernel could not prepare the operation */
	__u32 linked; /* the operation is part of a chain: it runs after the operations before it */
	__u32 opcode, flags;
	__u32 rule; /* number of the operation's row in tables/uring.def */
	__u32 cqe_flags, overflown;
	__u32 silent, unsure;
	/* found: index, plus 1, of the slot that a search found; 0: none. several: more slots matched */
	__u32 found, several;
};

/* A hit of a probe that is being handled: see probe/hit.h. */
struct hit_work {
	__u64 args[16]; /* arguments; a tracepoint has 12 at most */
	__u64 ret, entry; /* kind RETURN: result, and time at which the function began */
	__u64 regs; /* address of struct pt_regs; 0: not known */
	__u64 record; /* address of a tracepoint's record; 0: there is none */
	__u64 states;
	__u64 scalars[LINX_PROBE_ARGS_MAX];
	__u64 fetched[2]; /* struct linx_fetch, the state of the interpreter */
	__u32 nscalars, level; /* level: enum linx_hit_context */
	__u32 walk_state, chunk;
};

struct work {
	__u64 slot; /* opaque() passes a number through this word, to hide the number's bounds from the verifier */
#ifdef LINX_REDUCED
	__u64 task; /* copies of task and row of struct cpu, from which cpu_resume() in loop.h restores them */
	__u32 row, row_pad;
#endif
	__u64 args[LINX_NARGS];
	__s64 ret;
	__u64 time, ip, sp;
	/*
	 * Time when the call began; with LINX_BPF_CPU_TIMES the time of its return minus its CPU time. 0: not known.
	 */
	__u64 begin;
	__u64 start; /* not used */
	__u64 done; /* bytes completed so far: a gap record, the record itself (head record), its pieces */
	__u64 room; /* bytes in the ring that the record and its pieces may take */
	__u64 rec; /* offset in the ring of the record being written */
	/* The head record: its offset in the ring, and its length, 0 until it is complete. */
	__u64 head;
	__u64 head_len;
	__u64 at, end; /* offsets in the ring of the next value, and of the end of the room for values */
	__u64 budget;
	/*
	 * User memory that is read page by page: offset in the ring where its bytes go, address of the next bytes,
	 * number of bytes still to be read, number of bytes read so far. rest_length() measures a string with the last
	 * three.
	 */
	__u64 pages_at, pages_addr, pages_left, pages_got;
	__s32 number; /* the call's number as the kernel passed it */
	__u32 key, want, every, scalars;
	__s32 nr; /* the call's number as it is written to the record's head, where large numbers do not fit */
	__u32 abi, kind, flags, nargs, nvals, full, squeezed;
	__u32 tid, pid;
	__u32 arg, dirs, depth, mask;
	__u32 nlongs, gap;
	__u32 values_left, single, args_seen;
	__u32 side; /* number of the side ring to which the record goes; 0: it goes to the CPU's ring */
	__u64 value_at;
	struct frame frames[LINX_FRAMES_MAX];
	struct long_value longs[2];
	/*
	 * The value that is being written and that PIECE records may continue: offset in the ring of its next bytes,
	 * number of bytes that fit there, number of bytes written so far.
	 */
	__u64 fill_to, fill_cap, fill_n;
	__u64 walk_dentry, walk_mnt, root_dentry, root_mnt, path_at, walk_ok, unlinked;
	__u64 values_at; /* offset in the ring where the values of this call's arguments begin */
	__u32 fd_left; /* bytes of descriptors that the record may still take */
	__u32 fd_kept; /* bytes of fd_left reserved for the heads of later descriptors */
	__u32 unfilled; /* the call left its buffers unchanged, although its result can be a length */
	__u64 drop_at, drop_to, dropped; /* offsets of old records that the flight recorder drops; their number */
	struct found found;
	struct linx_sock sock;
	struct linx_who who;
	__u32 nrequests, values_before; /* elements of requests; number of the record's values before values_at */
	__u32 seek_arg, scan_args, scan_pid, recorded_before, foreign;
	__s32 scan_fd;
	__u64 seek_at, seek_found, scan_at, scan_end, scan_step;
	__u64 bits_at, bits_end, bits_word, cmsg_at, cmsg_end;
	struct fd_request requests[LINX_FDS_MAX];
	struct files_work files;
	struct http_work http;
	struct uring_work uring;
	struct hit_work hit;
	__u32 http_call; /* LINX_HTTP_*: how the call moves bytes through a socket; 0: it does not */
	__u32 pad2;
	char name[256];
	char path[PATH_SIZE + PATH_ROOM];
	char scratch[PATH_SIZE];
};

struct shape {
	__u16 size[4];
	__u32 first, count;
};

/* Elements of the map seen, each for 64 tids; tids are below 2^22 (linux/threads.h). */
#define SEEN_WORDS 65536
/*
 * One bit for each tid; a byte before Linux 5.17. now: the stream has a context record of the task that is up to date;
 * ever: the stream has or had a context record of the task.
 */
struct seen {
#ifdef LINX_REDUCED
	__u8 now[64], ever[64];
#else
	__u64 now, ever;
#endif
};

/* State of a CPU, except its ring and its counters of each call. It fills whole pages, and one lookup finds it. */
struct place {
	struct linx_bpf_cpu c __attribute__((aligned(LINX_BPF_PAGE)));
	struct linx_bpf_reader reader __attribute__((aligned(LINX_BPF_PAGE)));
	struct work w __attribute__((aligned(LINX_BPF_PAGE)));
};
_Static_assert(sizeof(struct place) == LINX_BPF_PLACE, "the library knows where each CPU's begins");

MAP_OF(cpus, MAP_ARRAY, 1, MAP_MMAPABLE, __u32, struct place);
MAP_OF(counts, MAP_ARRAY, 1, MAP_MMAPABLE, __u32, struct linx_bpf_count);
MAP_OF(calls, MAP_ARRAY, 1, 0, __u32, struct linx_bpf_call);
MAP_OF(selectors, MAP_ARRAY, 1, 0, __u32, struct linx_bpf_selector);
MAP_OF(variants, MAP_HASH, 1, 0, struct linx_bpf_choice, __u32);
MAP_OF(shapes, MAP_ARRAY, 1, 0, __u32, struct shape);
MAP_OF(follows, MAP_ARRAY, 1, 0, __u32, struct linx_follow);
MAP_OF(seen, MAP_ARRAY, SEEN_WORDS, MAP_MMAPABLE, __u32, struct seen);
/* One bit per process: a context record of one of its tasks has been written. */
MAP_OF(processes, MAP_ARRAY, 1, 0, __u32, __u64);
/*
 * Numbers of listed processes or, with LINX_FILTER_THREADS, of listed threads. LISTED_AGAIN: a listed thread has given
 * up this tid in an exec, and a new task that is listed, too, has got it. LISTED_HANDED_OVER: the tid of a process's
 * leader, which a listed thread gets at the end of its exec.
 */
enum { LISTED = 1, LISTED_AGAIN, LISTED_HANDED_OVER };
MAP_OF(listed, MAP_HASH, 65536, 0, __u32, __u32);
/*
 * Programs, maps and links of this recording. A process that opens one of them by its number interferes
 * (call/tamper.h).
 */
MAP_OF(objects, MAP_HASH, 1, 0, struct linx_bpf_object, __u32);

/* A BPF ring buffer whose only use is to wake the reader; the content of its records has no meaning. */
struct {
	__uint(type, MAP_RINGBUF);
	__uint(max_entries, 4096);
} wake SEC(".maps");

/* A map that holds the maps of rings, one for each ring. The library sets the real number of elements. */
struct {
	__uint(type, MAP_ARRAY_OF_MAPS);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} rings SEC(".maps");

/* Settings that the library writes while the programs run, and numbers that the programs count. */
struct linx_bpf_control control SEC(".data.control");

const volatile struct linx_bpf_config config SEC(".rodata.config") = { 0 };

/* Pointers to the state of the current CPU. */
struct cpu {
	struct linx_bpf_cpu *c;
#ifndef LINX_REDUCED
	struct linx_positions *pos; /* see positions() */
#endif
	struct work *w;
	__u8 *ring; /* NULL: this CPU has no ring */
	const struct linx_walker_row *row;
	struct task_struct *task;
	__u32 number;
	__u32 http; /* a constant in each program; 1: the program can keep HTTP headers, if the session asks for that */
};

/*
 * Returns the positions (head and tail) of the ring that is being written; in the flight recorder this ring is one of
 * two halves. Before Linux 5.17 the positions are looked up each time, since the stack has no room for a pointer to
 * them.
 */
#ifdef LINX_REDUCED
#define note_positions(x, half) ((void)0)
#define positions(x) (&(x)->c->prod.half[IS_RECORDER ? (x)->c->flips & 1 : 0])
#else
#define note_positions(x, n) ((void)((x)->pos = &(x)->c->prod.half[n]))
#define positions(x) ((x)->pos)
#endif

/* Returns the page that the reader writes for this CPU. It lies in the same map value as the page of the programs. */
static __always_inline struct linx_bpf_reader *reader_of(const struct cpu *x)
{
	return &((struct place *)x->c)->reader;
}

/*
 * Makes the compiler use a number in the register in which the number was compared, since the verifier knows the bounds
 * of that register only.
 */
#define pin(n) asm volatile("" : "+r"(n))

/*
 * Hides the bounds of a number from the verifier. Paths that differ only in these bounds become equal, and the verifier
 * checks the code that follows only once.
 */
#define opaque(x, n)                                 \
	({                                           \
		volatile __u64 *slot_ = &(x)->w->slot; \
		*slot_ = (n);                        \
		*slot_;                              \
	})

/*
 * Returns the address of the offset "where" in the ring, or NULL if fewer than "need" bytes follow there. The second
 * pin() keeps the compiler from adding "where" before it compares, since the verifier refuses such code.
 */
#define ring_at(x, where, need)                                                 \
	({                                                                      \
		__u64 at_ = (where);                                            \
		__u8 *p_ = 0;                                                   \
		pin(at_);                                                       \
		if (at_ <= config.ring_size + LINX_BPF_SLACK - (__u64)(need)) { \
			pin(at_);                                               \
			p_ = (x)->ring + at_;                                   \
		}                                                               \
		p_;                                                             \
	})

#ifndef LINX_REDUCED
/* For each site: records of hits that were in a side ring, and for which the ring had no room then. */
MAP_OF(moved_lost, MAP_ARRAY, 1, MAP_MMAPABLE, __u32, __u64);
#endif

#define COUNTS_ALONE (config.flags & LINX_BPF_COUNT)
#define IS_RECORDER (config.flags & LINX_BPF_RECORDER)

/*
 * Returns a ring's index in the map of rings. The order is: a ring per CPU, the ring of snapshots, then each CPU's
 * second ring in the flight recorder.
 */
static __always_inline __u32 ring_number(const struct linx_bpf_cpu *c, __u32 cpu)
{
	return cpu + (IS_RECORDER && c->flips & 1 ? config.cpus + 1 : 0);
}

#ifdef LINX_REDUCED
#define KEEPS_HTTP 0
#define RECORDS_FILES 0
#else
#define KEEPS_HTTP (config.flags & LINX_BPF_HTTP)
#define RECORDS_FILES (config.flags & LINX_BPF_FILES)
#endif

/*
 * Returns the time for a record: the current time. In sessions that record descriptor tables, the result is never
 * before the time of the ring's last record, since a record about a table may have a time later than the clock.
 */
static __always_inline __u64 time_now(const struct linx_bpf_cpu *c)
{
	__u64 now = bpf_ktime_get_ns();

	return RECORDS_FILES && now < c->prod.last_time ? c->prod.last_time : now;
}

static __always_inline __u64 min_u64(__u64 a, __u64 b)
{
	return a < b ? a : b;
}

static __always_inline __u64 align8(__u64 n)
{
	return (n + 7) & ~7ull;
}

static __always_inline __u64 count_bits(__u64 n)
{
	n -= n >> 1 & 0x5555555555555555ull;
	n = (n & 0x3333333333333333ull) + (n >> 2 & 0x3333333333333333ull);
	n = (n + (n >> 4)) & 0x0f0f0f0f0f0f0f0full;
	return (n * 0x0101010101010101ull) >> 56;
}

static __always_inline bool failed(__s64 ret)
{
	return (__u64)ret >= (__u64)-4095;
}

#endif
