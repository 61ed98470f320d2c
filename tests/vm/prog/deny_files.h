/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Attacks that read, or empty, a protected file without opening its path in a way that a filter of texts would see. */
#ifndef DENY_FILES_H
#define DENY_FILES_H

#include <linux/openat2.h>
#include <pthread.h>
#include <stdatomic.h>
#include <time.h>
#include "deny_scene.h"
#include "raw.h"
#include "ring_ops.h"

/*
 * Opens a path on the stack, which is present in memory. A filter of texts cannot read a path that is not present,
 * because it may not wait for memory, and lets such a call pass.
 */
static inline int file_open(void)
{
	char path[] = SECRET;

	return scene_open(path);
}

static inline int file_openat2(void)
{
	struct open_how how = { .flags = O_RDONLY };

	return scene_has((int)syscall(SYS_openat2, AT_FDCWD, SECRET, &how, sizeof(how)));
}

/* Opens the file by a 32-bit call of a 64-bit program. The path has to lie in the lowest 4 GB. */
static inline int file_int80(void)
{
	char *low = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
	uint64_t args[6] = { (uintptr_t)low };
	long fd;

	if (low == MAP_FAILED)
		return ABSENT;
	strcpy(low, SECRET);
	fd = raw_i386(5 /* open */, args);
	errno = fd < 0 ? (int)-fd : 0;
	return scene_has(fd < 0 ? -1 : (int)fd);
}

static inline int file_uring(uint8_t flags)
{
	struct io_uring_sqe *e;
	struct ops o;
	int fd;

	if (ops_open(&o, 4, 0))
		return ABSENT;
	e = ops_entry(&o, IORING_OP_OPENAT, AT_FDCWD, SECRET, 0, 0);
	e->flags = flags;
	fd = ops_do(&o);
	errno = fd < 0 ? -fd : 0;
	return scene_has(fd < 0 ? -1 : fd);
}

static inline int file_uring_inline(void) { return file_uring(0); }
static inline int file_uring_worker(void) { return file_uring(IOSQE_ASYNC); }

/* Opens the file through an io_uring whose operations a kernel thread submits. */
static inline int file_uring_thread(void)
{
	struct io_uring_cqe cqe;
	struct ops o;

	if (ops_open(&o, 4, IORING_SETUP_SQPOLL))
		return ABSENT;
	ops_entry(&o, IORING_OP_OPENAT, AT_FDCWD, SECRET, 0, 0);
	ops_push(&o);
	do
		ops_enter(&o, 1, 0);
	while (!ops_result(&o, &cqe));
	errno = cqe.res < 0 ? -cqe.res : 0;
	return scene_has(cqe.res < 0 ? -1 : cqe.res);
}

static inline int file_symlink(void)
{
	return symlink(SECRET, FREE "/link") ? errno : scene_open(FREE "/link");
}

static inline int file_hard_link(void)
{
	return link(SECRET, FREE "/link") ? errno : scene_open(FREE "/link");
}

static inline int file_renamed(void)
{
	return rename(SECRET, FREE "/else") ? errno : scene_open(FREE "/else");
}

static inline int file_directory_renamed(void)
{
	return rename(VAULT, SCENE "/vold") ? errno : scene_open(SCENE "/vold/secret");
}

/* Puts another file with the same content in the protected place, as editors do when they save a file. */
static inline int file_replaced(void)
{
	scene_write(FREE "/new", SECRET_TEXT);
	return rename(FREE "/new", SECRET) ? errno : scene_open(SECRET);
}

static inline int file_bound(void)
{
	scene_write(FREE "/at", "");
	return mount(SECRET, FREE "/at", NULL, MS_BIND, NULL) ? errno : scene_open(FREE "/at");
}

static inline int file_directory_bound(void)
{
	if (mkdir(FREE "/dir", 0755) || mount(VAULT, FREE "/dir", NULL, MS_BIND, NULL))
		return errno;
	return scene_open(FREE "/dir/secret");
}

static inline int file_mount_namespace(void)
{
	if (unshare(CLONE_NEWNS) || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL))
		return errno;
	return mount(VAULT, FREE, NULL, MS_BIND, NULL) ? errno : scene_open(FREE "/secret");
}

/* Tries to open the file as a user without any right, who becomes root of new user and mount namespaces. */
static inline int file_user_namespace(void)
{
	if (setresuid(1000, 1000, 1000))
		return errno;
	return unshare(CLONE_NEWUSER | CLONE_NEWNS) ? ABSENT : file_mount_namespace();
}

static inline int file_chroot(void)
{
	return chroot(VAULT) || chdir("/") ? errno : scene_open("/secret");
}

