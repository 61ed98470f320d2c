// SPDX-License-Identifier: LGPL-2.1-or-later
/* A program for tests to trace: it does what its argument names, and prints the result. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/filter.h>
#include <linux/io_uring.h>
#include <linux/seccomp.h>
#include <linux/userfaultfd.h>
#include <netinet/in.h>
#include <poll.h>
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
#include <sys/ptrace.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

static void *execute(void *path)
{
	execl(path, path, "by a thread", (char *)NULL);
	return NULL;
}

static void *sleep_for_ever(void *unused)
{
	(void)unused;
	for (;;)
		pause();
	return NULL;
}

/* Lets a third thread call exec while the leader and one more thread are alive. */
static int exec_by_thread(void)
{
	pthread_t sleeper, executer;

	pthread_create(&sleeper, NULL, sleep_for_ever, NULL);
	pthread_create(&executer, NULL, execute, "/bin/echo");
	pthread_join(executer, NULL);
	return 1;
}

static atomic_bool begun;

static void *loop(void *unused)
{
	while (!begun)
		usleep(20000);
	for (;;)
		syscall(SYS_getuid);
	return unused;
}

static bool is_traced_in(const char *status)
{
	FILE *f = fopen(status, "r");
	char line[128];
	int tracer = 0;

	while (f && !tracer && fgets(line, sizeof(line), f))
		sscanf(line, "TracerPid: %d", &tracer);
	if (f)
		fclose(f);
	return tracer;
}

static bool is_traced(void)
{
	return is_traced_in("/proc/self/status");
}

/*
 * Runs in the first created thread. The kernel reports the stops of such a thread last. When a tracer has attached, the
 * thread makes some calls and ends the process; if on_signal is not NULL, it first waits for SIGUSR1.
 */
static void *end_among_loopers(void *on_signal)
{
	sigset_t *set = on_signal;
	int sig;

	while (!is_traced())
		usleep(20000);
	begun = true;
	if (set)
		sigwait(set, &sig);
	for (int i = 0; i < 10; i++) {
		syscall(SYS_getppid);
		usleep(1000);
	}
	_exit(5);
	return NULL;
}

/* Starts LOOPERS threads that make a cheap call endlessly. */
static int starve_until(sigset_t *set)
{
	const char *loopers = getenv("LOOPERS");
	pthread_t t;

	pthread_create(&t, NULL, end_among_loopers, set);
	for (int n = loopers ? atoi(loopers) : 16; n > 0; n--)
		if (pthread_create(&t, NULL, loop, NULL))
			return 77;
	return sleep_for_ever(NULL) != NULL;
}

static int starve(void)
{
	return starve_until(NULL);
}

static int starve_until_signal(void)
{
	static sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigprocmask(SIG_BLOCK, &set, NULL);
	return starve_until(&set);
}

enum { CREATORS = 16, SLEEPERS = 600 };

static void *end_at_once(void *unused)
{
	return unused;
}

static void *create_for_ever(void *unused)
{
	pthread_t t;

	while (!begun)
		usleep(20000);
	for (;;)
		if (!pthread_create(&t, NULL, end_at_once, NULL))
			pthread_detach(t);
	return unused;
}

/*
 * Ends the process while CREATORS threads create threads, so that the newest of these are likely to end without an event
 * of their creators. The kernel reports the ends of all sleepers between the ends of the new threads and the creators.
 */
static int end_among_new(void)
{
	pthread_t t;

	for (int n = 0; n < CREATORS; n++)
		if (pthread_create(&t, NULL, create_for_ever, NULL))
			return 77;
	for (int n = 0; n < SLEEPERS; n++)
		if (pthread_create(&t, NULL, sleep_for_ever, NULL))
			return 77;
	begun = true;
	for (int n = 0; n < 16; n++)
		if (pthread_create(&t, NULL, loop, NULL))
			return 77;
	usleep(20000);
	_exit(5);
}

/* ---- a thread is in the middle of clone(2) while a tracer attaches */

static int wait_for_end(void *unused)
{
	(void)unused;
	for (;;)
		syscall(SYS_pause);
	return 0;
}

/*
 * Creates a thread, to whose creator the kernel reports a pidfd at the address "where". It writes the pidfd after it has
 * decided whether the new thread is traced, and before /proc lists this thread. Returns the thread's tid, or -errno.
 */
