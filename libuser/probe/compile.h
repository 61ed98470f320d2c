/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Compiles a specification, with the types of a kernel, to a fetch list, which an engine runs, and a prototype. */
#ifndef LINX_PROBE_COMPILE_H
#define LINX_PROBE_COMPILE_H

#include <linux/filter.h>

#include "probe/proto.h"
#include "probe/spec.h"
#include "probe/tp_format.h"
#include "probe/types.h"

/* Machine to which a register %NAME belongs. */
enum linx_probe_machine { LINX_PROBE_X86_64, LINX_PROBE_ARM64 };

/* Most instructions of a program. */
#define LINX_PROBE_PROGRAM_MAX 200u

/* A test behind "if", for engines that do not run the program. */
struct linx_plan_test {
	uint64_t number;
	uint32_t scalar; /* index of the scalar, which has to be whole */
	enum linx_spec_compare op;
	bool is_signed;
	bool swap; /* the scalar has two bytes, in network order */
};

struct linx_probe_plan {
	uint32_t kind; /* enum linx_probe_kind */
	char name[LINX_PROBE_NAME_MAX + 1]; /* name for linx_probe.name */
	uint64_t offset;
	uint32_t nsteps;
	struct linx_fetch_step steps[LINX_FETCH_STEPS_MAX];
	uint32_t nprogram; /* 0: there is no program */
	struct sock_filter program[LINX_PROBE_PROGRAM_MAX]; /* which hits are recorded, by struct linx_probe_data */
	uint32_t ntests;
	struct linx_plan_test tests[LINX_SPEC_TESTS_MAX]; /* the same as the program: all must hold */
	bool one; /* the list holds for one function of the name, and the types of this kernel do not say for which */
	uint32_t tp_id; /* TRACEPOINT: number of the tracepoint */
	struct linx_proto *proto;
};

/*
 * Facts about the kernel. Without types (NULL), a function's arguments have no names, nothing has members, and a value
 * can be cast to a number only.
 */
struct linx_probe_kernel {
	enum linx_probe_machine machine;
	const struct linx_types *types;
	const struct linx_tp_format *format; /* fields of the tracepoint; NULL: the probe's kind is not "tracepoint" */
};

/*
 * Compiles spec to *plan. number: the probe's number, which its records have in linx_hit.probe. -EINVAL: spec cannot be
 * compiled; *err has the place and the reason. -ENOMEM. The caller frees plan->proto, which is NULL after an error.
 */
int linx_probe_compile(const struct linx_probe_spec *spec, const struct linx_probe_kernel *kernel, uint32_t number,
		       struct linx_probe_plan *plan, struct linx_error *err);
/*
 * Compiles for this machine and kernel, with BTF and tracefs; without them only if the specification needs none. *kept:
 * the kernel's own types, which are opened with the first probe that uses them, since this takes long; the caller closes
 * them by linx_types_close(), also after an error. NULL: they are opened for this probe alone.
 */
int linx_probe_compile_here(const struct linx_probe_spec *spec, uint32_t number, struct linx_types **kept, struct linx_probe_plan *plan,
			    struct linx_error *err);
/* Writes the prototype of a specification's function or tracepoint, "tcp_connect(struct sock *sk) => int". */
int linx_probe_prototype(const struct linx_probe_spec *spec, const struct linx_probe_kernel *kernel, struct linx_strbuf *o,
			 struct linx_error *err);

#endif
