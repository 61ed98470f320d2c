// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Attacks that make a tracer, or another program that inspects a process, wait for a file system that does not answer.
 * Every user can mount such a file system in a user namespace of his own.
 *   held path|file|memory|arguments|socket
 * A child makes calls at which a tracer would wait for the file system. Prints "went on" when the calls have returned.
 * The exit status is 77, with a reason, if the file system cannot be mounted.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/fuse.h>
#include <linux/openat2.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define FILE_NODE 2u
#define SIZE ((uint64_t)1 << 20)
#define PAGE 4096u

static void quit(const char *what)
{
	printf("%s: %s\n", what, strerror(errno));
	exit(77);
}

static void put(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY);

	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		quit(path);
	close(fd);
}

/* ---- the file system: one file, whose content and attributes never come ------------------- */

static struct fuse_attr attributes(uint64_t node)
{
	return (struct fuse_attr){ .ino = node, .size = SIZE, .mode = node == FILE_NODE ? S_IFREG | 0777 : S_IFDIR | 0777, .nlink = 1 };
}

static void answer(int fd, uint64_t unique, int error, const void *data, size_t size)
{
	uint8_t buf[512];
	struct fuse_out_header head = { .len = (uint32_t)(sizeof(head) + size), .error = -error, .unique = unique };

	memcpy(buf, &head, sizeof(head));
	if (size)
		memcpy(buf + sizeof(head), data, size);
	if (write(fd, buf, sizeof(head) + size) < 0 && errno != ENOENT) /* ENOENT: the request was interrupted */
		_exit(3);
}

/*
 * Answers the requests by which the file is opened, but neither reads of the file nor requests for its attributes. The
 * attributes in an answer are no longer valid when they arrive.
 */
static void serve(int fd)
{
	static _Alignas(8) uint8_t buf[1 << 17];
	struct fuse_in_header in;
	ssize_t n;

	while ((n = read(fd, buf, sizeof(buf))) >= (ssize_t)sizeof(in)) {
		memcpy(&in, buf, sizeof(in));
		switch (in.opcode) {
		case FUSE_INIT: {
			struct fuse_init_out out = { .major = FUSE_KERNEL_VERSION, .minor = 26, .max_write = PAGE };

			answer(fd, in.unique, 0, &out, 64);
			break;
		}
		case FUSE_LOOKUP: {
			struct fuse_entry_out out = { .nodeid = FILE_NODE, .attr = attributes(FILE_NODE) };

			if (!strncmp((const char *)buf + sizeof(in), "file", 5))
				answer(fd, in.unique, 0, &out, sizeof(out));
			break;
		}
		case FUSE_GETATTR: {
			struct fuse_attr_out out = { .attr_valid = 3600, .attr = attributes(in.nodeid) };

			if (in.nodeid != FILE_NODE)
				answer(fd, in.unique, 0, &out, sizeof(out));
			break;
		}
		case FUSE_OPEN: {
			struct fuse_open_out out = { .fh = 1 };

			answer(fd, in.unique, 0, &out, sizeof(out));
			break;
		}
		case FUSE_READ:
		case FUSE_FORGET:
		case FUSE_INTERRUPT:
			break;
		default:
			answer(fd, in.unique, ENOSYS, NULL, 0);
			break;
		}
	}
	_exit(0);
}

static char dir[64];

/* Mounts the file system in a user namespace of its own. Returns the process that serves the file system. */
static pid_t mount_it(void)
{
	char map[64], groups[64], options[128];
	pid_t server;
	int fd;

	snprintf(map, sizeof(map), "%d %d 1", getuid(), getuid());
	snprintf(groups, sizeof(groups), "%d %d 1", getgid(), getgid());
	if (unshare(CLONE_NEWUSER | CLONE_NEWNS))
		quit("unshare");
	put("/proc/self/uid_map", map);
	put("/proc/self/setgroups", "deny");
	put("/proc/self/gid_map", groups);
	fd = open("/dev/fuse", O_RDWR); /* opened in the user namespace that mounts */
	if (fd < 0)
		quit("/dev/fuse");
	snprintf(options, sizeof(options), "fd=%d,rootmode=40000,user_id=%d,group_id=%d", fd, getuid(), getgid());
	strcpy(dir, "/tmp/held.XXXXXX");
	if (!mkdtemp(dir) || mount("held", dir, "fuse", MS_NOSUID | MS_NODEV, options))
		quit("mount");
	server = fork();
	if (server) {
		close(fd); /* the file system ends with its server */
		return server;
	}
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	serve(fd);
	return 0;
}

