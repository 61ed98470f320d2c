// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * A path that takes long and does not show it: a file in a mount above very many
 * others. What is told of many such descriptors at once ends when it has taken
 * too long, and which are open is told instead. native only
 */
#include <pthread.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include "rec.h"

#define MOUNTS 40000
#define FILES 250

static int top; /* directory of the last mount */

static void make_chain(void)
{
	int below, fd;

	if (unshare(CLONE_NEWNS) || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL))
		die("a namespace of mounts");
	below = open("/tmp/chain", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (below < 0)
		die("/tmp/chain");
	for (unsigned int i = 0; i < MOUNTS; i++) {
		fd = syscall(SYS_open_tree, below, "", 0x1000 /* AT_EMPTY_PATH */ | 1 /* OPEN_TREE_CLONE */ | O_CLOEXEC);
		if (fd < 0 || syscall(SYS_move_mount, fd, "", below, "", 0x44 /* both are empty */))
			die("mount %u", i);
		close(below);
		below = fd;
	}
	top = below;
}

/* How long the kernel takes for one path. */
static uint64_t path_ns(int fd)
{
	char name[64], path[256];
	uint64_t begun;

	snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
	begun = now_ns();
	if (readlink(name, path, sizeof(path)) < 0)
		die("%s", name);
	return now_ns() - begun;
}

static void *sleeps(void *arg)
{
	pause();
	return arg;
}

/* With a thread, so that the whole table is told at a fork. */
static void target(void)
{
	int fd = openat(top, "file", O_RDONLY | O_CREAT, 0600);
	pthread_t t;
	pid_t pid;

	for (int i = 0; i < FILES; i++)
		if (fd < 0 || dup2(fd, 20 + i) < 0)
			_exit(2);
	if (pthread_create(&t, NULL, sleeps, NULL))
		_exit(3);
	pid = fork();
	if (!pid)
		_exit(0);
	_exit(reap(pid));
}

int main(void)
{
	const struct linx_rec *rec = NULL, *open = NULL;
	unsigned int whole = 0, told = 0;
	pid_t child = 0;
	struct traced t;
	uint64_t each;

	dev_open(&t.d);
	if (!(dev_info(&t.d).features & LINX_FEAT_PATHS)) {
		printf("1..0 # SKIP PREEMPT_RT: no paths\n");
		return 77;
	}
	dev_close(&t.d);
	mkdir("/tmp/chain", 0700);
	make_chain();
	each = path_ns(top);
	printf("# %llu us for a path\n", (unsigned long long)each / 1000);
	if (each * FILES < 300000000) {
		printf("paths of this machine are too fast: all in %llu ms\n", (unsigned long long)each * FILES / 1000000);
		return 77;
	}
	traced_run(&t, (struct linx_setup){ .flags = LINX_SETUP_FILES }, target);
	is(t.status, 0, "the process");
	rec = rec_of(&t.log, NULL, t.pid, LINX_REC_FORK);
	while (rec && rec_ctx(rec)->flags & LINX_CTX_THREAD)
		rec = rec_of(&t.log, rec, t.pid, LINX_REC_FORK);
	if (ok(rec != NULL, "a fork"))
		child = rec_ctx(rec)->tid;
	for (rec = NULL; child && (rec = rec_of(&t.log, rec, child, LINX_REC_FILES));) {
		const struct linx_files_change *change = (const struct linx_files_change *)(rec + 1);
		const struct linx_val *v = (const struct linx_val *)(change + 1);

		if (change->op == LINX_FILES_OPEN)
			open = rec;
		if (change->op != LINX_FILES_TOLD)
			continue;
		for (unsigned int i = 0; i < rec->nvals; i++, v = val_next(v)) {
			told++;
			whole += ((const struct linx_fd *)val_bytes(v))->path_state == LINX_WHOLE;
		}
	}
	printf("# %u told, %u of them with their path\n", told, whole);
	ok(whole > 3 && whole < FILES, "some have their path, not all");
	ok(told < FILES, "nor are all told");
	ok(open != NULL, "which are open is told instead");
	traced_end(&t);
	return tap_end();
}
