/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The place of the attacks in deny_attacks.c: a fresh file system with a directory "vault", which holds what a rule
 * protects, and a directory "free" beside it, which no rule protects. An attack is a function that runs in a process of
 * its own. It returns 0 if it got what is protected, the errno with which it was refused, or ABSENT.
 */
#ifndef DENY_SCENE_H
#define DENY_SCENE_H

#include <fcntl.h>
#include <sched.h>
#include <stdint.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include "tap.h"

#define SCENE "/tmp/deny"
#define VAULT SCENE "/vault"
#define FREE SCENE "/free"
#define SECRET VAULT "/secret"
#define PROGRAM VAULT "/prog"
#define SECRET_TEXT "the secret"
#define PROGRAM_STATUS 42
/*
 * Depth of the deepest directory in the vault. A walk of bounded length from there to its ancestors does not reach the
 * vault.
 */
#define DEEP_LEVELS 300

/* Result of an attack that is not possible on this kernel. */
#define ABSENT 250

static inline void scene_write(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0755);

	if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text) || close(fd))
		die("%s", path);
}

static inline void scene_copy(const char *from, const char *to)
{
	int in = open(from, O_RDONLY | O_CLOEXEC), out = open(to, O_WRONLY | O_CREAT | O_CLOEXEC, 0755);
	char buf[65536];
	ssize_t n;

	while ((n = read(in, buf, sizeof(buf))) > 0)
		if (write(out, buf, (size_t)n) != n)
			die("%s", to);
	if (n || close(in) || close(out))
		die("copy of %s to %s", from, to);
}

/* Goes down into new directories, or into those that exist. Leaves the caller in the last one. */
static inline int scene_dive(const char *top, bool make)
{
	if (chdir(top))
		return errno;
	for (int i = 0; i < DEEP_LEVELS; i++)
		if ((make && mkdir("d", 0755)) || chdir("d"))
			return errno;
	return 0;
}

/*
 * Builds the place, by relative paths, as the caller may be subject to a filter of texts. Programs that run from it are
 * copies of a shell, which is linked dynamically.
 */
static inline void scene_build(void)
{
	umount2(SCENE, MNT_DETACH);
	mkdir(SCENE, 0755);
	if (mount("deny", SCENE, "tmpfs", 0, "mode=0755") || mkdir(VAULT, 0755) || mkdir(FREE, 0777) || chmod(FREE, 0777))
		die("building " SCENE);
	scene_write(FREE "/plain.", "plain");
	if (chdir(VAULT))
		die("chdir");
	scene_write("secret", SECRET_TEXT);
	scene_write("cut", SECRET_TEXT);
	scene_copy("/bin/bash", "prog");
	if (scene_dive(VAULT, true))
		die("a deep directory");
	scene_write("secret", SECRET_TEXT);
	if (chdir("/"))
		die("chdir");
}

static inline void scene_end(void)
{
	umount2(SCENE, MNT_DETACH);
}

/*
 * Closes the file. Returns 0 if it held the secret, ENOMSG if not, and errno if fd is negative because the open failed.
 */
static inline int scene_has(int fd)
{
	char text[sizeof(SECRET_TEXT)] = "";
	ssize_t n;

	if (fd < 0)
		return errno;
	n = pread(fd, text, sizeof(text) - 1, 0);
	close(fd);
	return n > 0 && !strcmp(text, SECRET_TEXT) ? 0 : ENOMSG;
}

static inline int scene_open(const char *path)
{
	return scene_has(open(path, O_RDONLY | O_CLOEXEC));
}

/*
 * Makes the kernel forget names and files that are not in use. A handle then leads to a file without a directory.
 */
static inline void scene_forget_names(void)
{
	FILE *f = fopen("/proc/sys/vm/drop_caches", "we");

	if (!f || fputs("2", f) < 0 || fclose(f))
		die("drop_caches");
}

/* Runs an attack in a child. Returns the attack's result, or -signal if a signal killed the child. */
static inline int scene_run(int (*attack)(void))
{
	int status;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (pid < 0)
		die("fork");
	if (!pid)
		_exit(attack());
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			die("waitpid");
	return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

#endif
