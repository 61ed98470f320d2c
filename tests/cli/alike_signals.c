// SPDX-License-Identifier: LGPL-2.1-or-later
/* Signals that a program gets: SIGTRAP of its own, stops and continuation, order of pending ones. */
#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "alike.h"

static volatile sig_atomic_t handled;
static siginfo_t last;

static void on_signal(int sig, siginfo_t *info, void *context)
{
	(void)sig;
	(void)context;
	last = *info;
	handled++;
}

static void catch(int sig, int flags)
{
	struct sigaction act = { .sa_sigaction = on_signal, .sa_flags = SA_SIGINFO | flags };

	sigaction(sig, &act, NULL);
}

static void say_handled(const char *name)
{
	say(name, "handled %d, code %d, value %d", (int)handled, last.si_code, last.si_value.sival_int);
	handled = 0;
	memset(&last, 0, sizeof(last));
}

/* Sends this program a SIGTRAP of its own that has the code of a tracer's event. */
static void send_like_event(int event)
{
	siginfo_t info = { .si_signo = SIGTRAP };

	info.si_code = SIGTRAP | event << 8;
	syscall(SYS_rt_sigqueueinfo, getpid(), SIGTRAP, &info);
	say_handled("SIGTRAP like an event");
}

static void traps(void)
{
	catch(SIGTRAP, 0);
	raise(SIGTRAP);
	say("SIGTRAP by tgkill", "handled %d, code %d", (int)handled, last.si_code);
	handled = 0;
	sigqueue(getpid(), SIGTRAP, (union sigval){ .sival_int = 77 });
	say_handled("SIGTRAP by sigqueue");
	for (int event = 1; event <= 7; event++)
		send_like_event(event);
	send_like_event(128);
#ifdef __x86_64__
	__asm__ volatile("int3");
	say("SIGTRAP by int3", "handled %d, code %d", (int)handled, last.si_code);
	handled = 0;
	/* sets the trap flag during two instructions and a system call */
	__asm__ volatile("sub $128, %%rsp; pushf; orl $0x100, (%%rsp); popf; nop; mov $39, %%eax; syscall; pushf; andl $~0x100, (%%rsp); popf; "
			 "add $128, %%rsp" ::
				 : "rax", "rcx", "r11", "memory", "cc");
	say("SIGTRAP by single steps", "code %d, some %d", last.si_code, handled > 0);
	handled = 0;
#endif
	signal(SIGTRAP, SIG_DFL);
}

static void queue(void)
{
	struct timespec none = { 0 };
	siginfo_t info;
	sigset_t set, old;
	int sig;

	sigfillset(&set);
	sigprocmask(SIG_BLOCK, &set, &old);
	for (int i = 0; i < 3; i++) {
		sigqueue(getpid(), SIGRTMIN + 1, (union sigval){ .sival_int = i });
		sigqueue(getpid(), SIGUSR1, (union sigval){ .sival_int = i });
	}
	raise(SIGWINCH);
	sigpending(&set);
	say("pending", "%d %d %d", sigismember(&set, SIGRTMIN + 1), sigismember(&set, SIGUSR1), sigismember(&set, SIGWINCH));
	sigfillset(&set);
	while ((sig = sigtimedwait(&set, &info, &none)) > 0)
		say("taken", "%d, value %d", sig, sig == SIGWINCH ? 0 : info.si_value.sival_int);
	sigprocmask(SIG_SETMASK, &old, NULL);
}

/* Prints the next change of a child's state, and the SIGCHLD that reports it. */
static void say_change(pid_t pid, const sigset_t *set)
{
	siginfo_t info = { .si_code = 0 };
	int status = 0;

	waitpid(pid, &status, WUNTRACED | WCONTINUED);
	if (sigwaitinfo(set, &info) != SIGCHLD)
		info.si_code = 0;
	say("changed", "%#x; code %d, status %d", (unsigned int)status, info.si_code, info.si_status);
}

/* Stops and continues a child twice, and prints what its parent is notified of. */
static void job(void)
{
	sigset_t set, old;
	int go[2];
	pid_t pid;
	char c;

	if (pipe(go))
		return;
	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigprocmask(SIG_BLOCK, &set, &old);
	pid = fork();
	if (!pid) {
		raise(SIGSTOP);
		_exit(read(go[0], &c, 1) == 1 && !raise(SIGSTOP) ? 7 : 8);
	}
	say_change(pid, &set);
	kill(pid, SIGCONT);
	say_change(pid, &set);
	if (write(go[1], "", 1) == 1)
		say_change(pid, &set);
	kill(pid, SIGCONT);
	/* the parent sees no continuation if the child has already ended */
	waitpid(pid, NULL, 0);
	say("job", "ended");
	sigprocmask(SIG_SETMASK, &old, NULL);
	close(go[0]);
	close(go[1]);
}

static void end_by_stopping(void)
{
	raise(SIGSTOP);
}

/* Kills a stopped child. */
static void kill_stopped(void)
{
	pid_t pid = fork();

	if (!pid) {
		end_by_stopping();
		_exit(0);
	}
	waitpid(pid, NULL, WUNTRACED);
	kill(pid, SIGTERM);
	kill(pid, SIGKILL);
	say_end("killed while stopped", pid);
}

void alike_signals(void)
{
	traps();
	queue();
	job();
	kill_stopped();
	catch(SIGALRM, 0);
	alarm(1);
	say("pause", "%s", error_name(pause() < 0 ? errno : 0));
	signal(SIGALRM, SIG_DFL);
}
