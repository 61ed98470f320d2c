// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * A program that tries to make calls which its tracer does not record. It does what its argument names, and prints what
 * it has done. The exit status is 77 if this machine does not allow the attempt.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define PAGE 4096u

/* ---- calls that the kernel has made when SIGKILL comes */

enum { ROUNDS = 300 };

/* Each child writes a byte of a file, and is killed when its parent sees the byte in a mapping of the file. */
static int killed_writers(void)
{
	char name[] = "written.XXXXXX";
	int fd = mkstemp(name);
	volatile char *map;
	pid_t pid;

	if (fd < 0 || unlink(name) || ftruncate(fd, PAGE))
		return 77;
	map = mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, 0);
	if (map == MAP_FAILED)
		return 77;
	for (int i = 0; i < ROUNDS; i++) {
		pid = fork();
		if (!pid) {
			pwrite(fd, "x", 1, i);
			pause();
		}
		while (!map[i])
			sched_yield();
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
	}
	printf("written %d\n", ROUNDS);
	return 0;
}

/* ---- a filter whose listener lets every call go on */

static long set_filter(long flags, uint32_t nr, uint32_t action)
{
	struct sock_filter prog[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, nr, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, action),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog fprog = { sizeof(prog) / sizeof(prog[0]), prog };

	return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &fprog);
}

static long listen_to(uint32_t nr)
{
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	return set_filter(SECCOMP_FILTER_FLAG_NEW_LISTENER, nr, SECCOMP_RET_USER_NOTIF);
}

static void let_go_on(int fd)
{
	struct seccomp_notif call = { .id = 0 };
	struct seccomp_notif_resp response = { .flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE };

	while (!ioctl(fd, SECCOMP_IOCTL_NOTIF_RECV, &call)) {
		response.id = call.id;
		if (ioctl(fd, SECCOMP_IOCTL_NOTIF_SEND, &response))
			break;
		memset(&call, 0, sizeof(call));
	}
}

static atomic_int listener = -1;
static atomic_bool all_have_it;

static void *serve_listener(void *unused)
{
	while (listener == -1)
		sched_yield();
	let_go_on(listener);
	return unused;
}

/* Makes no call until this thread has the filter, so that no tracer stops the thread earlier. */
static void *call_beside(void *unused)
{
	while (!all_have_it)
		;
	for (int i = 0; i < 10; i++)
		syscall(SYS_getsid, 0);
	return unused;
}

/*
 * Installs a filter with a listener for this thread, then a harmless one for all threads. All threads then have both.
 */
static int spread_a_listener(void)
{
	pthread_t thread, beside;

	pthread_create(&thread, NULL, serve_listener, NULL);
	pthread_create(&beside, NULL, call_beside, NULL);
	listener = (int)listen_to(SYS_getsid);
	if (listener < 0 || set_filter(SECCOMP_FILTER_FLAG_TSYNC, SYS_getpgid, SECCOMP_RET_ALLOW))
		return 77;
	all_have_it = true;
	pthread_join(beside, NULL);
	return 0;
}

