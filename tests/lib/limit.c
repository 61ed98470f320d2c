// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * limit.c - runs a command, and ends it and its descendants once they have hung.
 *
 * usage: limit SECONDS COMMAND [ARG...]
 *
 * A command has hung once it and its descendants have used SECONDS of processor
 * time together, or less than a hundredth of the time for LIMIT_STILL seconds (600).
 * A busy machine makes neither happen sooner, as it would with timeout(1).
 *
 * The exit status is the command's, 128 + N for signal N, 124 for a command that
 * was ended (each of its processes is printed before), 125 for a fault here, 127 for a
 * command that cannot be run.
 */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define STATUS_HUNG 124
#define STATUS_FAULT 125
#define STATUS_NOT_RUN 127
#define STILL_SECONDS 600
#define STILL_SHARE 100		/* a process that uses less than this fraction of the time (one STILL_SHARE-th) makes no progress */
#define LOOK_SECONDS 2
#define MOST 65536		/* upper limit of the processes that are examined */

struct process {
	pid_t pid, parent;
	char state;
	/* processor time in seconds, including that of children that the process has waited for */
	double seconds;
	bool below;		/* whether this is a descendant of the limit's own process */
};

static struct process processes[MOST];
static volatile sig_atomic_t child;

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec + ts.tv_nsec / 1e9;
}

static void pass_on(int signal)
{
	if (child > 0)
		kill(child, signal);
}

/* Reads /proc/PID/stat. The command's name ends at the last parenthesis, whatever it holds. */
static bool read_stat(const char *pid, struct process *p)
{
	unsigned long user, system;
	long user_of_children, system_of_children;
	char path[64], text[1024], *rest;
	FILE *f;
	size_t n;

	snprintf(path, sizeof(path), "/proc/%.20s/stat", pid);
	f = fopen(path, "re");
	if (!f)
		return false;
	n = fread(text, 1, sizeof(text) - 1, f);
	fclose(f);
	text[n] = '\0';
	rest = strrchr(text, ')');
	if (!rest || sscanf(rest + 1, " %c %d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu %ld %ld", &p->state, &p->parent,
			    &user, &system, &user_of_children, &system_of_children) != 6)
		return false;
	p->pid = atoi(pid);
	p->seconds = (double)(user + system + user_of_children + system_of_children) / sysconf(_SC_CLK_TCK);
	p->below = p->parent == getpid();
	return true;
}

/* Marks descendants until no more are found, because a parent may be listed after its children. */
static void mark_descendants(int count)
{
	bool more = true;

	while (more) {
		more = false;
		for (int i = 0; i < count; i++) {
			for (int j = 0; !processes[i].below && j < count; j++) {
				if (processes[j].below && processes[j].pid == processes[i].parent)
					more = processes[i].below = true;
			}
		}
	}
}

/* Reads all processes of the machine. Returns their number. */
static int read_processes(void)
{
	DIR *d = opendir("/proc");
	struct dirent *e;
	int count = 0;

	while (d && count < MOST && (e = readdir(d)))
		count += isdigit((unsigned char)e->d_name[0]) && read_stat(e->d_name, &processes[count]);
	if (d)
		closedir(d);
	mark_descendants(count);
	return count;
}

/*
 * Returns the seconds of processor time of all descendants, including those that have ended: this process adopts
 * descendants whose parent has ended.
 */
static double used(void)
{
	struct rusage ended;
	int count = read_processes();
	double sum;

	getrusage(RUSAGE_CHILDREN, &ended);
	sum = ended.ru_utime.tv_sec + ended.ru_utime.tv_usec / 1e6 + ended.ru_stime.tv_sec + ended.ru_stime.tv_usec / 1e6;
	for (int i = 0; i < count; i++)
		sum += processes[i].below ? processes[i].seconds : 0;
	return sum;
}

static void show(const struct process *p)
{
	char path[64], line[300] = "";
	size_t n = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/cmdline", p->pid);
	f = fopen(path, "re");
	if (f) {
		n = fread(line, 1, sizeof(line) - 1, f);
		fclose(f);
	}
	for (size_t i = 0; i + 1 < n; i++)
		line[i] = line[i] ? line[i] : ' ';
	fprintf(stderr, "limit:   %d of %d, %c, %.1f s: %s\n", p->pid, p->parent, p->state, p->seconds, line);
}

/* Kills every descendant, including processes that are forked meanwhile. */
static void end_all(void)
{
	int count = read_processes(), left = 1;

	for (int i = 0; i < count; i++) {
		if (processes[i].below)
			show(&processes[i]);
	}
	for (int round = 0; left && round < 1000; round++) {
		left = 0;
		count = read_processes();
		for (int i = 0; i < count; i++) {
			if (processes[i].below && processes[i].state != 'Z')
				left += !kill(processes[i].pid, SIGKILL);
		}
		while (waitpid(-1, NULL, WNOHANG) > 0)
			;
		nanosleep(&(struct timespec){ .tv_nsec = 10 * 1000 * 1000 }, NULL);
	}
}

/* Reaps ended processes. Returns whether the command itself has ended; *status is set if it has. */
static bool reap(int *status)
{
	int got;
	pid_t pid;

	while ((pid = waitpid(-1, &got, WNOHANG)) > 0) {
		if (pid == child) {
			*status = WIFSIGNALED(got) ? 128 + WTERMSIG(got) : WEXITSTATUS(got);
			return true;
		}
	}
	return false;
}

/* Waits until the command ends, or ends it when it hangs. Returns the exit status. */
static int watch(double seconds, double still)
{
	double still_at = now(), still_used = 0, spent = 0, next = now() + LOOK_SECONDS;
	sigset_t set;
	int status;

	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	while (!reap(&status)) {
		sigtimedwait(&set, NULL, &(struct timespec){ .tv_sec = LOOK_SECONDS });
		if (now() < next)
			continue;
		next = now() + LOOK_SECONDS;
		spent = used();
		if (spent - still_used > still / STILL_SHARE) {
			still_at = now();
			still_used = spent;
		}
		if (spent < seconds && now() - still_at < still)
			continue;
		if (reap(&status))
			break;
		if (spent >= seconds)
			fprintf(stderr, "limit: no end after %.0f s of processor time\n", spent);
		else
			fprintf(stderr, "limit: no progress for %.0f s\n", still);
		end_all();
		return STATUS_HUNG;
	}
	return status;
}

static int run(char **argv)
{
	sigset_t set, before;

	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigprocmask(SIG_BLOCK, &set, &before);
	child = fork();
	if (child)
		return child < 0 ? -1 : 0;
	sigprocmask(SIG_SETMASK, &before, NULL);
	execvp(argv[0], argv);
	fprintf(stderr, "limit: %s: %s\n", argv[0], strerror(errno));
	_exit(STATUS_NOT_RUN);
}

int main(int argc, char **argv)
{
	const char *still = getenv("LIMIT_STILL");
	double seconds = argc > 2 ? atof(argv[1]) : 0;

	if (seconds <= 0) {
		fprintf(stderr, "usage: limit SECONDS COMMAND [ARG...]\n");
		return STATUS_FAULT;
	}
	if (prctl(PR_SET_CHILD_SUBREAPER, 1) || run(argv + 2)) {
		fprintf(stderr, "limit: %s\n", strerror(errno));
		return STATUS_FAULT;
	}
	for (int i = 0; i < 2; i++)
		signal((int[]){ SIGTERM, SIGHUP }[i], pass_on);
	return watch(seconds, still ? atof(still) : STILL_SECONDS);
}
