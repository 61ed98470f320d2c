// SPDX-License-Identifier: LGPL-2.1-or-later
/* Calls that wait, while signals come that the program ignores, and while a tracer is attached and detached. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/ipc.h>
#include <sys/select.h>
#include <sys/sem.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <linux/futex.h>
#include <time.h>
#include <unistd.h>

#include "alike.h"

/*
 * Pipe whose bytes end the waits for input. Other waits end by SIGUSR2, by the semaphore, or by their own limit of
 * time.
 */
static int bytes[2];
static int semaphore;
static uint32_t word;
static const struct timespec limit = { .tv_nsec = 400000000 };

static long by_epoll(void)
{
	struct epoll_event event = { .events = EPOLLIN };
	int fd = epoll_create1(0);

	epoll_ctl(fd, EPOLL_CTL_ADD, bytes[0], &event);
	return epoll_wait(fd, &event, 1, -1);
}

static long by_epoll_pwait2(void)
{
	struct epoll_event event = { .events = EPOLLIN };
	int fd = epoll_create1(0);
	long n;

	epoll_ctl(fd, EPOLL_CTL_ADD, bytes[0], &event);
	n = syscall(SYS_epoll_pwait2, fd, &event, 1, NULL, NULL, 8);
	return n < 0 && errno == ENOSYS ? 1 : n;
}

static long by_semaphore(void)
{
	struct sembuf down = { .sem_op = -1 };

	return semop(semaphore, &down, 1) ? -1 : 1;
}

static long by_signal(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR2);
	return sigwaitinfo(&set, NULL) == SIGUSR2 ? 1 : -1;
}

static long by_poll(void)
{
	struct pollfd p = { .fd = bytes[0], .events = POLLIN };

	return poll(&p, 1, -1);
}

static long by_select(void)
{
	fd_set set;

	FD_ZERO(&set);
	FD_SET(bytes[0], &set);
	return select(bytes[0] + 1, &set, NULL, NULL, NULL);
}

static long by_read(void)
{
	char c;

	return read(bytes[0], &c, 1);
}

static long by_futex(void)
{
	/* no task wakes this wait; therefore its time limit ends it */
	return syscall(SYS_futex, &word, FUTEX_WAIT, 0, &limit, NULL, 0) < 0 && errno == ETIMEDOUT ? 1 : -1;
}

static long by_sleep(void)
{
	return nanosleep(&limit, NULL) ? -1 : 1;
}

static long by_child(void)
{
	pid_t pid = fork();

	if (!pid)
		_exit(by_read() == 1 ? 0 : 1);
	return waitpid(pid, NULL, 0) == pid ? 1 : -1;
}

static const struct {
	const char *name;
	long (*wait)(void);
} waits[] = {
	{ "epoll_wait", by_epoll },    { "epoll_pwait2", by_epoll_pwait2 }, { "semop", by_semaphore },
	{ "sigwaitinfo", by_signal },  { "poll", by_poll },		    { "select", by_select },
	{ "read", by_read },	       { "waitpid", by_child },		    { "futex", by_futex },
	{ "nanosleep", by_sleep },
};

#define NWAITS (sizeof(waits) / sizeof(waits[0]))
/* Number of the waits that need an event to end. The last two elements of waits[] end by themselves. */
#define NUNLIMITED (NWAITS - 2)

static pid_t start(size_t i)
{
	pid_t pid = fork();

	if (!pid) {
		errno = 0;
		_exit(waits[i].wait() == 1 ? 0 : errno);
	}
	return pid;
}

static void end(const char *name, pid_t pid)
{
	struct sembuf up = { .sem_op = 1 };
	int status = 0;

	if (write(bytes[1], "", 1) != 1 || semop(semaphore, &up, 1))
		return;
	kill(pid, SIGUSR2);
	waitpid(pid, &status, 0);
	say(name, "%s", WIFEXITED(status) ? error_name(WEXITSTATUS(status)) : "killed");
}

/* Makes pipe and semaphore. What one wait leaves in them must not reach the next. */
static void make(void)
{
	if (pipe(bytes))
		exit(1);
	semaphore = semget(IPC_PRIVATE, 1, 0600);
	semctl(semaphore, 0, SETVAL, 0);
}

static void drop(void)
{
	close(bytes[0]);
	close(bytes[1]);
	semctl(semaphore, 0, IPC_RMID);
}

static void block_usr2(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR2);
	sigprocmask(SIG_BLOCK, &set, NULL);
}

void alike_waits(void)
{
	static const int ignored[] = { SIGCHLD, SIGURG, SIGWINCH, SIGCONT, SIGUSR1 };

	signal(SIGUSR1, SIG_IGN);
	block_usr2();
	for (size_t i = 0; i < NWAITS; i++) {
		pid_t pid;

		make();
		pid = start(i);
		wait_until_it_sleeps(pid);
		for (size_t k = 0; k < sizeof(ignored) / sizeof(ignored[0]); k++) {
			kill(pid, ignored[k]);
			usleep(2000);
		}
		end(waits[i].name, pid);
		drop();
	}
	signal(SIGUSR1, SIG_DFL);
}

/*
 * Starts a process for each wait without a limit, prints the process numbers, and ends the waits when its standard
 * input is closed. The test closes the input after a tracer has attached and detached.
 */
void alike_while_attached(void)
{
	int to[NUNLIMITED][2], semaphores[NUNLIMITED];
	pid_t pids[NUNLIMITED];
	char c;

	block_usr2();
	for (size_t i = 0; i < NUNLIMITED; i++) {
		make();
		pids[i] = start(i);
		wait_until_it_sleeps(pids[i]);
		to[i][0] = bytes[0];
		to[i][1] = bytes[1];
		semaphores[i] = semaphore;
	}
	for (size_t i = 0; i < NUNLIMITED; i++)
		say("pid", "%d", pids[i]);
	while (read(0, &c, 1) > 0)
		;
	for (size_t i = 0; i < NUNLIMITED; i++) {
		bytes[0] = to[i][0];
		bytes[1] = to[i][1];
		semaphore = semaphores[i];
		end(waits[i].name, pids[i]);
		drop();
	}
}
