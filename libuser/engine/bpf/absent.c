// SPDX-License-Identifier: LGPL-2.1-or-later
/* Stands in for the eBPF engine in builds without a compiler for BPF programs or without libbpf: opening it fails. */
#include <errno.h>

#include "engine/bpf/info.h"
#include "engine/engine.h"

static int absent_open(const struct linx_engine_opts *opts, struct linx_engine **out, struct linx_error *err)
{
	(void)opts;
	(void)out;
	return linx_fail(err, -EOPNOTSUPP, "engine bpf: this library was built without it");
}

const struct linx_engine_type linx_engine_type_bpf = {
	.info = LINX_BPF_INFO,
	.open = absent_open,
};
