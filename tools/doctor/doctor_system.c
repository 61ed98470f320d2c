// SPDX-License-Identifier: LGPL-2.1-or-later
/* Checks of the module's environment: device, privileges, memory, other tracers. See doctor/doctor.h. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/array_size.h"
#include "doctor/doctor.h"
#include "base/same_file.h"

#define NODE_ANEW "rm /dev/linxcap; udevadm trigger --subsystem-match=misc"

/* ---- device and privileges */

/*
 * True if the device node has another device number than the module: mknod made it, or it is left from an earlier
 * boot.
 */
static bool is_another(const struct doctor *d, const struct stat *st, char *number, size_t size)
{
	char here[32];

	snprintf(here, sizeof(here), "%u:%u", major(st->st_rdev), minor(st->st_rdev));
	return doctor_read_line(d, "sys/class/misc/linxcap/dev", number, size) && strcmp(number, here) != 0;
}

void doctor_device(const struct doctor *d, struct finding *f)
{
	char number[32];
	struct stat st;
	int rc = doctor_stat(d, "dev/linxcap", &st);

	if (rc == -ENOENT && !d->loaded) {
		doctor_found(f, DOCTOR_NOTE, "no /dev/linxcap: it comes with the module");
	} else if (rc) {
		doctor_found(f, DOCTOR_FAILED, "/dev/linxcap: %s, though the module is loaded", strerror(-rc));
		doctor_todo(f, "in a container: have the device passed in; else: udevadm trigger --subsystem-match=misc");
	} else if (!S_ISCHR(st.st_mode)) {
		doctor_found(f, DOCTOR_FAILED, "/dev/linxcap is no device");
		doctor_todo(f, NODE_ANEW);
	} else if (!d->loaded) {
		doctor_found(f, DOCTOR_NOTE, "/dev/linxcap is left over: there is no module behind it");
		doctor_todo(f, "rm /dev/linxcap, before the module is loaded");
	} else if (is_another(d, &st, number, sizeof(number))) {
		doctor_found(f, DOCTOR_FAILED, "/dev/linxcap is device %u:%u, and the module's is %s",
			     major(st.st_rdev), minor(st.st_rdev), number);
		doctor_todo(f, NODE_ANEW);
	} else if (st.st_mode & 07) {
		doctor_found(f, DOCTOR_WARNING, "/dev/linxcap has mode %04o: others than its owner may try", st.st_mode & 07777u);
		doctor_todo(f, "chmod 600 /dev/linxcap, and look for a rule in /etc/udev/rules.d");
	} else if (st.st_mode & 070) {
		doctor_found(f, DOCTOR_NOTE, "/dev/linxcap has mode %04o: group %u may open it, with CAP_PERFMON and CAP_SYS_PTRACE",
			     st.st_mode & 07777u, st.st_gid);
	} else {
		doctor_found(f, DOCTOR_OK, "/dev/linxcap, mode %04o, user %u", st.st_mode & 07777u, st.st_uid);
	}
}

#define CAP_BIT(n) (1ull << (n))
#define CAP_PTRACE CAP_BIT(19)
#define CAP_ADMIN CAP_BIT(21)
#define CAP_PERF CAP_BIT(38)

void doctor_rights(const struct doctor *d, struct finding *f)
{
	char text[64];
	unsigned long long caps, from, to, n;

	if (!doctor_read_value(d, "proc/self/status", "CapEff:", text, sizeof(text))) {
		doctor_found(f, DOCTOR_NOTE, "not known: there is no /proc");
		return;
	}
	caps = strtoull(text, NULL, 16);
	if (!(caps & (CAP_PERF | CAP_ADMIN)) || !(caps & CAP_PTRACE)) {
		doctor_found(f, DOCTOR_FAILED, "this process lacks %s",
			     !(caps & CAP_PTRACE) ? "CAP_SYS_PTRACE" : "CAP_PERFMON (or CAP_SYS_ADMIN)");
		doctor_todo(f, "run as root, or with CAP_PERFMON and CAP_SYS_PTRACE");
	} else if (doctor_read_line(d, "proc/self/uid_map", text, sizeof(text)) &&
		   sscanf(text, "%llu %llu %llu", &from, &to, &n) == 3 && (from || to || n != 4294967295ull)) {
		doctor_found(f, DOCTOR_FAILED, "this process is in a user namespace: capabilities there do not count");
		doctor_todo(f, "run outside of the container, or in one without a user namespace");
	} else {
		doctor_found(f, DOCTOR_OK, "the capabilities that recording needs");
	}
}

/*
 * True if a file system is mounted at the root directory of this process, or if mountinfo cannot be read as a whole. In
 * a chroot to a plain directory, mountinfo has no line for the root directory.
 */
