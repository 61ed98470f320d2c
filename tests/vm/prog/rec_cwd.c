// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The working directory changes while a probe of the module records it: threads that share it change it, and another
 * process calls pivot_root(). Device, inode and path in a record always belong to one directory. Built for the 64-bit
 * ABI only (native only).
 */
#include <pthread.h>
#include <stdatomic.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include "rec.h"

struct pair {
	const char *path;
	uint64_t ino;
	uint32_t dev; /* device number in the kernel's encoding, which differs from that of stat(2) */
};

static struct pair *pairs;
static unsigned int npairs, seen[8], lacking;
static pid_t caller; /* the process whose calls are checked; others open files, too */

static bool is_pair(const struct linx_fd *fd)
{
	for (unsigned int i = 0; i < npairs; i++)
		if (fd->ino == pairs[i].ino && fd->dev == pairs[i].dev && fd->path_len == strlen(pairs[i].path) &&
		    !memcmp((const char *)(fd + 1) + (fd->detail + 7) / 8 * 8, pairs[i].path, fd->path_len)) {
			seen[i]++;
			return true;
		}
	return false;
}

static void look(const struct linx_rec *rec, void *arg)
{
	const struct linx_val *v;
	const struct linx_fd *fd;

	if (!rec_is_call(rec) || rec_number(rec) != SYS_openat || (pid_t)rec->pid != caller)
		return;
	v = rec_val(rec, LINX_FIELD_FD);
	if (!v) {
		lacking++;
		return;
	}
	fd = (const struct linx_fd *)val_bytes(v);
	if (fd->fd != LINX_FD_CWD)
		return;
	if (fd->path_state != LINX_WHOLE) {
		lacking++;
	} else if (!is_pair(fd)) {
		if (!(*(unsigned int *)arg)++)
			printf("# inode %llu, path %.*s\n", (unsigned long long)fd->ino, (int)fd->path_len,
			       (const char *)(fd + 1) + (fd->detail + 7) / 8 * 8);
	}
}

/* Returns a directory's identity with the path that records show for it. The directory may be moved later. */
static struct pair pair_of(const char *dir, const char *path)
{
	struct stat st;

	if (stat(dir, &st))
		die("%s", dir);
	return (struct pair){ path, st.st_ino, major(st.st_dev) << 20 | minor(st.st_dev) };
}

static atomic_bool over;

static void *opens(void *arg)
{
	on_cpu(1);
	while (!atomic_load(&over))
		if (syscall(SYS_openat, AT_FDCWD, "no such file", O_RDONLY) >= 0)
			_exit(5);
	return arg;
}

static void each_pair(void (*change)(void), struct pair *p, unsigned int n, unsigned int flags, const char *what)
{
	unsigned int wrong = 0, recorded = 0;
	struct dev d;
	pid_t pid;

	pairs = p;
	npairs = n;
	lacking = 0;
	memset(seen, 0, sizeof(seen));
	dev_open(&d);
	dev_setup(&d, (struct linx_setup){ .ring_size = 4 << 20, .flags = flags });
	dev_want_exit(&d, SYS_openat);
	dev_apply(&d);
	dev_start(&d);
	pid = fork();
	if (!pid) {
		change();
		_exit(0);
	}
	caller = pid;
	for (;;) {
		int status;

		for (unsigned int cpu = 0; cpu < d.cpus; cpu++)
			dev_drain(&d, cpu, look, &wrong);
		if (waitpid(pid, &status, WNOHANG) == pid) {
			is(status, 0, "%s: the process", what);
			break;
		}
		sleep_ms(1);
	}
	dev_stop(&d);
	for (unsigned int cpu = 0; cpu < d.cpus; cpu++)
		dev_drain(&d, cpu, look, &wrong);
	dev_close(&d);
	for (unsigned int i = 0; i < n; i++)
		recorded += seen[i];
	printf("# %s: %u recorded, of those %u %u, %u without a path\n", what, recorded, seen[0], seen[1], lacking);
	is(wrong, 0, "%s: pairs of inode and path that never were", what);
	if (dev_has_paths)
		ok(seen[0] && seen[1] && recorded > 100 * lacking, "%s: both are recorded, and nearly always", what);
	else
		ok(lacking && !recorded, "%s: calls are recorded without it", what);
}

#define PLACE "/tmp/cwd"
#define MS 2000

static void chdirs_to_and_fro(void)
{
	uint64_t end = now_ns() + MS * 1000000ULL;
	pthread_t t;

	on_cpu(0);
	if (chdir(PLACE "/one") || pthread_create(&t, NULL, opens, NULL))
		_exit(2);
	while (now_ns() < end)
		if (chdir(PLACE "/another") || chdir(PLACE "/one"))
			_exit(3);
	atomic_store(&over, true);
	pthread_join(t, NULL);
}

/* pivot_root() moves the new root to the place of the old one, which then lies below it. */
static void __attribute__((noreturn)) pivots(uint64_t end)
{
	on_cpu(0);
	if (chroot(PLACE "/root") || chdir("/"))
		_exit(2);
	while (now_ns() < end)
		if (syscall(SYS_pivot_root, "/new", "/new/old") || syscall(SYS_pivot_root, "/old", "/old/new"))
			_exit(3);
	_exit(0);
}

static void pivots_to_and_fro(void)
{
	uint64_t end = now_ns() + MS * 1000000ULL;
	pid_t pid = fork();

	if (!pid)
		pivots(end);
	if (chdir(PLACE "/root"))
		_exit(2);
	on_cpu(1);
	while (now_ns() < end)
		for (int i = 0; i < 100; i++)
			if (syscall(SYS_openat, AT_FDCWD, "no such file", O_RDONLY) >= 0)
				_exit(5);
	_exit(reap(pid));
}

static void make_dir(const char *path)
{
	if (mkdir(path, 0755) && errno != EEXIST)
		die("%s", path);
}

static void make_roots(void)
{
	make_dir(PLACE "/root");
	if (unshare(CLONE_NEWNS) || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
	    mount("none", PLACE "/root", "tmpfs", 0, NULL))
		die("a file system at " PLACE "/root");
	make_dir(PLACE "/root/new");
	if (mount("none", PLACE "/root/new", "tmpfs", 0, NULL))
		die("another one");
	make_dir(PLACE "/root/new/old");
}

int main(void)
{
	struct pair two[2], roots[4];

	make_dir(PLACE);
	make_dir(PLACE "/one");
	make_dir(PLACE "/another");
	if (chdir(PLACE))
		die(PLACE);
	two[0] = pair_of(PLACE "/one", PLACE "/one");
	two[1] = pair_of(PLACE "/another", PLACE "/another");
	each_pair(chdirs_to_and_fro, two, 2, LINX_SETUP_FD_PATHS, "chdir, paths");
	each_pair(chdirs_to_and_fro, two, 2, LINX_SETUP_FD_PATHS | LINX_SETUP_FD_DETAILS | LINX_SETUP_FILES, "chdir, all");
	make_roots();
	roots[0] = pair_of(PLACE "/root", PLACE "/root");
	roots[1] = pair_of(PLACE "/root/new", PLACE "/root");
	roots[2] = pair_of(PLACE "/root", PLACE "/root/old");
	roots[3] = pair_of(PLACE "/root/new", PLACE "/root/new");
	each_pair(pivots_to_and_fro, roots, 4, LINX_SETUP_FD_PATHS, "pivot_root");
	return tap_end();
}
