// SPDX-License-Identifier: LGPL-2.1-or-later
/* Check of the permanent recording service: see doctor/doctor.h. */
#include "base/array_size.h"
#include "doctor/doctor.h"

#define SERVICE "linxcap-record"
#define UNIT SERVICE ".service"
/* systemd starts a unit that has failed five times only after reset-failed. */
#define AGAIN "systemctl reset-failed " SERVICE "; systemctl restart " SERVICE

/*
 * Paths of the service's cgroup in the three setups that systemd supports: cgroup version 2, both versions, version
 * 1.
 */
static const char *const lists[] = {
	"sys/fs/cgroup/system.slice/" UNIT "/cgroup.procs",
	"sys/fs/cgroup/unified/system.slice/" UNIT "/cgroup.procs",
	"sys/fs/cgroup/systemd/system.slice/" UNIT "/cgroup.procs",
};

/*
 * True if the service runs. systemd removes the link invocation:UNIT when the unit is inactive. A service that waits
 * for its restart still has the link, but no process in its cgroup.
 */
static bool runs(const struct doctor *d)
{
	char text[64];

	if (!doctor_read_link(d, "run/systemd/units/invocation:" UNIT, text, sizeof(text)))
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(lists); i++)
		if (doctor_exists(d, "%s", lists[i]))
			return doctor_read(d, lists[i], text, sizeof(text)) != 0;
	return true;
}

void doctor_service(const struct doctor *d, struct finding *f)
{
	char text[256];
	bool enabled = doctor_read_link(d, "etc/systemd/system/multi-user.target.wants/" UNIT, text, sizeof(text));

	if (runs(d)) {
		doctor_found(f, DOCTOR_OK, SERVICE " runs%s", enabled ? "" : ", and is not enabled");
	} else if (!enabled) {
		doctor_found(f, DOCTOR_OK, SERVICE " is not enabled");
	} else if (!doctor_exists(d, "run/systemd/system")) {
		doctor_found(f, DOCTOR_OK, SERVICE " is enabled");
	} else if (!doctor_exists(d, "dev/linxcap")) {
		doctor_found(f, DOCTOR_WARNING, SERVICE " is enabled and does not run: there is no /dev/linxcap");
		doctor_todo(f, "see 'module' and 'device' above, then: " AGAIN);
	} else {
		doctor_found(f, DOCTOR_WARNING, SERVICE " is enabled and does not run");
		doctor_todo(f, "see why: journalctl -u " SERVICE ", then: " AGAIN);
	}
}
