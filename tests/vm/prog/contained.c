// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Runs a program as a container runtime does: in another root directory, with exactly the listed capabilities, another
 * user and group, no further groups, and no new privileges. Namespaces and mounts are the caller's.
 * usage: contained ROOT UID GID NUMBER[,NUMBER...]|- PROGRAM [ARGUMENT...]      the numbers are those of capabilities
 */
#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

static int fail(const char *what)
{
	fprintf(stderr, "contained: %s: %s\n", what, strerror(errno));
	return 125;
}

/* Returns the set that a list such as "19,38" names. */
static uint64_t parse_set(const char *list)
{
	uint64_t set = 0;
	char *end;

	while (*list >= '0' && *list <= '9') {
		set |= 1ull << strtoul(list, &end, 10);
		list = *end ? end + 1 : end;
	}
	return set;
}

/* Removes all other capabilities from the bounding set: an exec by root gives no more than that. */
static int bound(uint64_t set)
{
	for (unsigned long i = 0; prctl(PR_CAPBSET_READ, i, 0, 0, 0) >= 0; i++)
		if (!(set >> i & 1) && prctl(PR_CAPBSET_DROP, i, 0, 0, 0))
			return -1;
	return 0;
}

static int take(uint64_t set)
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2];

	for (int i = 0; i < 2; i++)
		data[i] = (struct __user_cap_data_struct){ .effective = (uint32_t)(set >> 32 * i), .permitted = (uint32_t)(set >> 32 * i) };
	return (int)syscall(SYS_capset, &head, data);
}

int main(int argc, char **argv)
{
	uint64_t set;

	if (argc < 6)
		return 125;
	set = parse_set(argv[4]);
	if (chroot(argv[1]) || chdir("/"))
		return fail(argv[1]);
	if (bound(set) || setgroups(0, NULL) || setgid((gid_t)atoi(argv[3])) || setuid((uid_t)atoi(argv[2])))
		return fail("user and group");
	if ((!atoi(argv[2]) && take(set)) || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		return fail("capabilities");
	execve(argv[5], argv + 5, (char *[]){ "PATH=/usr/bin", NULL });
	return fail(argv[5]);
}