/* Executes the command in COMMAND under a filter whose listener is in this process. */
static int execute_under_a_listener(void)
{
	pid_t pid = (pid_t)syscall(SYS_clone, CLONE_FILES | SIGCHLD, 0, 0, 0, 0);
	int status, fd = 3;

	if (!pid) {
		if (listen_to(SYS_getsid) != fd)
			_exit(77);
		execl("/bin/sh", "sh", "-c", getenv("COMMAND"), (char *)NULL);
		_exit(1);
	}
	while (fcntl(fd, F_GETFD) < 0 && !waitpid(pid, &status, WNOHANG))
		sched_yield();
	let_go_on(fd);
	waitpid(pid, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

static int call_ten_times(void)
{
	for (int i = 0; i < 10; i++)
		syscall(SYS_getsid, 0);
	return 0;
}

/* ---- children whose creator is killed while it creates them */

enum { KILLS = 400 };

/*
 * Kills children while they create processes without end. The created processes exit at once, and become children of
 * this process, which is their subreaper. Returns when all of them have ended.
 */
static int kill_creators(void)
{
	atomic_int *made = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int ended = 0;
	pid_t pid;

	if (made == MAP_FAILED || prctl(PR_SET_CHILD_SUBREAPER, 1))
		return 77;
	for (int i = 0; i < KILLS; i++) {
		*made = 0;
		pid = fork();
		while (!pid) {
			if (!fork())
				_exit(0);
			++*made;
		}
		while (*made < 1 + i % 4)
			;
		kill(pid, SIGKILL);
		while (wait(NULL) > 0)
			;
		ended++;
	}
	printf("ended %d\n", ended);
	return 0;
}

/* ---- memory that a tracer cannot read in the usual way */

/* Returns a page with these bytes that can be written but not read. */
static void *write_only(const void *bytes, size_t n)
{
	void *page = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (page == MAP_FAILED)
		exit(77);
	memcpy(page, bytes, n);
	mprotect(page, PAGE, PROT_WRITE);
	return page;
}

/* Returns a page that the kernel removes from all views of memory but this process's own. */
static void *secret(const void *bytes, size_t n)
{
	int fd = (int)syscall(SYS_memfd_secret, 0);
	void *page = fd < 0 || ftruncate(fd, PAGE) ? MAP_FAILED :
						      mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	if (page == MAP_FAILED)
		exit(77);
	memcpy(page, bytes, n);
	return page;
}

static int pass_write_only_memory(void)
{
	open(write_only("/path that is not there", 24), O_RDONLY);
	write(-1, write_only("a buffer", 8), 8);
	return 0;
}

static int wait_for_child(long pid)
{
	int status = 0;

	if (!pid)
		_exit(open("/dev/full", O_RDONLY) < 0 ? errno : 0);
	if (pid < 0)
		printf("refused: %s\n", strerror(errno));
	else if (waitpid((pid_t)pid, &status, __WALL) == pid)
		printf("child: %#x\n", (unsigned int)status);
	return 0;
}

static const struct clone_args untraced = { .flags = CLONE_UNTRACED, .exit_signal = SIGCHLD };

static int untraced_by_write_only_memory(void)
{
	return wait_for_child(syscall(SYS_clone3, write_only(&untraced, sizeof(untraced)), sizeof(untraced)));
}

static int untraced_by_secret_memory(void)
{
	return wait_for_child(syscall(SYS_clone3, secret(&untraced, sizeof(untraced)), sizeof(untraced)));
}

/* ---- flags that another thread changes after the tracer has looked at them */

enum { ESCAPES = 3, TRIES = 20000 };

static struct changing {
	struct clone_args args;
	atomic_int made, escaped;
} *changing;

static void *change_flags(void *unused)
{
	volatile uint64_t *flags = (volatile uint64_t *)&changing->args.flags;

	for (;;)
		*flags ^= CLONE_UNTRACED;
	return unused;
}

/*
 * Returns the process number of this process's tracer, or 0 without a tracer. It reads without stdio, because the
 * parent can share the memory of a stream.
 */
static int tracer_of_self(void)
{
	char text[2048], *at;
	int fd = open("/proc/self/status", O_RDONLY);
	ssize_t n = read(fd, text, sizeof(text) - 1);

	close(fd);
	text[n > 0 ? n : 0] = '\0';
	at = strstr(text, "TracerPid:");
	return at ? atoi(at + 10) : -1;
}

/*
 * Runs in a child that may have left the trace: waits until it is traced, although its parent makes no call meanwhile.
 * Then makes the calls that the test counts.
 */
static void call_when_traced(void)
{
	if (!tracer_of_self())
		changing->escaped++;
	while (!tracer_of_self())
		usleep(1000);
	for (int i = 0; i < 10; i++)
		syscall(SYS_getsid, 0);
	_exit(0);
}

static int make_while_flags_change(uint64_t flags)
{
	pthread_t thread;
	long pid;

	changing = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (changing == MAP_FAILED)
		return 77;
	changing->args = (struct clone_args){ .flags = flags, .exit_signal = SIGCHLD };
	pthread_create(&thread, NULL, change_flags, NULL);
	for (int i = 0; i < TRIES && changing->escaped < ESCAPES; i++) {
		pid = syscall(SYS_clone3, &changing->args, sizeof(changing->args));
		if (!pid)
			call_when_traced();
		if (pid < 0)
			return 1;
		changing->made++;
		while (waitpid((pid_t)pid, NULL, __WALL) < 0 && errno == EINTR)
			;
	}
	printf("made %d\nescaped %d\n", changing->made, changing->escaped);
	return changing->escaped ? 0 : 77;
}

static int change_the_flags(void)
{
	return make_while_flags_change(0);
}

static int change_the_flags_of_vfork(void)
{
	return make_while_flags_change(CLONE_VFORK);
}

/* ---- a socket that lingers when it is closed */

enum { LINGER_SECONDS = 1000, SOCKETS = 100 };

/*
 * A connection whose buffers are full, because its peer does not read. The last thread that releases the socket waits
 * for the peer, unless a signal ends the wait. The last one is either the thread that closes the socket or the thread
 * that is in a call on the socket.
 */
static struct lingering {
	int fd, peer;
	int spin; /* turns of a loop before the socket is closed */
	atomic_bool open;
	pthread_mutex_t lock;
	bool waits; /* threads may wait for the peer */
	pthread_t caller, closer;
} lingering = { .lock = PTHREAD_MUTEX_INITIALIZER };

static void *close_sockets(void *unused)
{
	for (int n = 0; n < SOCKETS; n++) {
		while (!lingering.open)
			;
		for (volatile int i = 0; i < lingering.spin; i++)
			;
		close(lingering.fd);
		lingering.open = false;
	}
	return unused;
}

static void *wake_threads(void *unused)
{
	for (;;) {
		usleep(2000);
		pthread_mutex_lock(&lingering.lock);
		if (lingering.waits) {
			pthread_kill(lingering.caller, SIGUSR1);
			pthread_kill(lingering.closer, SIGUSR1);
		}
		pthread_mutex_unlock(&lingering.lock);
	}
	return unused;
}

static void set_waits(bool on)
{
	pthread_mutex_lock(&lingering.lock);
	lingering.waits = on;
	pthread_mutex_unlock(&lingering.lock);
}

static void fill_it(int listening, const struct sockaddr_in *to)
{
	const struct linger linger = { .l_onoff = 1, .l_linger = LINGER_SECONDS };
	static char data[1 << 18];
	const int small = 1;

	lingering.fd = socket(AF_INET, SOCK_STREAM, 0);
	setsockopt(lingering.fd, SOL_SOCKET, SO_SNDBUF, &small, sizeof(small));
	setsockopt(lingering.fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger));
	if (connect(lingering.fd, (const struct sockaddr *)to, sizeof(*to)))
		exit(77);
	lingering.peer = accept(listening, NULL, NULL);
	while (send(lingering.fd, data, sizeof(data), MSG_DONTWAIT) > 0)
		;
}

static void do_nothing(int sig)
{
	(void)sig;
}

/*
 * Closes each socket in one thread while another thread makes calls on the socket. At such a call a tracer may open the
 * socket itself.
 */
static int linger_in_the_tracer(void)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(to);
	int l = socket(AF_INET, SOCK_STREAM, 0);
	const int small = 1;
	pthread_t waker;

	signal(SIGUSR1, do_nothing);
	lingering.caller = pthread_self();
	setsockopt(l, SOL_SOCKET, SO_RCVBUF, &small, sizeof(small));
	if (bind(l, (struct sockaddr *)&to, len) || listen(l, 1) || getsockname(l, (struct sockaddr *)&to, &len))
		return 77;
	pthread_create(&lingering.closer, NULL, close_sockets, NULL);
	pthread_create(&waker, NULL, wake_threads, NULL);
	for (int i = 0; i < SOCKETS; i++) {
		fill_it(l, &to);
		lingering.spin = i * 97 % 5000;
		set_waits(true);
		lingering.open = true;
		while (send(lingering.fd, "x", 1, MSG_DONTWAIT) < 0 && errno == EAGAIN)
			;
		while (lingering.open)
			sched_yield();
		set_waits(false);
		close(lingering.peer);
	}
	printf("closed %d\n", SOCKETS);
	return 0;
}

