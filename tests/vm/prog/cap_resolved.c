// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Opens files of every kind and connects sockets of several families. Standard output reports each result: "opened
 * PATH", as /proc/self/fd has it, without the mark of a deleted file, and "connected FAMILY LOCAL PEER", as
 * getsockname(2) and getpeername(2) have it; the peer of a UNIX socket is the inode of its other end.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/netlink.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#define DIR "/tmp/resolved"
#define DELETED " (deleted)"

static int proc;

static int see_at(int dir, const char *path, int flags)
{
	int fd = (int)syscall(SYS_openat, dir, path, flags, 0600);
	char name[16], to[PATH_MAX];
	struct stat st;
	ssize_t n;

	snprintf(name, sizeof(name), "%d", fd);
	n = fd < 0 ? -1 : readlinkat(proc, name, to, sizeof(to) - 1);
	if (n < 0 || fstat(fd, &st)) {
		fprintf(stderr, "%s: %s\n", path, strerror(errno));
		exit(1);
	}
	to[n - (st.st_nlink ? 0 : (ssize_t)strlen(DELETED))] = 0;
	printf("opened %s\n", to);
	return fd;
}

static int see(const char *path, int flags)
{
	return see_at(AT_FDCWD, path, flags);
}

/* Opens the file of a descriptor again, by the descriptor's path in /proc. */
static void see_again(int fd)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	see(path, O_RDONLY | O_NONBLOCK);
}

static void names(void)
{
	char path[PATH_MAX];

	for (int n = 1; n <= 255; n += n < 20 ? 1 : 47) {
		int at = snprintf(path, sizeof(path), DIR "/");

		memset(path + at, 'a' + n % 26, (size_t)n);
		path[at + n] = 0;
		close(see(path, O_CREAT | O_RDWR));
	}
	strcpy(path, DIR);
	for (int n = 0; n < 40; n++) {
		snprintf(path + strlen(path), sizeof(path) - strlen(path), "/%.*s", 1 + n, "directories_within_directories_within_it");
		mkdir(path, 0700);
		close(see(path, O_RDONLY | O_DIRECTORY));
	}
}

static void kinds(void)
{
	int pair[2], fd;

	see("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	see("/dev/null", O_RDWR);
	see("/proc/self/ns/net", O_RDONLY);
	see(DIR "/./../resolved/x (deleted)", O_CREAT | O_RDWR);
	fd = see(DIR "/gone", O_CREAT | O_RDWR);
	unlink(DIR "/gone");
	see_again(fd);
	see(DIR, O_TMPFILE | O_RDWR);
	mkdir(DIR "/removed", 0700);
	fd = see(DIR "/removed", O_RDONLY | O_DIRECTORY);
	rmdir(DIR "/removed");
	see_at(fd, ".", O_RDONLY | O_DIRECTORY);
	if (pipe(pair))
		exit(1);
	see_again(pair[0]);
	see_again((int)syscall(SYS_memfd_create, "a name", 0));
}

static void mounts(void)
{
	int fd;

	if (unshare(CLONE_NEWNS) || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL))
		exit(1);
	mkdir(DIR "/mnt", 0700);
	mkdir(DIR "/bind", 0700);
	if (mount("none", DIR "/mnt", "tmpfs", 0, NULL))
		exit(1);
	fd = see(DIR "/mnt/file", O_CREAT | O_RDWR);
	if (mount(DIR "/mnt", DIR "/bind", NULL, MS_BIND, NULL))
		exit(1);
	see(DIR "/bind/file", O_RDWR);
	umount2(DIR "/bind", MNT_DETACH);
	umount2(DIR "/mnt", MNT_DETACH);
	see_again(fd);
	proc = open("/proc/self/fd", O_RDONLY | O_DIRECTORY); /* shows paths below the caller's own root */
	if (chroot(DIR))
		exit(1);
	see("/inner", O_CREAT | O_RDWR);
	see("/", O_RDONLY | O_DIRECTORY);
}

static void show_end(int fd, bool peer)
{
	struct sockaddr_storage a = { .ss_family = AF_UNSPEC };
	const struct sockaddr_in *in = (const void *)&a;
	const struct sockaddr_in6 *in6 = (const void *)&a;
	socklen_t len = sizeof(a);
	char text[64];

	if (peer ? getpeername(fd, (struct sockaddr *)&a, &len) : getsockname(fd, (struct sockaddr *)&a, &len))
		exit(1);
	inet_ntop(a.ss_family, a.ss_family == AF_INET ? (const void *)&in->sin_addr : (const void *)&in6->sin6_addr, text, sizeof(text));
	/* the port has the same offset in AF_INET and AF_INET6 addresses */
	printf(" %s %d", text, ntohs(in->sin_port));
}

static void internet(int family, int type, const char *name)
{
	struct sockaddr_in in = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct sockaddr_in6 in6 = { .sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT };
	struct sockaddr *a = family == AF_INET ? (struct sockaddr *)&in : (struct sockaddr *)&in6;
	socklen_t len = family == AF_INET ? sizeof(in) : sizeof(in6);
	int to = socket(family, type, 0), fd = socket(family, type, 0);

	if (to < 0 || fd < 0)
		return; /* this kernel lacks the address family */
	if (bind(to, a, len) || (type == SOCK_STREAM && listen(to, 1)) || getsockname(to, a, &len))
		exit(1);
	if (connect(fd, a, len))
		exit(1);
	printf("connected %s", name);
	show_end(fd, false);
	show_end(fd, true);
	printf("\n");
}

static void local(void)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX, .sun_path = "\0resolved" };
	socklen_t len = offsetof(struct sockaddr_un, sun_path) + 9;
	int to = socket(AF_UNIX, SOCK_DGRAM, 0), fd = socket(AF_UNIX, SOCK_DGRAM, 0);
	struct stat st;

	if (bind(to, (struct sockaddr *)&a, len) || connect(fd, (struct sockaddr *)&a, len) || fstat(to, &st))
		exit(1);
	printf("connected AF_UNIX %llu\n", (unsigned long long)st.st_ino);
}

int main(void)
{
	mkdir(DIR, 0700);
	proc = open("/proc/self/fd", O_RDONLY | O_DIRECTORY);
	internet(AF_INET, SOCK_STREAM, "AF_INET");
	internet(AF_INET, SOCK_DGRAM, "AF_INET");
	internet(AF_INET6, SOCK_STREAM, "AF_INET6");
	internet(AF_INET6, SOCK_DGRAM, "AF_INET6");
	local();
	names();
	kinds();
	mounts();
	return 0;
}
