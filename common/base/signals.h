/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Signals as states that a loop can check: a descriptor that becomes readable, and counters. SIGINT, SIGTERM and SIGHUP
 * ask to stop. While a traced command runs, the first of these signals is for the command, and the second one stops
 * this process. The next one makes the loop give up, and one more ends the process at once.
 */
#ifndef LINXCAP_SIGNALS_H
#define LINXCAP_SIGNALS_H

#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/types.h>

#define SIGNALS_CAUGHT 8

struct signals {
	int fd; /* descriptor to poll for input; -1: signals are not caught */
	bool news; /* a signal came, and the loop has not handled it yet */
	struct sigaction old[SIGNALS_CAUGHT];
	sigset_t mask; /* signal mask to restore: signals_catch() may have unblocked signals */
};

/*
 * Catches signals. dump: SIGUSR1 asks for a dump; otherwise it is not caught. as_blocked: if a signal that asks to
 * stop was blocked before, it stays blocked, as in strace(1). 0 or -errno.
 */
int signals_catch(struct signals *s, bool dump, bool as_blocked);
/* Unblocks a signal that is caught; the process that started us may have blocked it. */
void signals_unblock(int sig);
/* Blocks a signal whose handler is not needed, since the loop checks its cause itself. */
void signals_block(int sig);
/* Makes SIGHUP ask to reload from now on, not to stop. */
void signals_reload_on_hangup(void);
/* True if a reload was requested since the last call. */
bool signals_take_reload(void);
/* Restores the handlers and the mask of before signals_catch(). Also called in a child before its execve. */
void signals_release(struct signals *s);

/*
 * Sets the command that runs. The first request to stop is for the command, and is forwarded to it if only this process
 * got it. The second request stops this process. pid 0: no command runs.
 */
void signals_set_command(pid_t pid);

/* Starts a thread in which all signals are blocked, since only the thread of the loop handles signals. 0 or -errno. */
int signals_start_thread(pthread_t *thread, void *(*run)(void *arg), void *arg);
/* Wakes the loop as if a signal had come. Any thread may call it. */
void signals_wake(void);
/* Reads from the descriptor until it is empty. If it was readable, sets s->news. */
void signals_absorb(struct signals *s);
/* True if a signal came since the last call. */
bool signals_take_news(struct signals *s);
/* True if enough signals have asked to stop. */
bool signals_stopping(void);
/* True if one more signal came than is needed to stop. The caller then ends at once, without completing the output. */
bool signals_giving_up(void);
/*
 * Sets a time limit for writes that cannot be interrupted. After a request to stop, the process exits if
 * signals_progress() is not called for this many seconds. 0: no limit.
 */
void signals_set_patience(unsigned int seconds);
/* Notes that a write made progress: the time of signals_set_patience() begins again. */
void signals_progress(void);
/* Returns the last signal that asked to stop; 0: none. */
int signals_last(void);
/* True if a dump was requested since the last call. */
bool signals_take_dump(void);

/*
 * Ends this process by the signal that ended the traced command. No core file is written, since the command has written
 * its own.
 */
_Noreturn void signals_die(int sig);

#endif