static void *create_slowly(void *where)
{
	char *stack = mmap(NULL, 65536, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int tid = clone(wait_for_end, stack + 65536,
			CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM | CLONE_PIDFD, NULL,
			where);

	return (void *)(intptr_t)(tid < 0 ? -errno : tid);
}

/* Ends with 5 if a thread is traced whose creation began before a tracer attached and ended after it, else with 9. */
static int create_amid_attach(void)
{
	struct uffdio_api api = { .api = UFFD_API };
	struct uffdio_register place = { .mode = UFFDIO_REGISTER_MODE_MISSING };
	struct uffdio_zeropage page;
	int fd = (int)syscall(SYS_userfaultfd, O_CLOEXEC);
	long size = sysconf(_SC_PAGESIZE);
	struct uffd_msg message;
	char status[64];
	pthread_t t;
	void *tid;

	place.range.start = (uintptr_t)mmap(NULL, (size_t)size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	place.range.len = (uint64_t)size;
	if (fd < 0 || ioctl(fd, UFFDIO_API, &api) || ioctl(fd, UFFDIO_REGISTER, &place)) {
		puts("no userfaultfd");
		return 77;
	}
	pthread_create(&t, NULL, create_slowly, (void *)(uintptr_t)place.range.start);
	/* threads have pidfds from Linux 6.9 on: before, the call fails at once */
	if (poll(&(struct pollfd){ .fd = fd, .events = POLLIN }, 1, 5000) != 1 ||
	    read(fd, &message, sizeof(message)) != sizeof(message)) {
		puts("no pidfd of a thread");
		return 77;
	}
	puts("creating");
	while (!is_traced())
		usleep(1000);
	usleep(200000);
	page = (struct uffdio_zeropage){ .range = place.range };
	ioctl(fd, UFFDIO_ZEROPAGE, &page);
	pthread_join(t, &tid);
	snprintf(status, sizeof(status), "/proc/self/task/%d/status", (int)(intptr_t)tid);
	for (int n = 0; n < 100 && !is_traced_in(status); n++)
		usleep(50000);
	_exit(is_traced_in(status) ? 5 : 9);
}

/* One thread calls exec while 500 other threads loop or sleep. */
static int exec_among_threads(void)
{
	pthread_t t;

	for (int i = 0; i < 500; i++)
		if (pthread_create(&t, NULL, i % 25 ? sleep_for_ever : loop, NULL))
			return 77;
	begun = true;
	pthread_create(&t, NULL, execute, "/bin/echo");
	return sleep_for_ever(NULL) != NULL;
}

/*
 * Forks in each process until there are two to the power of ROUNDS processes. The first one prints how many of its
 * children ended without an error.
 */
static int fork_bomb(void)
{
	const char *rounds = getenv("ROUNDS");
	int status, ended = 0, made = 0;
	bool first = true;

	for (int i = 0; i < (rounds ? atoi(rounds) : 9); i++) {
		pid_t pid = fork();

		if (pid < 0)
			return 77;
		first &= pid > 0;
		made = pid ? made + 1 : 0;
	}
	while (wait(&status) > 0)
		ended += !status;
	if (first)
		printf("ended %d\n", ended);
	return ended != made;
}

static int spawn_silently(void)
{
	int status;

	if (!vfork()) {
		execl("/bin/true", "true", (char *)NULL);
		_exit(1);
	}
	wait(&status);
	return status;
}

static int spawn(void)
{
	printf("spawned %d\n", spawn_silently());
	return 0;
}

static int stop_and_go(void)
{
	int status;
	pid_t pid = fork();

	if (!pid) {
		raise(SIGSTOP);
		_exit(7);
	}
	waitpid(pid, &status, WUNTRACED);
	printf("stopped %d\n", WIFSTOPPED(status) ? WSTOPSIG(status) : -1);
	kill(pid, SIGCONT);
	waitpid(pid, &status, 0);
	printf("exited %d\n", WIFEXITED(status) ? WEXITSTATUS(status) : -1);
	return 0;
}

static void end_child(int sig)
{
	int status;
	pid_t pid = fork();

	if (!pid) {
		for (;;)
			pause();
	}
	kill(pid, sig);
	waitpid(pid, &status, 0);
	printf("killed %d\n", WIFSIGNALED(status) ? WTERMSIG(status) : -1);
}

static int kill_children(void)
{
	end_child(SIGKILL);
	end_child(SIGTERM);
	return 0;
}

static int count_threads(void)
{
	pthread_t threads[8];

	for (int i = 0; i < 8; i++)
		pthread_create(&threads[i], NULL, (void *(*)(void *))(void (*)(void))getppid, NULL);
	for (int i = 0; i < 8; i++)
		pthread_join(threads[i], NULL);
	return 0;
}

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

/* Installs a seccomp filter that refuses a call before a tracer sees it. The other calls are traced as before. */
static int filter_itself(void)
{
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	printf("installed %ld\n", set_filter(0, SYS_getppid, SECCOMP_RET_ERRNO | EXDEV));
	printf("refused %d\n", syscall(SYS_getppid) == -1 && errno == EXDEV);
	return 0;
}

static atomic_int listener = -1;

/*
 * Runs in a thread: installs a seccomp filter with a listener, and calls getsid(), which waits until another thread
 * answers it.
 */
static void *ask_listener(void *unused)
{
	long answer;

	(void)unused;
	listener = (int)set_filter(SECCOMP_FILTER_FLAG_NEW_LISTENER, SYS_getsid, SECCOMP_RET_USER_NOTIF);
	answer = syscall(SYS_getsid, 0);
	printf("answered %ld\n", answer);
	return NULL;
}

/* Installs two seccomp filters: the first one for all threads at once, the second one with a listener. */
static int install_filters(void)
{
	struct seccomp_notif_resp response = { .val = 7 };
	struct seccomp_notif call = { .id = 0 };
	pthread_t thread;

	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	pthread_create(&thread, NULL, sleep_for_ever, NULL);
	printf("all threads %ld\n", set_filter(SECCOMP_FILTER_FLAG_TSYNC, SYS_getppid, SECCOMP_RET_ERRNO | EXDEV));
	pthread_create(&thread, NULL, ask_listener, NULL);
	while (listener == -1)
		sched_yield();
	printf("listener %d\n", listener < 0);
	printf("received %d\n", ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &call) == 0 && call.data.nr == SYS_getsid);
	response.id = call.id;
	ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &response);
	pthread_join(thread, NULL);
	return 0;
}

