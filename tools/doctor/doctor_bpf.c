// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The check of the eBPF engine: opens it and records one system call of this process, with its entry, so that the kernel
 * has to take the programs at entries, too. See doctor/doctor.h.
 */
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <linx/linx.h>

#include "doctor/doctor.h"
#include "trace/missing.h"

#define TRIAL_RING (128u << 10)

static void report_recorded(const struct linx *l, struct finding *f)
{
	if (linx_get_stream_info(l)->reduced)
		doctor_found(f, DOCTOR_OK,
			     "calls can be recorded without the module (--engine bpf), on kernel %s without what is beyond "
			     "256 strings, members of structures or names of a path, without changes of descriptors (--fds), "
			     "operations of io_uring, and processes that were there before (docs/engines.md)",
			     linx_get_stream_info(l)->release);
	else if (missing_uring(l))
		doctor_found(f, DOCTOR_OK,
			     "calls can be recorded without the module (--engine bpf), on kernel %s without operations of io_uring",
			     linx_get_stream_info(l)->release);
	else
		doctor_found(f, DOCTOR_OK, "calls can be recorded without the module (--engine bpf)");
}

void doctor_bpf(const struct doctor *d, struct finding *f)
{
	struct linx_live_opts live = { .size = sizeof(live), .ring_size = TRIAL_RING, .include_self = true, .delay_ms = 10 };
	struct linx_engine_opts opts = { .size = sizeof(opts), .live = &live, .fd = -1 };
	struct linx_error error = { "" };
	struct linx *l;
	int rc;

	if (d->other) {
		doctor_found(f, DOCTOR_NOTE, "not tried: it is about another root");
		return;
	}
	if (linx_open_engine("bpf", &opts, &l, &error) < 0) {
		doctor_found(f, DOCTOR_NOTE, "%s", error.text);
		return;
	}
	rc = linx_select_entries(l, true);
	if (rc >= 0)
		rc = doctor_record_own_call(l);
	if (rc > 0)
		report_recorded(l, f);
	else
		doctor_found(f, DOCTOR_NOTE, "a call of our own could not be recorded: %s",
			     rc < 0 ? linx_error_text(l) : "no event came of it");
	linx_close(l);
}
