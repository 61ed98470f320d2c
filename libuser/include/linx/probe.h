/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * liblinx: probes on functions and tracepoints of the kernel. A probe is given by a text, its specification, such as
 * "kprobe:tcp_connect(sk->__sk_common.skc_dport)"; docs/probes.md describes the language. Each hit of a probe makes an
 * event of the kind LINX_EVENT_PROBE.
 */
#ifndef LINX_PROBE_H
#define LINX_PROBE_H

#include <linx/linx.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Options of linx_add_probe(); a member that is zero means its default. */
struct linx_probe_opts {
	size_t size; /* sizeof(struct linx_probe_opts) */
	uint32_t sample; /* record one of this number of hits on each CPU; default: all hits */
	bool priority; /* the events may use the reserved share of the rings, see linx_set_priority() */
};

/*
 * Add a probe, before linx_start(). Returns the probe's number, which linx_probe_hit.number of its events is. -EINVAL: the
 * specification is wrong, with its place and the reason; -ENOENT: this kernel has no such function or tracepoint;
 * -EADDRNOTAVAIL: it cannot be probed here; -ENOTUNIQ: several functions have the name, and which of them the types of
 * this kernel describe is not known; -EOPNOTSUPP: this kernel or this engine has no such probes; -EBUSY: the source
 * runs; -EACCES: the kernel is locked down; -E2BIG: too many probes; -ENOMEM. opts may be NULL.
 */
LINX_API int linx_add_probe(struct linx *l, const char *spec, const struct linx_probe_opts *opts);
/* Check the text of a specification, without looking at this machine. 0, or -EINVAL with the place and the reason. */
LINX_API int linx_probe_check(const char *spec, struct linx_error *err);

/* Function, tracepoint or LSM hook of this machine. Strings are valid during the call that gets them. */
struct linx_probe_place {
	const char *spec; /* specification without arguments, such as "kprobe:tcp_connect" */
	const char *prototype; /* "(struct sock *sk) => int"; "": its types are not known */
	unsigned int functions; /* number of functions that have this name; 1 for a tracepoint */
	const char *refusal; /* reason why it cannot be probed; NULL: no such reason is known */
};
/*
 * Find what can be probed on this machine, by a name or a pattern of fnmatch(3). A kind can stand before the name:
 * "tcp_connect", "kprobe:tcp_*", "tracepoint:sched:*", "lsm:file_*". Calls each() with ctx for each place, until it
 * returns nonzero. A name that this kernel does not have is a place with a refusal. Returns the number of places, or
 * -errno with a text: -EINVAL: a wrong kind; -ENOENT: nothing matches the pattern; -EACCES: the kernel's symbols cannot
 * be read.
 */
LINX_API int linx_find_probes(const char *pattern, int (*each)(void *ctx, const struct linx_probe_place *place), void *ctx,
			      struct linx_error *err);

/* Form in which an argument of a probe is recorded. */
enum linx_probe_form {
	LINX_AS_SIGNED, /* numbers, up to LINX_AS_BE */
	LINX_AS_UNSIGNED,
	LINX_AS_HEX, /* unsigned, written in hexadecimal */
	LINX_AS_BOOL,
	LINX_AS_BE, /* unsigned, in network byte order in the kernel */
	LINX_AS_STR, /* captured values, from here on */
	LINX_AS_BYTES,
	LINX_AS_SOCKADDR, /* struct sockaddr */
	LINX_AS_SOCK, /* struct linx_sock, followed by the own name of a UNIX socket */
	LINX_AS_PATH,
	LINX_AS_CRED, /* struct linx_cred */
};

/* Facts about the hit of a LINX_EVENT_PROBE. Strings are valid until the stream's next section, or linx_close(). */
struct linx_probe_hit {
	uint32_t number; /* number of the probe */
	/* if several functions have the name: index of the function that was hit, in order of address; else 0 */
	uint32_t site;
	uint32_t context; /* enum linx_hit_context */
	const char *kind; /* "kprobe", "kretprobe", "tracepoint", "rawtp", "lsm"; NULL: the stream does not say */
	const char *name; /* function, tracepoint or LSM hook; NULL: the stream does not say */
	const char *spec; /* specification, as it was given; NULL: the stream does not say */
	unsigned int nargs; /* number of arguments, including the return value */
};
/* Get the facts about a probe's hit. -ENODATA: the event is of another kind. */
LINX_API int linx_event_get_hit(const struct linx_event *ev, struct linx_probe_hit *hit);

/* Argument of a probe, as it was recorded in a hit. */
struct linx_probe_arg {
	const char *name; /* "ret": the return value */
	const char *type; /* type in C; "": not known */
	uint8_t form; /* enum linx_probe_form */
	uint8_t state; /* enum linx_state: LINX_WHOLE, or why the value is not whole */
	uint8_t size; /* numbers: their size in the kernel, in bytes */
	uint64_t number; /* numbers whose state is LINX_WHOLE; sign-extended if the form is LINX_AS_SIGNED */
	struct linx_value value; /* captured values; borrowed from the event */
};
/*
 * Get argument i of a probe's hit, counted from 0. -ENODATA: i is past the last argument, or the event is of another
 * kind.
 */
LINX_API int linx_event_get_hit_arg(const struct linx_event *ev, unsigned int i, struct linx_probe_arg *arg);

/* Counts of a probe's hits. After the end of a recording, selected = committed + the sum of lost. */
struct linx_probe_account {
	const char *name, *kind, *spec; /* valid until the stream's next section, or linx_close() */
	uint64_t filtered, sampled; /* hits left out by filters and by sampling, not part of selected */
	uint64_t selected, committed;
	uint64_t lost[LINX_LOST_MAX]; /* by enum linx_lost */
	uint64_t missed; /* hits that the kernel itself did not pass on, by its own count; above 0: not complete */
	bool known; /* false: the stream does not have these counts */
	bool gone; /* a module with a function or tracepoint of the probe was unloaded during the recording */
	bool at_least; /* the kernel has missed hits, perhaps more than it counts: the account is not complete */
	uint64_t delivered; /* events of the probe that were read */
};
/*
 * Get the account of the probe with this number. For a file, the account covers the part that has been read. -ENOENT:
 * the stream has no such probe; numbers are below LINX_PROBES_MAX of linux/linx.h.
 */
LINX_API int linx_get_probe_account(struct linx *l, uint32_t number, struct linx_probe_account *account);
/*
 * Get the number of the stream's first probe whose number is at least FROM. For a file, the probes are those of the part
 * that has been read. -ENOENT: there is none.
 */
LINX_API int linx_next_probe(const struct linx *l, uint32_t from);

#ifdef __cplusplus
}
#endif

#endif