/* Lets each call go on that a listener receives. */
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

static void *serve_listener(void *unused)
{
	while (listener == -1)
		sched_yield();
	let_go_on(listener);
	return unused;
}

static void make_ten_calls(void)
{
	for (int i = 0; i < 10; i++)
		syscall(SYS_getsid, 0);
}

/* Makes no call until there is a listener, so that no tracer stops the thread earlier. */
static void *call_beside(void *unused)
{
	while (listener == -1)
		;
	make_ten_calls();
	return unused;
}

/*
 * Installs a filter whose listener lets every call go on, and then makes calls: ten in this thread, ten in a child and,
 * if flags say so, ten in a thread that existed before the filter.
 */
static int hide_behind(long flags)
{
	pthread_t thread, beside;
	int status;
	pid_t pid;

	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	pthread_create(&thread, NULL, serve_listener, NULL);
	pthread_create(&beside, NULL, call_beside, NULL);
	listener = (int)set_filter(SECCOMP_FILTER_FLAG_NEW_LISTENER | flags, SYS_getsid, SECCOMP_RET_USER_NOTIF);
	if (listener < 0)
		return 77;
	make_ten_calls();
	pid = fork();
	if (!pid) {
		make_ten_calls();
		_exit(0);
	}
	waitpid(pid, &status, 0);
	pthread_join(beside, NULL);
	printf("ended %d\n", status);
	return 0;
}

static int hide_behind_listener(void)
{
	return hide_behind(0);
}

static int hide_all_threads(void)
{
	return hide_behind(SECCOMP_FILTER_FLAG_TSYNC | SECCOMP_FILTER_FLAG_TSYNC_ESRCH);
}

/* Acts as programs do that resist tracing. */
static int fight(void)
{
	int status;
	pid_t pid;

	prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	printf("traced already %d\n", ptrace(PTRACE_TRACEME, 0, 0, 0) == -1);
	pid = fork();
	if (!pid) {
		raise(SIGTRAP);
		_exit(0);
	}
	waitpid(pid, &status, 0);
	printf("trapped %d\n", WIFSIGNALED(status) ? WTERMSIG(status) : -1);
	return 0;
}

