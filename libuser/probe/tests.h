/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Compiles the tests of a specification, "if port = 443 and n > 0", to a program of classic BPF that the kernel runs at
 * each hit, on struct linx_probe_data. Hits that do not pass are counted as filtered.
 */
#ifndef LINX_PROBE_TESTS_H
#define LINX_PROBE_TESTS_H

#include "probe/compile.h"

/* Compiles the tests for the arguments of plan->proto to plan->program. -EINVAL: a test is wrong, with its place. */
int linx_tests_compile(const struct linx_probe_spec *spec, struct linx_probe_plan *plan, struct linx_error *err);

#endif
