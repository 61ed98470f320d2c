// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Records of signals, which show them as a debugger would see them: delivered signals, dropped ones and fatal ones,
 * also when an interrupt sends them. Built for the 64-bit ABI only (native only).
 */
#include <pthread.h>
#include <sys/time.h>
#include <time.h>
#include "rec.h"

enum { CRASHED, TERMINATED, KILLED, STOPPED, HEADLESS, THREAD };

static volatile pid_t *pids; /* shared memory */
static volatile sig_atomic_t handled;

static void handler(int sig)
{
	handled = sig;
}

static void wait_for(int sig)
{
	while (handled != sig)
		;
	handled = 0;
}

static void send_to_self(void)
{
	union sigval value = { .sival_ptr = (void *)0x123456789a };
	sigset_t set;

	signal(SIGUSR1, handler);
	signal(SIGUSR2, SIG_IGN);
	kill(getpid(), SIGUSR2);
	sigqueue(getpid(), SIGUSR1, value);
	wait_for(SIGUSR1);
	sigemptyset(&set);
	sigaddset(&set, SIGUSR2);
	sigprocmask(SIG_BLOCK, &set, NULL);
	kill(getpid(), SIGUSR2);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
}

/* Sets timers, which send their signals from an interrupt while the process is in user mode. */
static void set_timers(void)
{
	struct itimerval ms = { .it_value.tv_usec = 1000 };
	struct itimerspec soon = { .it_value.tv_nsec = 1000000 };
	struct sigevent ev = { .sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGRTMIN, .sigev_value.sival_int = 77 };
	timer_t timer;

	signal(SIGALRM, handler);
	setitimer(ITIMER_REAL, &ms, NULL);
	wait_for(SIGALRM);
	signal(SIGRTMIN, handler);
	timer_create(CLOCK_MONOTONIC, &ev, &timer);
	timer_settime(timer, 0, &soon, NULL);
	wait_for(SIGRTMIN);
	timer_delete(timer);
}

static void make_child(int which, void (*fn)(void))
{
	pid_t pid = fork();

	if (!pid) {
		fn();
		for (;;)
			pause();
	}
	pids[which] = pid;
}

static void crash(void)
{
	*(volatile int *)8 = 1;
}

static void stop(void)
{
	raise(SIGSTOP);
	_exit(5);
}

static void nothing(void)
{
}

static void *go_on(void *arg)
{
	pids[THREAD] = gettid();
	for (;;)
		pause();
	return arg;
}

/*
 * Ends the leader thread. Its stack is freed, but it remains the task to which the kernel sends signals for the
 * process.
 */
static void leave(void)
{
	pthread_t t;

	pthread_create(&t, NULL, go_on, NULL);
	while (!pids[THREAD])
		sched_yield();
	pthread_exit(NULL);
}

static void wait_for_zombie(pid_t pid)
{
	char path[32], state = 0;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	while (state != 'Z') {
		FILE *f = fopen(path, "re");

		if (!f || fscanf(f, "%*d %*s %c", &state) != 1)
			die(path);
		fclose(f);
	}
}

static void target(void)
{
	siginfo_t info;
	int status;

	send_to_self();
	set_timers();
	make_child(CRASHED, crash);
	reap(pids[CRASHED]);
	make_child(TERMINATED, nothing);
	kill(pids[TERMINATED], SIGTERM);
	waitid(P_PID, pids[TERMINATED], &info, WEXITED | WNOWAIT);
	kill(pids[TERMINATED], SIGHUP);
	kill(pids[TERMINATED], SIGCONT);
	reap(pids[TERMINATED]);
	make_child(KILLED, nothing);
	kill(pids[KILLED], SIGKILL);
	reap(pids[KILLED]);
	make_child(STOPPED, stop);
	waitpid(pids[STOPPED], &status, WUNTRACED);
	kill(pids[STOPPED], SIGCONT);
	reap(pids[STOPPED]);
	make_child(HEADLESS, leave);
	wait_for_zombie(pids[HEADLESS]);
	kill(pids[HEADLESS], SIGURG);
	kill(pids[HEADLESS], SIGTERM);
	reap(pids[HEADLESS]);
	_exit(3);
}

