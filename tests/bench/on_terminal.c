// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Runs a command on a terminal of its own, and throws away what the command draws. Writes the command's process id to
 * FILE. On an interrupt the program presses q, which ends linxcap top; with -q it presses q when the command has drawn
 * and then needed less than a hundredth of a second's processor time. At the end it prints the command's processor time
 * in seconds on standard error. Exits with the command's status.
 * usage: on_terminal [-q] FILE COMMAND [ARG...]
 */
#include <errno.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define SECOND_NS 1000000000ull
#define QUIET_NS (SECOND_NS / 100)

static volatile sig_atomic_t stop;

static void on_signal(int sig)
{
	(void)sig;
	stop = 1;
}

/* Returns the processor time that a process has used, or 0. */
static unsigned long long used_ns(pid_t pid)
{
	unsigned long long ns = 0;
	char path[64];
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/schedstat", pid);
	f = fopen(path, "r");
	if (f && fscanf(f, "%llu", &ns) != 1)
		ns = 0;
	if (f)
		fclose(f);
	return ns;
}

static unsigned long long now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (unsigned long long)now.tv_sec * SECOND_NS + (unsigned long long)now.tv_nsec;
}

/*
 * Returns true if a second has passed since the last measurement, and the process needed next to no processor time in
 * it.
 */
static bool is_quiet(pid_t pid)
{
	static unsigned long long at, before;
	unsigned long long now = now_ns(), used = used_ns(pid);
	bool quiet = at && used - before < QUIET_NS;

	if (at && now - at < SECOND_NS)
		return false;
	at = now;
	before = used;
	return quiet;
}

/* Reads until the command closes its terminal. Returns false if the terminal failed. */
static bool drain(int terminal, pid_t pid, bool quits)
{
	struct pollfd p = { .fd = terminal, .events = POLLIN };
	char bytes[65536];
	int n;

	for (bool drawn = false;; drawn |= n > 0) {
		n = poll(&p, 1, 100);
		if (stop || (quits && drawn && is_quiet(pid))) {
			stop = false;
			if (write(terminal, "q", 1) != 1)
				return false;
		}
		if (n > 0 && read(terminal, bytes, sizeof(bytes)) <= 0)
			return errno == EIO;
	}
}

static double seconds(struct timeval t)
{
	return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

static bool write_pid(const char *name, pid_t pid)
{
	FILE *f = pid < 0 ? NULL : fopen(name, "w");

	return f && fprintf(f, "%d\n", pid) > 0 && !fclose(f);
}

int main(int argc, char **argv)
{
	struct winsize size = { .ws_row = 40, .ws_col = 120 };
	bool quits = argc > 1 && !strcmp(argv[1], "-q");
	int terminal, status;
	struct rusage used;
	pid_t pid;

	argv += quits;
	if (argc - quits < 3)
		return 2;
	sigaction(SIGINT, &(struct sigaction){ .sa_handler = on_signal }, NULL);
	pid = forkpty(&terminal, NULL, NULL, &size);
	if (!pid) {
		execvp(argv[2], argv + 2);
		_exit(127);
	}
	if (!write_pid(argv[1], pid) || !drain(terminal, pid, quits) || wait4(pid, &status, 0, &used) != pid)
		return 2;
	fprintf(stderr, "%.3f %ld\n", seconds(used.ru_utime) + seconds(used.ru_stime), used.ru_maxrss);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