static int open_file(void)
{
	char path[128];
	int fd;

	snprintf(path, sizeof(path), "%s/file", dir);
	fd = open(path, O_RDONLY);
	if (fd < 0)
		quit(path);
	return fd;
}

static void *map_file(void *at)
{
	void *p = mmap(at, PAGE, PROT_READ, MAP_PRIVATE | (at ? MAP_FIXED : 0), open_file(), 0);

	if (p == MAP_FAILED)
		quit("mmap");
	return p;
}

/* ---- attacks: the attacker itself does not wait --------------------------------------------- */

/* Makes a call with a path, at which only a tracer looks: the kernel refuses the call before that. */
static void by_path(void)
{
	struct open_how how = { .flags = O_CREAT | O_RDWR, .mode = 0600, .resolve = ~0ull };
	char path[128];

	snprintf(path, sizeof(path), "%s/other", dir);
	syscall(SYS_openat2, AT_FDCWD, path, &how, sizeof(how));
}

static void by_file(void)
{
	lseek(open_file(), 5, SEEK_SET);
}

static void by_memory(void)
{
	if (write(-1, map_file(NULL), 16) != -1 || errno != EBADF)
		_exit(4);
}

/* Maps the file over a page of a long argument. The tracer reads the command line again when the directory changes. */
static void hide_arguments(char *argument)
{
	map_file((void *)(((uintptr_t)argument + PAGE - 1) / PAGE * PAGE));
	if (chdir("/") || getpgid(0) < 0)
		_exit(4);
}

static int sender;
static _Atomic pid_t sends;

/* Sends data from the mapped file. The kernel keeps the socket locked while it waits for that memory. */
static void *send_it(void *memory)
{
	sends = (pid_t)syscall(SYS_gettid);
	send(sender, memory, 16, 0);
	return NULL;
}

/* Returns whether the thread sleeps in its send(). */
static bool is_sending(void)
{
	char path[64], text[128] = "";
	int fd;

	snprintf(path, sizeof(path), "/proc/self/task/%d/syscall", sends);
	fd = open(path, O_RDONLY);
	if (fd < 0 || read(fd, text, sizeof(text) - 1) < 0)
		text[0] = '\0';
	if (fd >= 0)
		close(fd);
	return strtol(text, NULL, 10) == SYS_sendto; /* "running" otherwise */
}

static void by_socket(void)
{
	struct sockaddr_in addr = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(addr);
	int from = socket(AF_INET, SOCK_STREAM, 0), value;
	pthread_t thread;

	sender = socket(AF_INET, SOCK_STREAM, 0);
	if (bind(from, (struct sockaddr *)&addr, len) || listen(from, 1) || getsockname(from, (struct sockaddr *)&addr, &len) ||
	    connect(sender, (struct sockaddr *)&addr, len))
		quit("socket");
	pthread_create(&thread, NULL, send_it, map_file(NULL));
	while (!is_sending())
		sched_yield();
	len = sizeof(value);
	getsockopt(sender, SOL_SOCKET, SO_TYPE, &value, &len); /* takes no lock in the kernel */
}

static void attack(const char *how, char *argument)
{
	if (!strcmp(how, "path"))
		by_path();
	else if (!strcmp(how, "file"))
		by_file();
	else if (!strcmp(how, "memory"))
		by_memory();
	else if (!strcmp(how, "socket"))
		by_socket();
	else
		hide_arguments(argument);
}

int main(int argc, char **argv)
{
	static char longest[16 * PAGE];
	pid_t server, child;
	int status, done[2];
	char word[8] = "";

	if (argc == 2) { /* executes this program again, with an argument of several pages */
		memset(longest, 'x', sizeof(longest) - 1);
		execl("/proc/self/exe", argv[0], argv[1], longest, NULL);
		quit("exec");
	}
	server = mount_it();
	child = pipe(done) ? -1 : fork();
	if (!child) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		attack(argv[1], argv[2]);
		if (write(done[1], "done", 4) != 4)
			_exit(4);
		pause();
	}
	close(done[1]);
	if (read(done[0], word, sizeof(word) - 1) > 0) /* otherwise the child could not attack, and has ended */
		kill(child, SIGKILL);
	kill(server, SIGKILL); /* a thread that waits for the file system cannot end before its server ends */
	waitpid(child, &status, 0);
	waitpid(server, NULL, 0);
	umount2(dir, MNT_DETACH);
	rmdir(dir);
	if (WIFEXITED(status)) /* the child could not attack, and has printed why */
		return WEXITSTATUS(status);
	puts("went on");
	return 0;
}
