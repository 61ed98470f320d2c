// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The last check of the module: it records one system call of this process, as any recording does. See
 * doctor/doctor.h.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <sys/syscall.h>
#include <linx/linx.h>

#include "base/array_size.h"
#include "doctor/doctor.h"
#include "trace/missing.h"

#define TRIAL_RING (64u << 10)
#define TRIAL_MS 2000

/* Remedies for errors that the earlier checks cannot detect. */
static const struct {
	int code;
	const char *todo;
} cures[] = {
	{ -ENOENT, "see 'module' and 'device' above" },
	{ -ENXIO, "see 'module' and 'device' above" },
	{ -ENODEV, "see 'module' and 'device' above" },
	{ -EPERM, "see 'rights' and 'confinement' above" },
	{ -EACCES, "see 'rights' and 'confinement' above" },
	{ -EPROTO, "see 'module' and 'device' above; after installing: rmmod linx && modprobe linx" },
	{ -ENOMEM, "end other recordings (fuser -v /dev/linxcap shows them), or raise memory_percent of the module" },
	{ -EINVAL, "raise memory_percent or ring_max_mb of the module (/sys/module/linx/parameters)" },
	{ -EBUSY, "end other recordings (fuser -v /dev/linxcap shows them)" },
};

static void failed(struct finding *f, const char *what, int code, const char *why)
{
	doctor_found(f, DOCTOR_FAILED, "%s: %s", what, *why ? why : strerror(-code));
	doctor_todo(f, "see the findings above; dmesg | grep linx");
	for (size_t i = 0; i < ARRAY_SIZE(cures); i++)
		if (cures[i].code == code)
			doctor_todo(f, "%s", cures[i].todo);
}

/* Returns 1 if an event of our own call was read, 0 if none came, else -errno. */
static int see_own_call(struct linx *l)
{
	const struct linx_event *ev;
	int rc = 0, left = 100;

	while (left-- && (rc = linx_next(l, &ev, TRIAL_MS)) > 0)
		if (linx_event_get_kind(ev) == LINX_EVENT_SYSCALL)
			return 1;
	return rc < 0 ? rc : 0;
}

static void recorded(const struct linx *l, struct finding *f)
{
	doctor_found(f, DOCTOR_OK, "a system call was recorded");
	if (linx_get_stream_info(l)->no_paths) {
		doctor_found(f, DOCTOR_WARNING, "a system call was recorded; on a kernel with PREEMPT_RT the module records no paths, "
						"nor cgroups and containers");
		doctor_todo(f, "use --engine bpf for rules, and where paths matter");
	}
	if (!missing_uring(l))
		return;
	doctor_found(f, DOCTOR_WARNING, "a system call was recorded; of io_uring the module can record nothing on kernel %s",
		     linx_get_stream_info(l)->release);
	doctor_todo(f, "boot Linux 6.0 or newer, or keep programs from io_uring_setup(2) by seccomp");
}

int doctor_record_own_call(struct linx *l)
{
	int rc = linx_select(l, "getppid");

	if (rc >= 0)
		rc = linx_add_pid(l, getpid());
	if (rc >= 0)
		rc = linx_start(l);
	if (rc >= 0) {
		syscall(SYS_getppid);
		rc = see_own_call(l);
	}
	return rc;
}

static void record_one(struct linx *l, struct finding *f)
{
	int rc = doctor_record_own_call(l);

	if (rc < 0)
		failed(f, "cannot record", rc, linx_error_text(l));
	else if (!rc)
		failed(f, "cannot record", 0, "a system call was made, and no event came of it");
	else
		recorded(l, f);
}

void doctor_trial(const struct doctor *d, struct finding *f)
{
	struct linx_live_opts opts = {
		.size = sizeof(opts),
		.ring_size = TRIAL_RING,
		.include_self = true,
		.delay_ms = 10,
	};
	struct linx_error error = { "" };
	struct linx *l;
	int rc;

	if (d->other) {
		doctor_found(f, DOCTOR_NOTE, "not made: it is about another root");
		return;
	}
	rc = linx_open_live(&opts, &l, &error);
	if (rc < 0) {
		failed(f, "cannot open", rc, error.text);
		return;
	}
	record_one(l, f);
	linx_close(l);
}
