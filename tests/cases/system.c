// SPDX-License-Identifier: LGPL-2.1-or-later
// not arm64: arm64 lacks some of the calls of this case
// root only: some calls of this case need the privileges of root
/* linx-options: -e trace=/^landlock_,capget,capset,sysinfo,uname,getrusage,/^getgroups,/^setgroups,/^ioprio_,getdents,getdents64 */
#include "case.h"
#include <linux/capability.h>
#include <sys/utsname.h>

static void landlock(void)
{
	uint64_t attr[] = { 1 }, beneath[2] = { 0 };

	gave(syscall(SYS_landlock_create_ruleset, NULL, 0, 1), "landlock_create_ruleset(NULL, 0, LANDLOCK_CREATE_RULESET_VERSION)");
	gave(syscall(SYS_landlock_create_ruleset, attr, 7, 0), "landlock_create_ruleset(%p, 7, 0)", attr);
	gave(syscall(SYS_landlock_add_rule, -1, 99, beneath, 0), "landlock_add_rule(-1, 0x63 /* LANDLOCK_RULE_??? */, %p, 0)", beneath);
	gave(syscall(SYS_landlock_restrict_self, -1, 0), "landlock_restrict_self(-1, 0)");
}

static void capabilities(void)
{
	struct __user_cap_header_struct h = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct d[2];

	gave(syscall(SYS_capget, &h, NULL), "capget({version=_LINUX_CAPABILITY_VERSION_3, pid=0}, NULL)");
	memset(d, 0, sizeof(d));
	d[0].effective = d[0].permitted = 1 << CAP_CHOWN | 1 << CAP_KILL;
	gave(syscall(SYS_capset, &h, d), "capset({version=_LINUX_CAPABILITY_VERSION_3, pid=0}, {effective=1<<CAP_CHOWN|1<<CAP_KILL, permitted=1<<CAP_CHOWN|1<<CAP_KILL, inheritable=0})");
	gave(syscall(SYS_capget, &h, d), "capget({version=_LINUX_CAPABILITY_VERSION_3, pid=0}, {effective=1<<CAP_CHOWN|1<<CAP_KILL, permitted=1<<CAP_CHOWN|1<<CAP_KILL, inheritable=0})");
}

static void groups(void)
{
	gid_t g[] = { 1, 65536 };

	gave(syscall(NR(setgroups, setgroups32), 2, g), NAME("setgroups", "setgroups32") "(2, [1, 65536])");
	gave(syscall(NR(getgroups, getgroups32), 2, g), NAME("getgroups", "getgroups32") "(2, [1, 65536])");
	gave(syscall(NR(getgroups, getgroups32), 1, g), NAME("getgroups", "getgroups32") "(1, %p)", g);
}

static void system_wide(void)
{
	struct utsname u;
	int fd = need(open(".", O_RDONLY));
	char buf[512];

	run(syscall(SYS_uname, &u));
	shows("uname({sysname=\"Linux\", nodename=\"%s\", ...})", u.nodename);
	gave(syscall(SYS_uname, NULL), "uname(NULL)");
	gave(syscall(SYS_sysinfo, NULL), "sysinfo(NULL)");
	gave(syscall(SYS_ioprio_set, 1, 0, 2 << 13 | 4), "ioprio_set(IOPRIO_WHO_PROCESS, 0, IOPRIO_PRIO_VALUE(IOPRIO_CLASS_BE, 4))");
	gave_as("16388 (IOPRIO_PRIO_VALUE(IOPRIO_CLASS_BE, 4))", "ioprio_get(IOPRIO_WHO_PROCESS, 0)");
	need(syscall(SYS_ioprio_get, 1, 0));
	run(syscall(SYS_getdents64, fd, buf, sizeof(buf)));
	shows("getdents64(%d, %p /* 3 entries */, %zu)", fd, buf, sizeof(buf));
	gave(syscall(SYS_getdents64, fd, buf, sizeof(buf)), "getdents64(%d, %p /* 0 entries */, %zu)", fd, buf, sizeof(buf));
	gave(syscall(SYS_getdents, -1, buf, 7), "getdents(-1, %p, 7)", buf);
}

/*
 * Reads a directory whose entries exceed the size of a record, so that some of them are recorded in PIECE records
 * (which continue a record).
 */
static void large_directory(void)
{
	char name[] = "large/a-file-with-a-name-of-some-length-000";
	static char buf[65536];
	int fd;

	need(mkdir("large", 0700));
	for (int i = 0; i < 300; i++) {
		snprintf(name + sizeof(name) - 4, 4, "%03d", i);
		need(mknod(name, S_IFREG | 0600, 0));
	}
	fd = need(open("large", O_RDONLY | O_DIRECTORY));
	run(syscall(SYS_getdents64, fd, buf, sizeof(buf)));
	shows("getdents64(%d, %p /* 302 entries */, %zu)", fd, buf, sizeof(buf));
	need(lseek(fd, 0, SEEK_SET));
	run(syscall(SYS_getdents, fd, buf, sizeof(buf)));
	shows("getdents(%d, %p /* 302 entries */, %zu)", fd, buf, sizeof(buf));
}

int main(void)
{
	landlock();
	groups();
	system_wide();
	capabilities();
	large_directory();
	return 0;
}