static inline int file_handle(void)
{
	union {
		struct file_handle h;
		char room[sizeof(struct file_handle) + MAX_HANDLE_SZ];
	} u = { .h.handle_bytes = MAX_HANDLE_SZ };
	int mount_id, at = open(FREE, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (name_to_handle_at(AT_FDCWD, SECRET, &u.h, &mount_id, 0))
		return errno;
	return scene_has(open_by_handle_at(at, &u.h, O_RDONLY));
}

static inline int file_path_fd(void)
{
	int fd = open(SECRET, O_PATH | O_CLOEXEC);
	char path[40];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return fd < 0 ? errno : scene_open(path);
}

static inline int file_proc_root(void)
{
	return scene_open("/proc/self/root" SECRET);
}

static inline int file_proc_cwd(void)
{
	return chdir(VAULT) ? errno : scene_open("/proc/thread-self/cwd/secret");
}

static inline int file_overlay(void)
{
	if (mkdir(FREE "/o", 0755) || mount("overlay", FREE "/o", "overlay", 0, "lowerdir=" VAULT ":" FREE))
		return errno == ENODEV ? ABSENT : errno;
	return scene_open(FREE "/o/secret");
}

static inline int file_written(void)
{
	char path[] = SECRET;

	return scene_has(open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600));
}

static inline int file_truncated(void)
{
	return truncate(VAULT "/cut", 0) ? errno : 0;
}

static inline int file_deep(void)
{
	int err = scene_dive(VAULT, false);

	return err ? err : scene_open("secret");
}

/* ---- races */

/*
 * Limits of a race, which otherwise goes on until it is won: number of rewritings, and seconds. In an emulator with one
 * thread for all CPUs the module textfilter lets both CPUs take turns within each call.
 */
#define RACE_FLIPS 1000000
static unsigned int race_seconds = 30;

static char race_path[] = SECRET;
static atomic_bool race_over;
static atomic_ulong race_flips;

/*
 * Rewrites the end of the path again and again, so that it names two files by turns. It rewrites once in each turn of
 * the loop, because an emulator changes CPUs only between turns.
 */
static inline void *race_flip(void *arg)
{
	char *at = race_path + sizeof(SCENE "/") - 1;

	(void)arg;
	while (!race_over)
		memcpy(at, race_flips++ % 2 ? "vault/secret" : "free//plain.", 12);
	return NULL;
}

static inline time_t race_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec;
}

/* Tries again and again, while another thread runs flip(). Returns 0 at the first success. */
static inline int race_run(int (*attempt)(void), void *(*flip)(void *))
{
	time_t end = race_now() + race_seconds;
	int got = ENOMSG, last = ENOMSG;
	pthread_t t;

	if (pthread_create(&t, NULL, flip, NULL))
		return errno;
	while (got && (race_flips < RACE_FLIPS || race_now() < end)) {
		got = attempt();
		last = got == EPERM || got == EACCES ? got : last;
	}
	race_over = true;
	pthread_join(t, NULL);
	return got ? last : 0;
}

static inline int race_attempt(void)
{
	return scene_open(race_path);
}

static inline int file_race(void)
{
	return race_run(race_attempt, race_flip);
}

static inline void *race_move(void *arg)
{
	(void)arg;
	while (!race_over) {
		rename(SECRET, FREE "/moved");
		rename(FREE "/moved", SECRET);
		race_flips += RACE_FLIPS / 2000;
	}
	return NULL;
}

static inline int race_moved_attempt(void)
{
	return scene_open(FREE "/moved");
}

/*
 * Tries to open the file by a name outside of the vault, while another thread moves the file out of the vault and back.
 */
static inline int file_rename_storm(void)
{
	return race_run(race_moved_attempt, race_move);
}

/* Tries to open the file in many processes at once. */
static inline int file_fork_storm(void)
{
	int got = EPERM, status;
	pid_t pid;

	for (int i = 0; i < 200; i++) {
		pid = fork();
		if (!pid)
			_exit(scene_open(SECRET));
		if (pid < 0)
			break;
	}
	while (wait(&status) > 0)
		if (WIFEXITED(status) && !WEXITSTATUS(status))
			got = 0;
	return got;
}

/*
 * Deletes the file and makes it again until the new file has the old one's inode number, or gives up after many
 * attempts. The number alone does not identify a file.
 */
static inline int file_number_reused(void)
{
	struct stat old, st;

	if (stat(SECRET, &old) || unlink(SECRET))
		return errno;
	for (int i = 0; i < 2000; i++) {
		scene_write(SECRET, SECRET_TEXT);
		if (stat(SECRET, &st) || st.st_ino == old.st_ino)
			break;
		unlink(SECRET);
		scene_write(SECRET, SECRET_TEXT);
	}
	return scene_open(SECRET);
}

#endif