static bool is_mounted(const struct doctor *d)
{
	char text[65536], where[8], *at;
	int n = doctor_read(d, "proc/self/mountinfo", text, sizeof(text));

	if (n <= 0 || n == sizeof(text) - 1)
		return true;
	for (char *l = strtok_r(text, "\n", &at); l; l = strtok_r(NULL, "\n", &at))
		if (sscanf(l, "%*s %*s %*s %*s %7s", where) == 1 && !strcmp(where, "/"))
			return true;
	return false;
}

/*
 * True if the root directory of this process is not a mount point, or differs from that of process 1. The latter is not
 * checked if process 1's root directory cannot be read.
 */
static bool in_chroot(const struct doctor *d)
{
	struct stat ours, first;

	if (!is_mounted(d))
		return true;
	return !d->other && !stat("/", &ours) && !stat("/proc/1/root/.", &first) && !same_file(&ours, &first);
}

void doctor_confinement(const struct doctor *d, struct finding *f)
{
	char container[64] = "", seccomp[16] = "", ns[64] = "";

	if (!doctor_read_line(d, "run/systemd/container", container, sizeof(container))) {
		if (doctor_exists(d, ".dockerenv"))
			snprintf(container, sizeof(container), "docker");
		else if (doctor_exists(d, "run/.containerenv"))
			snprintf(container, sizeof(container), "podman");
	}
	doctor_read_value(d, "proc/self/status", "Seccomp:", seccomp, sizeof(seccomp));
	doctor_read_link(d, "proc/self/ns/pid", ns, sizeof(ns));
	if (*container) {
		doctor_found(f, DOCTOR_NOTE, "in a container (%s): recording is of the whole machine, with its process numbers", container);
		doctor_todo(f, "pass /dev/linxcap in, and give CAP_PERFMON and CAP_SYS_PTRACE");
	} else if (seccomp[0] == '2') {
		doctor_found(f, DOCTOR_NOTE, "a seccomp filter is on this process: it may refuse calls that recording needs");
	} else if (*ns && strcmp(ns, "pid:[4026531836]") != 0) {
		doctor_found(f, DOCTOR_NOTE, "in a pid namespace: events have the numbers of the initial one");
	} else if (in_chroot(d)) {
		doctor_found(f, DOCTOR_NOTE, "in a chroot: the kernel is the machine's, the files that are looked at are not");
		doctor_todo(f, "run outside of it to see whether the machine can record");
	} else {
		doctor_found(f, DOCTOR_OK, "none seen");
	}
}

/* ---- features of the kernel and the machine */

void doctor_tracepoints(const struct doctor *d, struct finding *f)
{
	char path[128], value[8];

	snprintf(path, sizeof(path), "boot/config-%s", d->release);
	if (d->loaded || doctor_exists(d, "sys/kernel/tracing/events/raw_syscalls") ||
	    doctor_exists(d, "sys/kernel/debug/tracing/events/raw_syscalls")) {
		doctor_found(f, DOCTOR_OK, "system calls have them");
	} else if (!doctor_exists(d, "%s", path)) {
		doctor_found(f, DOCTOR_NOTE, "not known: neither tracefs nor /%s is there", path);
		doctor_todo(f, "mount -t tracefs tracefs /sys/kernel/tracing");
	} else if (!doctor_read_config(d, path, "CONFIG_TRACEPOINTS", value, sizeof(value)) || value[0] != 'y' ||
		   !doctor_read_config(d, path, "CONFIG_HAVE_SYSCALL_TRACEPOINTS", value, sizeof(value)) || value[0] != 'y') {
		doctor_found(f, DOCTOR_FAILED, "this kernel has none on system calls (/%s)", path);
		doctor_todo(f, "boot a kernel with CONFIG_TRACEPOINTS and CONFIG_HAVE_SYSCALL_TRACEPOINTS");
	} else {
		doctor_found(f, DOCTOR_OK, "the kernel is configured with them");
	}
}

/* Returns the number of CPUs in a list such as "0-3,8". */
static unsigned int count_cpus(const char *list)
{
	unsigned int n = 0, from, to;
	int used;

	while (sscanf(list, "%u%n", &from, &used) == 1) {
		list += used;
		to = from;
		if (*list == '-' && sscanf(list, "-%u%n", &to, &used) == 1)
			list += used;
		n += to >= from ? to - from + 1 : 0;
		if (*list++ != ',')
			break;
	}
	return n;
}

/* default of linx_live_opts.ring_size, in MiB */
#define RING_MB 8