/* ---- a deep chain of processes */

enum { LEVELS = 400, CALLS = 2000 };

/* Each process has one child; the last one makes calls. */
static int make_chain(void)
{
	int status = 0, level = 0;
	pid_t pid;

	while (level < LEVELS && !(pid = fork()))
		level++;
	if (level == LEVELS) {
		for (int i = 0; i < CALLS; i++)
			syscall(SYS_getsid, 0);
		return 0;
	}
	waitpid(pid, &status, 0);
	if (!level)
		printf("ended %#x\n", (unsigned int)status);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

/* ---- a new name of a task, written to a file of /proc instead of set by prctl() */

static int take_a_name(void)
{
	int fd = open("/proc/self/comm", O_WRONLY);

	for (int i = 0; i < 10; i++)
		syscall(SYS_getsid, 0);
	if (fd < 0 || write(fd, "wanted", 6) != 6)
		return 77;
	for (int i = 0; i < 10; i++)
		syscall(SYS_getsid, 0);
	return 0;
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		int (*run)(void);
	} words[] = {
		{ "killed-writers", killed_writers },	{ "spread-listener", spread_a_listener },
		{ "under-listener", execute_under_a_listener },
		{ "call", call_ten_times },		{ "kill-creators", kill_creators },
		{ "chain", make_chain },
		{ "name", take_a_name },
		{ "linger", linger_in_the_tracer },
		{ "write-only", pass_write_only_memory },
		{ "untraced-write-only", untraced_by_write_only_memory },
		{ "untraced-secret", untraced_by_secret_memory },
		{ "change-flags", change_the_flags },
		{ "change-flags-of-vfork", change_the_flags_of_vfork },
	};

	setvbuf(stdout, NULL, _IOLBF, 0);
	for (size_t i = 0; argc > 1 && i < sizeof(words) / sizeof(words[0]); i++)
		if (!strcmp(argv[1], words[i].name))
			return words[i].run();
	return 2;
}