/* Makes an io_uring, and prints whether the kernel has made it. Returns 77 if it has not. */
static int make_ring(void)
{
	struct io_uring_params params = { .flags = 0 };
	int fd = (int)syscall(SYS_io_uring_setup, 4, &params);

	printf("ring %s\n", fd < 0 ? strerror(errno) : "made");
	fflush(stdout);
	return fd < 0 ? 77 : 0;
}

/* Tries to make an io_uring without entries, which the kernel refuses. */
static int make_no_ring(void)
{
	return syscall(SYS_io_uring_setup, 0, NULL) >= 0;
}

static int rest_with_ring(void)
{
	int rc = make_ring();

	if (!rc)
		pause();
	return rc;
}

/* Makes many short-lived processes at once; each child creates one more process. */
static int storm(void)
{
	int status, ended = 0;

	for (int i = 0; i < 100; i++)
		if (!fork()) {
			status = spawn_silently();
			_exit(status);
		}
	while (wait(&status) > 0)
		ended += status == 0;
	printf("ended %d\n", ended);
	return 0;
}

/*
 * Connects to a listening socket of its own, on a port that the kernel chooses, and sends one byte; then sends another
 * byte through a pair of sockets.
 */
static int talk(void)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(to);
	int l = socket(AF_INET, SOCK_STREAM, 0), c = socket(AF_INET, SOCK_STREAM, 0), a, pair[2];
	char byte;

	if (l < 0 || c < 0 || bind(l, (struct sockaddr *)&to, sizeof(to)) || listen(l, 1) ||
	    getsockname(l, (struct sockaddr *)&to, &len) || connect(c, (struct sockaddr *)&to, sizeof(to)))
		return 1;
	a = accept(l, NULL, NULL);
	if (a < 0 || write(c, "t", 1) != 1 || read(a, &byte, 1) != 1 || socketpair(AF_UNIX, SOCK_STREAM, 0, pair) ||
	    write(pair[0], "u", 1) != 1 || read(pair[1], &byte, 1) != 1)
		return 1;
	printf("port %d pair %d %d\n", ntohs(to.sin_port), pair[0], pair[1]);
	return 0;
}

/* Makes a call that fills the buffers of a vector. */
static int fill(void)
{
	char head[2], tail[6];
	struct iovec to[] = { { head, sizeof(head) }, { tail, sizeof(tail) } };
	int p[2];

	return pipe(p) || write(p[1], "filled", 6) != 6 || readv(p[0], to, 2) != 6;
}

/*
 * Creates a child in a UTS namespace of its own, which lives until it is killed. Prints the child's number and the
 * namespace's.
 */
static int namespace(void)
{
	char path[64], target[64] = "";
	int pid = (int)syscall(SYS_clone, CLONE_NEWUTS | SIGCHLD, 0, 0, 0, 0);

	if (!pid)
		sleep_for_ever(NULL);
	snprintf(path, sizeof(path), "/proc/%d/ns/uts", pid);
	if (pid < 0 || readlink(path, target, sizeof(target) - 1) < 0)
		return 77;
	printf("%d (%s)\n", pid, target);
	return 0;
}

#define FOREIGN_FD 77
#define KCMP_FILE 0

/*
 * Copies its parent's descriptor FOREIGN times and compares it, while two other threads make calls that split its trace
 * lines.
 */
static int take_from_parent(int fd)
{
	enum { FOREIGN = 300 };
	const int parent = getppid(), pidfd = (int)syscall(SYS_pidfd_open, parent, 0);

	if (pidfd < 0)
		return 77;
	for (int i = 0; i < FOREIGN; i++) {
		const int taken = (int)syscall(SYS_pidfd_getfd, pidfd, FOREIGN_FD, 0);

		if (taken < 0 || syscall(SYS_kcmp, getpid(), parent, KCMP_FILE, fd, FOREIGN_FD) < 0)
			return 77; /* the kernel refuses the call here */
		close(taken);
	}
	return 0;
}