void doctor_memory(const struct doctor *d, struct finding *f)
{
	char text[256];
	unsigned long long total, available, need, grant;
	unsigned int percent = 25;

	if (!doctor_read_value(d, "proc/meminfo", "MemTotal:", text, sizeof(text))) {
		doctor_found(f, DOCTOR_NOTE, "not known: there is no /proc");
		return;
	}
	total = strtoull(text, NULL, 10) / 1024;
	available = total;
	if (doctor_read_value(d, "proc/meminfo", "MemAvailable:", text, sizeof(text)))
		available = strtoull(text, NULL, 10) / 1024;
	if (doctor_read_line(d, "sys/module/linx/parameters/memory_percent", text, sizeof(text)))
		percent = (unsigned int)strtoul(text, NULL, 10);
	need = doctor_read_line(d, "sys/devices/system/cpu/online", text, sizeof(text)) ? count_cpus(text) * RING_MB : RING_MB;
	grant = total * percent / 100;
	if (need > grant || need > available) {
		doctor_found(f, DOCTOR_WARNING, "rings of %d MB for each CPU are %llu MB; the module grants %llu, %llu are free: they will be smaller",
			     RING_MB, need, grant, available);
		doctor_todo(f, "choose a size with --buffer, or raise memory_percent of the module");
	} else {
		doctor_found(f, DOCTOR_OK, "rings of %llu MB in all; the module grants %llu, %llu are free", need, grant, available);
	}
}

/* Clock sources that are read without a call of the kernel or hypervisor. */
static const char *const fast_clocks[] = { "tsc", "kvm-clock", "hyperv_clocksource_tsc_page", "arch_sys_counter" };

void doctor_clock(const struct doctor *d, struct finding *f)
{
	char name[64];

	if (!doctor_read_line(d, "sys/devices/system/clocksource/clocksource0/current_clocksource", name, sizeof(name))) {
		doctor_found(f, DOCTOR_NOTE, "not known: there is no /sys");
		return;
	}
	for (size_t i = 0; i < ARRAY_SIZE(fast_clocks); i++) {
		if (!strcmp(name, fast_clocks[i])) {
			doctor_found(f, DOCTOR_OK, "%s", name);
			return;
		}
	}
	doctor_found(f, DOCTOR_WARNING, "%s is slow to read: each event costs more", name);
	doctor_todo(f, "see why the kernel does not use the tsc: dmesg | grep -i -e tsc -e clocksource");
}

void doctor_cgroup(const struct doctor *d, struct finding *f)
{
	if (doctor_exists(d, "sys/fs/cgroup/cgroup.controllers"))
		doctor_found(f, DOCTOR_OK, "version 2");
	else if (doctor_exists(d, "sys/fs/cgroup/unified/cgroup.controllers"))
		doctor_found(f, DOCTOR_NOTE, "versions 1 and 2 together: memory of rings is charged by version 1");
	else if (doctor_exists(d, "sys/fs/cgroup/memory"))
		doctor_found(f, DOCTOR_NOTE, "version 1");
	else
		doctor_found(f, DOCTOR_NOTE, "none mounted");
}

/* ---- other programs that trace system calls */

static const struct {
	const char *path, *name;
} tracers[] = {
	{ "sys/module/falco", "Falco's module" },
	{ "sys/module/scap", "sysdig's module" },
	{ "sys/module/sysdig_probe", "sysdig's module" },
	{ "sys/module/lttng_tracer", "LTTng" },
	{ "run/falco.pid", "Falco" },
};

void doctor_tracers(const struct doctor *d, struct finding *f)
{
	char on[8];

	for (size_t i = 0; i < ARRAY_SIZE(tracers); i++) {
		if (doctor_exists(d, "%s", tracers[i].path)) {
			doctor_found(f, DOCTOR_NOTE, "%s is there as well: each system call pays for both", tracers[i].name);
			return;
		}
	}
	if (doctor_read_line(d, "sys/kernel/tracing/events/raw_syscalls/enable", on, sizeof(on)) && on[0] != '0')
		doctor_found(f, DOCTOR_NOTE, "ftrace records system calls as well (/sys/kernel/tracing/events/raw_syscalls)");
	else
		doctor_found(f, DOCTOR_OK, "no other is seen");
}

/*
 * Reports whether rules may refuse operations. The module replaces a function of the kernel to refuse what it does. A
 * livepatch of the same function fails meanwhile.
 */
void doctor_enforce(const struct doctor *d, struct finding *f)
{
	char on[8];

	if (!doctor_read_line(d, "sys/module/linx/parameters/enforce", on, sizeof(on)))
		doctor_found(f, DOCTOR_NOTE, "not known: the module is not loaded");
	else if (on[0] == 'Y' || on[0] == '1')
		doctor_found(f, DOCTOR_OK, "on: while rules refuse, a livepatch of a function that they judge fails");
	else
		doctor_found(f, DOCTOR_OK, "off: no rule refuses anything");
}
