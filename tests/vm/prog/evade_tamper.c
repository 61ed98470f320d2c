// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Interferes with a recording in the ways that linx notices. usage: evade_tamper [nobody] unload NAME | attach PID |
 * seize PID | write PID | nothing PID | take PID | prog NAME | map NAME | link any | own map. "nothing" writes no bytes, and
 * "take" copies a descriptor of the process. "prog" and "map" open the first eBPF program or map whose name begins with
 * NAME, by its number, "link" the first link, and "own" a map of this program. "nobody" gives up all rights first. Exit
 * status 0: the kernel did what was asked.
 */
#include <fcntl.h>
#include <linux/bpf.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

/* Reads the first byte of the stack of process pid, and writes it back unchanged. */
static int write_to(pid_t pid)
{
	char path[64], line[256], byte;
	unsigned long start = 0;
	struct iovec own = { &byte, 1 }, other;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/maps", pid);
	f = fopen(path, "re");
	while (f && fgets(line, sizeof(line), f))
		if (strstr(line, "[stack]"))
			sscanf(line, "%lx", &start);
	if (f)
		fclose(f);
	other = (struct iovec){ (void *)start, 1 };
	if (process_vm_readv(pid, &own, 1, &other, 1, 0) != 1)
		return -1;
	return process_vm_writev(pid, &own, 1, &other, 1, 0) == 1 ? 0 : -1;
}

/* Writes no bytes. The kernel checks no rights for that. */
static int write_nothing_to(pid_t pid)
{
	struct iovec none = { .iov_len = 0 };

	return process_vm_writev(pid, &none, 1, NULL, 0, 0) ? -1 : 0;
}

static int attach(pid_t pid)
{
	if (ptrace(PTRACE_ATTACH, pid, NULL, NULL))
		return -1;
	waitpid(pid, NULL, __WALL);
	return (int)ptrace(PTRACE_DETACH, pid, NULL, NULL);
}

static int take_from(pid_t pid)
{
	int pidfd = (int)syscall(SYS_pidfd_open, pid, 0);

	return pidfd < 0 || syscall(SYS_pidfd_getfd, pidfd, 0, 0) < 0 ? -1 : 0;
}

/* ---- eBPF objects */

static const struct kind {
	const char *word;
	int next, open;
} kinds[] = {
	{ "prog", BPF_PROG_GET_NEXT_ID, BPF_PROG_GET_FD_BY_ID },
	{ "map", BPF_MAP_GET_NEXT_ID, BPF_MAP_GET_FD_BY_ID },
	{ "link", BPF_LINK_GET_NEXT_ID, BPF_LINK_GET_FD_BY_ID },
};

static int call(int cmd, union bpf_attr *attr)
{
	return (int)syscall(SYS_bpf, cmd, attr, sizeof(*attr));
}

static int open_object(int cmd, uint32_t id)
{
	union bpf_attr attr = { .prog_id = id };

	return call(cmd, &attr);
}

/* Returns true if the name of an object begins with a text. Links have no names; therefore each link matches. */
static bool is_named(const struct kind *k, int fd, const char *text)
{
	union {
		struct bpf_prog_info prog;
		struct bpf_map_info map;
	} info;
	union bpf_attr ask = { .info = { .bpf_fd = (uint32_t)fd, .info_len = sizeof(info), .info = (uintptr_t)&info } };

	memset(&info, 0, sizeof(info));
	if (k->open == BPF_LINK_GET_FD_BY_ID)
		return true;
	if (call(BPF_OBJ_GET_INFO_BY_FD, &ask))
		return false;
	return !strncmp(k->open == BPF_MAP_GET_FD_BY_ID ? info.map.name : info.prog.name, text, strlen(text));
}

static int open_own(void)
{
	union bpf_attr make = { .map_type = BPF_MAP_TYPE_ARRAY, .key_size = 4, .value_size = 8, .max_entries = 1 };
	struct bpf_map_info info = { 0 };
	union bpf_attr ask = { .info = { .info_len = sizeof(info), .info = (uintptr_t)&info } };
	int fd = call(BPF_MAP_CREATE, &make);

	ask.info.bpf_fd = (uint32_t)fd;
	return fd < 0 || call(BPF_OBJ_GET_INFO_BY_FD, &ask) || open_object(BPF_MAP_GET_FD_BY_ID, info.id) < 0 ? -1 : 0;
}

static int open_named(const struct kind *k, const char *text)
{
	union bpf_attr next = { .start_id = 0 };
	int fd;

	while (!call(k->next, &next)) {
		fd = open_object(k->open, next.next_id);
		if (fd >= 0 && is_named(k, fd, text))
			return 0;
		next = (union bpf_attr){ .start_id = next.next_id };
	}
	return -1;
}

int main(int argc, char **argv)
{
	pid_t pid;

	if (argc > 1 && !strcmp(argv[1], "nobody")) {
		if (setgid(65534) || setuid(65534))
			return 2;
		argc--;
		argv++;
	}
	if (argc < 3)
		return 2;
	pid = (pid_t)atoi(argv[2]);
	if (!strcmp(argv[1], "unload"))
		return syscall(SYS_delete_module, argv[2], O_NONBLOCK) ? 1 : 0;
	if (!strcmp(argv[1], "attach"))
		return attach(pid) ? 1 : 0;
	if (!strcmp(argv[1], "seize"))
		return ptrace(PTRACE_SEIZE, pid, NULL, NULL) ? 1 : 0;
	if (!strcmp(argv[1], "take"))
		return take_from(pid) ? 1 : 0;
	if (!strcmp(argv[1], "nothing"))
		return write_nothing_to(pid) ? 1 : 0;
	if (!strcmp(argv[1], "own"))
		return open_own() ? 1 : 0;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (!strcmp(argv[1], kinds[i].word))
			return open_named(&kinds[i], argv[2]) ? 1 : 0;
	return write_to(pid) ? 1 : 0;
}