static const struct linx_signal *sig_of(const struct linx_rec *rec)
{
	return (const struct linx_signal *)(rec + 1);
}

/* Returns the value of a field in a SIGNAL record, or NULL. */
static const struct linx_val *sig_val(const struct linx_rec *rec, unsigned int field)
{
	const struct linx_val *v = (const struct linx_val *)(sig_of(rec) + 1);

	for (unsigned int i = 0; i < rec->nvals; i++, v = val_next(v))
		if (v->arg == field)
			return v;
	return NULL;
}

static const siginfo_t *info_of(const struct linx_rec *rec)
{
	static siginfo_t info;
	const struct linx_val *v = sig_val(rec, LINX_FIELD_SIGINFO);

	memset(&info, 0, sizeof(info));
	if (rec->nvals == 1 && v && v->size <= sizeof(info) && v->info == LINX_VAL_INFO(LINX_VAL_BYTES, LINX_WHOLE))
		memcpy(&info, v + 1, v->size);
	return &info;
}

/* Returns the next record after rec of that signal for a task. */
static const struct linx_rec *next_signal(const struct traced *t, const struct linx_rec *rec, pid_t tid, int signo)
{
	while ((rec = rec_of(&t->log, rec, tid, LINX_REC_SIGNAL)))
		if (sig_of(rec)->signo == signo)
			return rec;
	return NULL;
}

static const struct linx_rec *expect(const struct traced *t, const struct linx_rec *after, pid_t tid, int signo,
				     unsigned int flags, int code, const char *what)
{
	const struct linx_rec *rec = next_signal(t, after, tid, signo);

	if (!ok(rec != NULL, "%s: a record", what))
		return NULL;
	is(rec->pid, tid, "%s: process", what);
	is(sig_of(rec)->flags, flags, "%s: flags", what);
	is(info_of(rec)->si_signo, signo, "%s: si_signo", what);
	is(info_of(rec)->si_code, code, "%s: si_code", what);
	return rec;
}

static void check_own(const struct traced *t)
{
	const unsigned int handled_here = LINX_SIGNAL_DELIVERED | LINX_SIGNAL_HANDLER;
	const struct linx_rec *rec;

	rec = expect(t, NULL, t->pid, SIGUSR2, LINX_SIGNAL_IGNORED, SI_USER, "ignored");
	if (rec) {
		is(info_of(rec)->si_pid, t->pid, "ignored: sender");
		rec = expect(t, rec, t->pid, SIGUSR2, LINX_SIGNAL_DELIVERED, SI_USER, "blocked, then ignored");
		ok(rec && !next_signal(t, rec, t->pid, SIGUSR2), "no other SIGUSR2");
	}
	rec = expect(t, NULL, t->pid, SIGUSR1, handled_here, SI_QUEUE, "sigqueue");
	ok(rec && info_of(rec)->si_value.sival_ptr == (void *)0x123456789a, "sigqueue: its value");
	expect(t, NULL, t->pid, SIGALRM, handled_here, SI_KERNEL, "setitimer");
	rec = expect(t, NULL, t->pid, SIGRTMIN, handled_here, SI_TIMER, "timer");
	if (rec) {
		is(info_of(rec)->si_value.sival_int, 77, "timer: its value");
		is(((const int *)info_of(rec))[8], 0, "timer: nothing of the kernel's own");
	}
}

static void check_child(const struct traced *t, int which, int code, int status, const char *what)
{
	const struct linx_rec *rec = NULL;

	while ((rec = next_signal(t, rec, t->pid, SIGCHLD)))
		if (info_of(rec)->si_pid == pids[which] && info_of(rec)->si_code == code)
			break;
	if (!ok(rec != NULL, "%s: SIGCHLD", what))
		return;
	is(sig_of(rec)->flags, LINX_SIGNAL_IGNORED, "%s: the parent does not care", what);
	is(info_of(rec)->si_status, status, "%s: si_status", what);
}

