// SPDX-License-Identifier: LGPL-2.1-or-later
// x86 only: not built for arm64, which lacks some of these calls
/*
 * Attempts to escape recording. Each prints a line for each of its calls; tests/vm/t/evade_*.sh compare these lines
 * with the recording. Built for the 64-bit ABI only (native only).
 * usage: cap_evade numbers|exec|seccomp|emulated|swap|stall|vforks N|flood N
 */
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/memfd.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>
#include "answer.h"
#include "fuse_serve.h"

#define HELPER "/job/prog/dev_helper"

static char *environment[] = { NULL };

static pid_t reaped(pid_t pid, int want)
{
	int status;

	if (pid < 0 || waitpid(pid, &status, 0) != pid || !WIFEXITED(status) || WEXITSTATUS(status) != want)
		exit(3);
	return pid;
}

/* ---- numbers */

/* Copies a text below 4 GiB, because int $0x80 takes 32-bit pointers. */
static char *low(const char *text)
{
	char *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);

	return p == MAP_FAILED ? NULL : strcpy(p, text);
}

static long int80(long nr, long a, long b, long c)
{
	long ret;

	__asm__ volatile("int $0x80" : "=a"(ret) : "a"(nr), "b"(a), "c"(b), "d"(c) : "memory", "r8", "r9", "r10", "r11");
	return ret;
}

static void said(const char *abi, long nr, const char *name, long ret)
{
	printf("%s %ld %s %ld\n", abi, nr, name, ret);
}

static long raw(long nr, const void *a)
{
	long ret;

	__asm__ volatile("syscall" : "=a"(ret) : "a"(nr), "D"(a), "S"(0L), "d"(0L) : "rcx", "r11", "memory");
	return ret;
}

static void numbers(void)
{
	const char *path = low("/nothing/by-int80");

	said("i386", 5, "open", int80(5, (long)path, 0, 0));
	said("i386", 33, "access", int80(33, (long)path, 0, 0));
	said("x32", 39, "getpid", raw(0x40000000 + 39, NULL));
	said("x86_64", 600, "syscall_600", raw(600, NULL));
	said("x86_64", 1023, "syscall_1023", raw(1023, NULL));
	said("x86_64", 1024, "syscall_1024", raw(1024, NULL));
	said("x86_64", 0x3fffffff, "syscall_1073741823", raw(0x3fffffff, NULL));
	said("x86_64", -1, "syscall_-1", raw(-1, NULL));
	said("x86_64", -100, "syscall_-100", raw(-100, NULL));
	/* The kernel ignores the upper half of the number's register. */
	said("x86_64", 110, "getppid", raw(0x100000000 + 110, NULL) > 0);
}

/* ---- exec */

static int helper_in_memory(void)
{
	int in = open(HELPER, O_RDONLY), fd = (int)syscall(SYS_memfd_create, "innocent", 0);
	static char buf[65536];
	ssize_t n;

	while ((n = read(in, buf, sizeof(buf))) > 0)
		if (write(fd, buf, (size_t)n) != n)
			exit(4);
	close(in);
	return fd;
}

#define HUGE (2UL << 20)
#define HUGE_AT 0x40000000UL
#define CODE_AT 4096

/* Starts a program that lies in one huge page and calls exit_group(7). Returns -1 if there are no huge pages. */
static int helper_in_huge_memory(void)
{
	static const unsigned char code[] = { 0xb8, SYS_exit_group, 0, 0, 0, 0xbf, 7, 0, 0, 0, 0x0f, 0x05 };
	int fd = (int)syscall(SYS_memfd_create, "innocent", MFD_HUGETLB);
	Elf64_Phdr segment = { .p_type = PT_LOAD, .p_flags = PF_R | PF_X, .p_vaddr = HUGE_AT, .p_filesz = HUGE,
			       .p_memsz = HUGE, .p_align = HUGE };
	Elf64_Ehdr head = { .e_ident = ELFMAG "\2\1\1", .e_type = ET_EXEC, .e_machine = EM_X86_64, .e_version = 1,
			    .e_entry = HUGE_AT + CODE_AT, .e_phoff = sizeof(head), .e_ehsize = sizeof(head),
			    .e_phentsize = sizeof(segment), .e_phnum = 1 };
	char *p;

	if (fd < 0 || ftruncate(fd, HUGE))
		return -1;
	p = mmap(NULL, HUGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (p == MAP_FAILED)
		return -1;
	memcpy(p, &head, sizeof(head));
	memcpy(p + sizeof(head), &segment, sizeof(segment));
	memcpy(p + CODE_AT, code, sizeof(code));
	munmap(p, HUGE);
	return fd;
}

static void copy(const char *to)
{
	int in = helper_in_memory(), out = open(to, O_WRONLY | O_CREAT | O_TRUNC, 0755);

	lseek(in, 0, SEEK_SET);
	for (char buf[65536];;) {
		ssize_t n = read(in, buf, sizeof(buf));

		if (n <= 0)
			break;
		if (write(out, buf, (size_t)n) != n)
			exit(4);
	}
	close(in);
	close(out);
}

static void by_descriptor(const char *what, int fd, const char *name)
{
	char *argv[] = { (char *)what, "exit", "7", NULL };
	pid_t pid = fork();

	if (!pid) {
		syscall(SYS_execveat, fd, name, argv, environment, *name ? 0 : AT_EMPTY_PATH);
		_exit(1);
	}
	printf("%s %d\n", what, reaped(pid, 7));
}

static void by_path(const char *what, const char *path, int want)
{
	char *argv[] = { (char *)what, "exit", "7", NULL };
	pid_t pid = fork();

	if (!pid) {
		execve(path, argv, environment);
		_exit(1);
	}
	printf("%s %d\n", what, reaped(pid, want));
}

static void script(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0755);

	if (write(fd, text, strlen(text)) < 0 || close(fd))
		exit(4);
}