/* Creates a child with CLONE_UNTRACED, which opens a file. */
static int make_untraced(void)
{
	long pid = syscall(SYS_clone, CLONE_UNTRACED | SIGCHLD, 0, 0, 0, 0);
	int status = 0;

	if (!pid)
		_exit(open("/dev/full", O_RDONLY) < 0 ? errno : 0);
	if (pid < 0 || waitpid((pid_t)pid, &status, 0) < 0)
		return 9;
	printf("child: %#x\n", (unsigned int)status);
	return 0;
}

static int foreign(void)
{
	int fd = open("/dev/null", O_RDONLY), status = 0, busy[2], child;

	dup2(fd, FOREIGN_FD);
	for (int i = 0; i < 2; i++) {
		busy[i] = fork();
		while (!busy[i])
			syscall(SYS_getppid);
	}
	child = fork();
	if (!child) {
		/* the number of the parent's descriptor stands for another file in this process */
		fd = open("/dev/zero", O_RDONLY);
		dup2(fd, FOREIGN_FD);
		_exit(take_from_parent(fd));
	}
	waitpid(child, &status, 0);
	for (int i = 0; i < 2; i++) {
		kill(busy[i], SIGKILL);
		waitpid(busy[i], NULL, 0);
	}
	return WEXITSTATUS(status);
}

/* ---- three threads wait for a mutex that the first one never releases */

static pthread_mutex_t taken = PTHREAD_MUTEX_INITIALIZER;

static void *take(void *arg)
{
	pthread_mutex_lock(&taken);
	return arg;
}

static int wait_for_a_mutex(void)
{
	pthread_t t;

	pthread_mutex_lock(&taken);
	for (int i = 0; i < 3; i++)
		pthread_create(&t, NULL, take, NULL);
	pause();
	return 0;
}

/* ---- a thread waits at two futexes, others at one of these, at the other, and at a third */

/* Exists from Linux 5.16 on; the structure is that of the kernel. */
#define CALL_FUTEX_WAITV 449
struct waitv {
	uint64_t value, address;
	uint32_t flags, reserved;
};

static uint32_t words[3];

static void *wait_at(void *word)
{
	syscall(SYS_futex, word, 128 /* FUTEX_WAIT_PRIVATE */, 0, NULL, NULL, 0);
	return NULL;
}

static int wait_at_several(void)
{
	struct waitv both[2];
	pthread_t t;

	for (int i = 0; i < 3; i++)
		pthread_create(&t, NULL, wait_at, &words[i]);
	for (int i = 0; i < 2; i++)
		both[i] = (struct waitv){ .address = (uintptr_t)&words[i], .flags = 0x82 /* FUTEX_32 | FUTEX_PRIVATE_FLAG */ };
	return syscall(CALL_FUTEX_WAITV, both, 2, 0, NULL, 0) ? 3 : 0;
}

/* ---- calls that need the processor all the time */

static int copy_for_ever(void)
{
	int from = open("/dev/zero", O_RDONLY), to = open("/dev/null", O_WRONLY);

	while (sendfile(to, from, NULL, INT_MAX) > 0)
		;
	return 1;
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		int (*run)(void);
	} words[] = {
		{ "exec-by-thread", exec_by_thread }, { "spawn", spawn },	  { "stop", stop_and_go },
		{ "kill", kill_children },	      { "threads", count_threads },
		{ "filter", filter_itself },	      { "fight", fight },
		{ "storm", storm },		      { "talk", talk },
		{ "starve", starve },		      { "exec-among", exec_among_threads },
		{ "end-among-new", end_among_new },   { "bomb", fork_bomb },
		{ "starve-until-signal", starve_until_signal },
		{ "fill", fill },		      { "namespace", namespace },
		{ "ring", make_ring },		      { "no-ring", make_no_ring },
		{ "rest-with-ring", rest_with_ring },
		{ "foreign", foreign },		      { "untraced", make_untraced },
		{ "filters", install_filters },	      { "listener", hide_behind_listener },
		{ "listener-for-all", hide_all_threads },
		{ "mutex", wait_for_a_mutex },	      { "busy", copy_for_ever },
		{ "several", wait_at_several },	      { "create", create_amid_attach },
	};

	setvbuf(stdout, NULL, _IOLBF, 0);
	for (size_t i = 0; argc > 1 && i < sizeof(words) / sizeof(words[0]); i++)
		if (!strcmp(argv[1], words[i].name))
			return words[i].run();
	return 2;
}
