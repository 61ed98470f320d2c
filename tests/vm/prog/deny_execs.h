/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Attacks that execute a protected program, or load a module, by ways around the path. */
#ifndef DENY_EXECS_H
#define DENY_EXECS_H

#include <sys/mman.h>
#include "deny_files.h"

static char *const exec_args[] = { (char *)"prog", (char *)"-c", (char *)"exit 42", NULL };
static char *const exec_env[] = { NULL };

/*
 * Returns the result of an attack from the wait status of its process: 0 if the protected program has run; EPERM if a
 * signal killed the process; the errno of the exec, which is the exit status, if the exec failed; ENOMSG if another
 * program has run.
 */
static inline int exec_result(int status)
{
	if (WIFSIGNALED(status))
		return EPERM;
	if (WEXITSTATUS(status) == PROGRAM_STATUS)
		return 0;
	return WEXITSTATUS(status) ? WEXITSTATUS(status) : ENOMSG;
}

/* Runs an exec in a child. Returns 0 if the protected program has run, else the errno that the exec returned. */
static inline int exec_in_child(void (*act)(void))
{
	int status;
	pid_t pid = fork();

	if (!pid) {
		act();
		_exit(errno);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return errno;
	return exec_result(status);
}

static void act_plain(void)
{
	char path[] = PROGRAM;

	execve(path, exec_args, exec_env);
}

static inline int exec_plain(void) { return exec_in_child(act_plain); }

static void act_fd(void)
{
	int fd = open(PROGRAM, O_PATH | O_CLOEXEC);

	syscall(SYS_execveat, fd, "", exec_args, exec_env, AT_EMPTY_PATH);
}

static inline int exec_fd(void) { return exec_in_child(act_fd); }

static void act_proc(void)
{
	int fd = open(PROGRAM, O_PATH | O_CLOEXEC);
	char path[40];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	execve(path, exec_args, exec_env);
}

static inline int exec_proc(void) { return exec_in_child(act_proc); }

static void act_link(void)
{
	if (!symlink(PROGRAM, FREE "/p"))
		execve(FREE "/p", exec_args, exec_env);
}

static inline int exec_link(void) { return exec_in_child(act_link); }

static void act_hard(void)
{
	if (!link(PROGRAM, FREE "/p"))
		execve(FREE "/p", exec_args, exec_env);
}

static inline int exec_hard(void) { return exec_in_child(act_hard); }

static void act_script(void)
{
	scene_write(FREE "/script", "#!" PROGRAM "\nexit 42\n");
	execve(FREE "/script", exec_args, exec_env);
}

static inline int exec_script(void) { return exec_in_child(act_script); }

static void act_int80(void)
{
	char *low = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
	uint32_t *argv = (uint32_t *)(low + 256);
	uint64_t args[6] = { (uintptr_t)low, (uintptr_t)argv, (uintptr_t)(argv + 3) };

	if (low == MAP_FAILED)
		return;
	strcpy(low, PROGRAM);
	strcpy(low + 64, "-c");
	strcpy(low + 80, "exit 42");
	argv[0] = (uint32_t)(uintptr_t)low;
	argv[1] = (uint32_t)(uintptr_t)(low + 64);
	argv[2] = (uint32_t)(uintptr_t)(low + 80);
	errno = (int)-raw_i386(11 /* execve */, args);
}

static inline int exec_int80(void) { return exec_in_child(act_int80); }

/* Executes the loader, which maps the program itself: the kernel executes only the loader. */
static void act_loader(void)
{
	execl("/lib64/ld-linux-x86-64.so.2", "ld.so", PROGRAM, "-c", "exit 42", NULL);
}

static inline int exec_loader(void)
{
	int got = exec_in_child(act_loader);

	return got == 127 ? EPERM : got; /* the loader returns 127 if it cannot map a file */
}

/* Executes a copy in memory that has no name in any directory. */
static void act_memfd(void)
{
	int in = open("/bin/bash", O_RDONLY | O_CLOEXEC), fd = memfd_create("copy", MFD_CLOEXEC);
	char buf[65536];
	ssize_t n;

	while ((n = read(in, buf, sizeof(buf))) > 0)
		if (write(fd, buf, (size_t)n) != n)
			return;
	syscall(SYS_execveat, fd, "", exec_args, exec_env, AT_EMPTY_PATH);
}

static inline int exec_memfd(void) { return exec_in_child(act_memfd); }

static void *race_flip_program(void *arg)
{
	char *at = race_path + sizeof(SCENE "/") - 1;

	(void)arg;
	while (!race_over)
		memcpy(at, race_flips++ % 2 ? "vault/prog" : "free//none", 11);
	return NULL;
}

/* Executes the path that another thread rewrites. If the race is won, the process becomes the protected program. */
static int race_exec_attempt(void)
{
	execve(race_path, exec_args, exec_env);
	return errno == ENOENT ? ENOMSG : errno;
}

static void act_race(void)
{
	errno = race_run(race_exec_attempt, race_flip_program);
}

static inline int exec_race(void) { return exec_in_child(act_race); }

/* ---- attacks that load a module: any module will do, and a test has built this one */

#define MODULE "/job/textfilter.ko"

static inline int module_result(long err)
{
	if (err)
		return errno;
	syscall(SYS_delete_module, "textfilter", O_NONBLOCK);
	return 0;
}

static inline int module_file(void)
{
	int fd = open(MODULE, O_RDONLY | O_CLOEXEC);

	return module_result(syscall(SYS_finit_module, fd, "", 0));
}

static inline int module_memory(void)
{
	static char image[4 << 20];
	int fd = open(MODULE, O_RDONLY | O_CLOEXEC);
	ssize_t n, len = 0;

	while ((n = read(fd, image + len, sizeof(image) - (size_t)len)) > 0)
		len += n;
	return module_result(syscall(SYS_init_module, image, len, ""));
}

#endif