static void *exec_thread(void *arg)
{
	char *argv[] = { "by-thread", "exit", "7", NULL };

	execve(HELPER, argv, environment);
	return arg;
}

static void by_thread(void)
{
	pid_t pid = fork();
	pthread_t t;

	if (!pid) {
		pthread_create(&t, NULL, exec_thread, NULL);
		for (;;)
			pause();
	}
	printf("by-thread %d\n", reaped(pid, 7));
}

static void execs(void)
{
	int memory = helper_in_memory(), huge = helper_in_huge_memory(), gone;

	by_descriptor("memfd", memory, "");
	if (huge >= 0)
		by_descriptor("huge-memfd", huge, "");
	copy("/tmp/deleted");
	gone = open("/tmp/deleted", O_RDONLY | O_CLOEXEC);
	unlink("/tmp/deleted");
	by_descriptor("deleted", gone, "");
	by_descriptor("at-directory", open("/job/prog", O_RDONLY | O_DIRECTORY | O_CLOEXEC), "dev_helper");
	/* The helper takes the script's name for a number, which is then 0, and exits with that status. */
	script("/tmp/first", "#!" HELPER " exit\n");
	by_path("script", "/tmp/first", 0);
	script("/tmp/second", "#!/tmp/first\n");
	by_path("script-of-script", "/tmp/second", 0);
	symlink(HELPER, "/tmp/harmless");
	by_path("link", "/tmp/harmless", 7);
	by_thread();
}

/* Executes the program in a child of vfork(2), during which the parent waits. */
__attribute__((noinline)) static pid_t vforked(char **argv)
{
	pid_t pid = vfork();

	if (!pid) {
		execve(HELPER, argv, environment);
		_exit(1);
	}
	return reaped(pid, 7);
}

static void vforks(int n)
{
	for (int i = 0; i < n; i++) {
		char number[16], *argv[] = { "storm", "exit", "7", number, NULL };

		snprintf(number, sizeof(number), "%d", i);
		printf("vfork %d %d\n", vforked(argv), i);
	}
}

/* ---- calls that the program's own seccomp filter refuses */

static volatile sig_atomic_t trapped;

static void on_trap(int sig)
{
	trapped = sig;
}

/* Filters refuse calls by an error and by a signal, and one fork is refused in a child. */
static void refused(void)
{
	signal(SIGSYS, on_trap);
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || answer_call(SYS_unlink, SECCOMP_RET_ERRNO | 71) ||
	    answer_call(SYS_rmdir, SECCOMP_RET_TRAP) || answer_call(SYS_fork, SECCOMP_RET_ERRNO | 0))
		exit(5);
	syscall(SYS_unlink, "/tmp/refused");
	syscall(SYS_rmdir, "/tmp/trapped");
	if (trapped != SIGSYS || syscall(SYS_fork))
		exit(6);
	printf("unlink %d\n", getpid());
}

/*
 * A tracer keeps the kernel from executing its tracee's call (PTRACE_SYSEMU), executes the call itself, and writes the
 * result into the tracee's register.
 */
