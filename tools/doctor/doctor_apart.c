// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Runs a check that tries an engine in its own process: if the engine crashes, hangs or exits there, that becomes a
 * finding, and `linxcap doctor` goes on. See doctor/doctor.h.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/array_size.h"
#include "doctor/doctor.h"

/*
 * Limits of a trial: CPU time, and time without progress. They are long, as a kernel that checks every memory
 * access (such as KASAN) verifies eBPF programs for minutes.
 */
#define TRIAL_CPU_SECONDS 300
#define TURN_MS 100
#define TURNS_STANDING (60 * 1000 / TURN_MS)

/* Memory shared with the child process. */
struct outcome {
	struct finding f;
	bool ended; /* the check has returned, so f is complete */
};

static const struct {
	unsigned int engine;
	const char *name;
	const char *todo;
} engines[] = {
	{ DOCTOR_KMOD, "kmod", "a fault of linx: report it with 'linxcap version' and dmesg; until it is mended: --engine bpf, or ptrace" },
	{ DOCTOR_BPF, "bpf", "a fault of linx or libbpf: report it with 'linxcap version' and the version of libbpf1; until it is mended: "
			     "--engine kmod, or ptrace" },
	{ DOCTOR_PTRACE, "ptrace", "a fault of linx: report it with 'linxcap version'; until it is mended: --engine kmod, or bpf" },
};

/* ---- in the child process */

static void limit_itself(void)
{
	struct rlimit cpu, none = { 0, 0 };

	if (!getrlimit(RLIMIT_CPU, &cpu) && cpu.rlim_cur > TRIAL_CPU_SECONDS) {
		cpu.rlim_cur = TRIAL_CPU_SECONDS;
		setrlimit(RLIMIT_CPU, &cpu);
	}
	setrlimit(RLIMIT_CORE, &none);
}

/*
 * Runs the check in the child process. The child ends without flushing standard output, since the parent still has the
 * same bytes in its buffer and writes them.
 */
static _Noreturn void try_it(const struct doctor_check *c, const struct doctor *d, struct outcome *out)
{
	limit_itself();
	c->run(d, &out->f);
	out->ended = true;
	_exit(0);
}

/* ---- in the process of doctor */

/* Returns the CPU time that a process has used; 0: it is not known. */
static uint64_t used_ns(pid_t pid)
{
	struct timespec t = { 0 };
	clockid_t clock;

	if (clock_getcpuclockid(pid, &clock) || clock_gettime(clock, &t))
		return 0;
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

/* True if the process is ready to run. On a busy machine a process can wait long for a CPU, which does not count as a hang. */
static bool is_runnable(pid_t pid)
{
	char path[32], state = 0;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	file = fopen(path, "re");
	if (!file)
		return false;
	if (fscanf(file, "%*d %*[^)]) %c", &state) != 1) /* "linxcap", the name of the process, contains no bracket */
		state = 0;
	fclose(file);
	return state == 'R';
}

/*
 * Waits for the end of the child. False: the child made no progress for too long, and was killed. child: a signal set
 * with SIGCHLD, which is blocked.
 */
static bool wait_for(pid_t pid, const sigset_t *child, int *status)
{
	const struct timespec turn = { .tv_nsec = TURN_MS * 1000000 };
	unsigned int standing = 0;
	uint64_t used = 0, now;

	while (!waitpid(pid, status, WNOHANG)) {
		sigtimedwait(child, NULL, &turn);
		now = used_ns(pid);
		standing = now == used && !is_runnable(pid) ? standing + 1 : 0;
		used = now;
		if (standing < TURNS_STANDING)
			continue;
		kill(pid, SIGKILL);
		waitpid(pid, status, 0);
		return false;
	}
	return true;
}

static void died(const struct doctor_check *c, bool stood, int status, struct finding *f)
{
	const enum doctor_state state = c->engines == DOCTOR_KMOD ? DOCTOR_FAILED : DOCTOR_WARNING;
	size_t i = 0;
	int sig;

	while (i < ARRAY_SIZE(engines) - 1 && engines[i].engine != c->engines)
		i++;
	sig = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
	if (stood)
		doctor_found(f, state, "engine %s: trying it did not come to an end", engines[i].name);
	else if (sig == SIGXCPU)
		doctor_found(f, state, "engine %s: trying it did not come to an end (SIGXCPU: its processor time is used up)",
			     engines[i].name);
	else if (sig)
		doctor_found(f, state, "engine %s: trying it crashed (SIG%s: %s)", engines[i].name, sigabbrev_np(sig),
			     sigdescr_np(sig));
	else
		doctor_found(f, state, "engine %s: trying it ended linxcap with status %d", engines[i].name, WEXITSTATUS(status));
	doctor_todo(f, "%s", engines[i].todo);
	f->died = true;
}

static void cannot_try(struct finding *f, const char *what)
{
	doctor_found(f, DOCTOR_NOTE, "not tried: %s: %s", what, strerror(errno));
}

/*
 * Runs the check in a child, and sets *f. SIGCHLD is blocked, so that this process can wait for the child with a
 * timeout. The engine ptrace needs SIGCHLD blocked, too.
 */
static void try_apart(const struct doctor_check *c, const struct doctor *d, struct outcome *out, struct finding *f)
{
	sigset_t child, before;
	int status = 0;
	bool in_time;
	pid_t pid;

	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	sigprocmask(SIG_BLOCK, &child, &before);
	fflush(NULL);
	pid = fork();
	if (!pid)
		try_it(c, d, out);
	if (pid < 0) {
		cannot_try(f, "no process");
	} else {
		in_time = wait_for(pid, &child, &status);
		*f = out->f;
		if (!out->ended)
			died(c, !in_time, status, f);
	}
	sigprocmask(SIG_SETMASK, &before, NULL);
}

void doctor_run_apart(const struct doctor_check *c, const struct doctor *d, struct finding *f)
{
	struct outcome *out = mmap(NULL, sizeof(*out), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (out == MAP_FAILED) {
		cannot_try(f, "no memory");
		return;
	}
	try_apart(c, d, out, f);
	munmap(out, sizeof(*out));
}