/*
 * Checks the signal after the leader's end: the kernel may deliver it to either of the other two threads, at once or
 * later.
 */
static void check_headless_end(const struct traced *t)
{
	const struct linx_rec *rec = next_signal(t, NULL, pids[HEADLESS], SIGTERM);
	unsigned int flags = LINX_SIGNAL_FATAL;

	if (!rec) {
		rec = next_signal(t, NULL, pids[THREAD], SIGTERM);
		flags = LINX_SIGNAL_DELIVERED | LINX_SIGNAL_DEFAULT;
	}
	if (!ok(rec != NULL, "without its first thread: the end"))
		return;
	is(rec->pid, pids[HEADLESS], "without its first thread: whose end");
	is(sig_of(rec)->flags, flags, "without its first thread: how it ends");
	is(info_of(rec)->si_code, SI_USER, "without its first thread: by whom");
}

static void check_children(const struct traced *t)
{
	const unsigned int by_default = LINX_SIGNAL_DELIVERED | LINX_SIGNAL_DEFAULT;
	const struct linx_rec *rec;

	rec = expect(t, NULL, pids[CRASHED], SIGSEGV, by_default, SEGV_MAPERR, "crash");
	ok(rec && info_of(rec)->si_addr == (void *)8, "crash: the address");
	check_child(t, CRASHED, CLD_KILLED, SIGSEGV, "crash");
	rec = expect(t, NULL, pids[TERMINATED], SIGTERM, LINX_SIGNAL_FATAL, SI_USER, "terminated");
	ok(rec && info_of(rec)->si_pid == t->pid, "terminated: by its parent");
	ok(!next_signal(t, NULL, pids[TERMINATED], SIGHUP), "terminated: once");
	check_child(t, TERMINATED, CLD_KILLED, SIGTERM, "terminated");
	ok(!rec_of(&t->log, NULL, pids[KILLED], LINX_REC_SIGNAL), "SIGKILL is not recorded as a signal");
	check_child(t, KILLED, CLD_KILLED, SIGKILL, "killed");
	rec = expect(t, NULL, pids[STOPPED], SIGSTOP, by_default, SI_TKILL, "stopped");
	expect(t, rec, pids[STOPPED], SIGCONT, LINX_SIGNAL_IGNORED, SI_USER, "continued");
	check_child(t, STOPPED, CLD_EXITED, 5, "stopped");
	expect(t, NULL, pids[HEADLESS], SIGURG, LINX_SIGNAL_IGNORED, SI_USER, "without its first thread");
	check_headless_end(t);
}

/* Checks the recorded instruction pointers. A thread that has ended has none, because its registers are gone. */
static void check_pointers(const struct traced *t)
{
	const struct linx_rec *rec = next_signal(t, NULL, pids[STOPPED], SIGCONT);

	ok(rec && sig_val(rec, LINX_FIELD_POINTER), "pointer: of another process");
	rec = next_signal(t, NULL, t->pid, SIGUSR1);
	ok(rec && sig_val(rec, LINX_FIELD_POINTER), "pointer: of its own");
	rec = next_signal(t, NULL, pids[HEADLESS], SIGURG);
	ok(rec && !sig_val(rec, LINX_FIELD_POINTER), "pointer: none without the first thread");
}

int main(void)
{
	struct traced t;

	on_cpu(0);
	pids = shared(4096);
	traced_run(&t, (struct linx_setup){ .flags = LINX_SETUP_SIGNALS }, target);
	is(t.status, 3, "the process");
	check_own(&t);
	check_children(&t);
	traced_end(&t);
	traced_run(&t, (struct linx_setup){ .flags = LINX_SETUP_SIGNALS | LINX_SETUP_POINTER }, target);
	is(t.status, 3, "the process, with pointers");
	check_pointers(&t);
	traced_end(&t);
	traced_run(&t, (struct linx_setup){ 0 }, target);
	ok(!rec_of(&t.log, NULL, 0, LINX_REC_SIGNAL), "no signals unless they are asked for");
	traced_end(&t);
	return tap_end();
}