static void emulated(void)
{
	/* the first stop is the entry of access(), the second its return */
	static const enum __ptrace_request requests[] = { PTRACE_SYSCALL, PTRACE_SYSCALL, PTRACE_SYSEMU };
	static const char path[] = "/tmp/emulated";
	struct user_regs_struct regs;
	pid_t child = fork();
	int status;

	if (!child) {
		ptrace(PTRACE_TRACEME, 0, 0, 0);
		raise(SIGSTOP);
		_exit(!access(path, F_OK) && syscall(SYS_unlink, path) == 7 && !access(path, F_OK) ? 0 : 1);
	}
	for (unsigned int i = 0; i < sizeof(requests) / sizeof(requests[0]); i++)
		if (waitpid(child, &status, 0) != child || ptrace(requests[i], child, 0, 0))
			exit(7);
	if (waitpid(child, &status, 0) != child || ptrace(PTRACE_GETREGS, child, 0, &regs) || regs.orig_rax != SYS_unlink)
		exit(7);
	regs.rax = 7;
	if (ptrace(PTRACE_SETREGS, child, 0, &regs) || ptrace(PTRACE_DETACH, child, 0, 0))
		exit(7);
	reaped(child, 0);
}

/* ---- opens of a path in which another thread replaces a directory before the kernel walks the path */

static volatile int over;

static void *swapper(void *arg)
{
	for (int i = 0; !over; i++) {
		symlink(i & 1 ? "/tmp/dir-a" : "/tmp/dir-b", "/tmp/dir.new");
		rename("/tmp/dir.new", "/tmp/dir");
	}
	return arg;
}

/* Opens the path 500 times, and then more often until both directories were reached. */
static void swap(void)
{
	unsigned int met[2] = { 0, 0 };
	pthread_t t;
	struct stat a, s;

	mkdir("/tmp/dir-a", 0700);
	mkdir("/tmp/dir-b", 0700);
	close(open("/tmp/dir-a/file", O_CREAT | O_WRONLY, 0600));
	close(open("/tmp/dir-b/file", O_CREAT | O_WRONLY, 0600));
	symlink("/tmp/dir-a", "/tmp/dir");
	stat("/tmp/dir-a/file", &a);
	pthread_create(&t, NULL, swapper, NULL);
	for (int i = 0; i < 500 || ((!met[0] || !met[1]) && i < 20000); i++) {
		int fd = (int)syscall(SYS_openat, AT_FDCWD, "/tmp/dir/file", O_RDONLY);

		fstat(fd, &s);
		printf("/tmp/dir-%c/file\n", s.st_ino == a.st_ino ? 'a' : 'b');
		met[s.st_ino == a.st_ino]++;
		close(fd);
		__builtin_ia32_pause(); /* lets an emulator that has one thread for all CPUs switch to the other CPU */
	}
	over = 1;
	pthread_join(t, NULL);
}

/* ---- a flood of calls that is meant to hide one call */

static void flood(int n)
{
	char *argv[] = { "needle", "exit", "7", NULL };

	for (int i = 0; i < n; i++) {
		syscall(SYS_getppid);
		if (i == n / 2)
			printf("needle %d\n", vforked(argv));
	}
}

/*
 * ---- a command line whose reader must wait: it lies in a mapped file of a FUSE file system that never answers reads
 */

static int stall(void)
{
	static const struct fuse_served served = { .valid = 1000, .size = 4096, .count = 1,
						   .nodes = { { "file", FUSE_ROOT_ID, 2, 2, 0, S_IFREG | 0444 } } };
	int fuse = fuse_mount("/tmp/stall"), fd;
	pid_t server;
	char *page;

	if (fuse < 0)
		return 1;
	server = fork();
	if (!server) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		while (fuse_serve(fuse, &served))
			;
		exit(1);
	}
	fd = open("/tmp/stall/file", O_RDONLY | O_CLOEXEC);
	page = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, fd, 0);
	if (page == MAP_FAILED || prctl(PR_SET_MM, PR_SET_MM_ARG_START, page, 0, 0) ||
	    prctl(PR_SET_MM, PR_SET_MM_ARG_END, page + 100, 0, 0))
		return 1;
	printf("stall %d\n", getpid());
	fflush(stdout);
	for (;;) {
		syscall(SYS_getppid);
		usleep(10000);
	}
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";
	int n = argc > 2 ? atoi(argv[2]) : 100;

	setvbuf(stdout, NULL, _IOFBF, 1 << 16);
	if (!strcmp(what, "numbers"))
		numbers();
	else if (!strcmp(what, "exec"))
		execs();
	else if (!strcmp(what, "vforks"))
		vforks(n);
	else if (!strcmp(what, "seccomp"))
		refused();
	else if (!strcmp(what, "emulated"))
		emulated();
	else if (!strcmp(what, "swap"))
		swap();
	else if (!strcmp(what, "stall"))
		return stall();
	else if (!strcmp(what, "flood"))
		flood(n);
	else
		return 2;
	return 0;
}
