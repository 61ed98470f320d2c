/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Signals as states that a loop can check: a descriptor that becomes readable, and counts. SIGINT, SIGTERM and
 * SIGHUP ask to stop; while a command runs the first of them is for the command. A signal that comes once more
 * than the loop needs to give up ends the program at once.
 */
#ifndef LINXCAP_SIGNALS_H
#define LINXCAP_SIGNALS_H

#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/types.h>

#define SIGNALS_CAUGHT 8

struct signals {
	int fd; /* poll it for input; -1: not caught */
	bool news; /* a signal came that the loop has not handled yet */
	struct sigaction old[SIGNALS_CAUGHT];
	sigset_t mask; /* signal mask to restore: signals may be unblocked even if the starting process had blocked them */
};

/*
 * Catches signals. dump: SIGUSR1 asks for a dump; otherwise it is not caught. as_blocked: a signal that asks
 * to stop stays blocked if it was blocked before, as in strace(1). -errno.
 */
int signals_catch(struct signals *s, bool dump, bool as_blocked);
/* Unblocks a caught signal, which the starting process may have blocked. */
void signals_unblock(int sig);
/* Blocks a signal whose handler need not run, since its state is polled. */
void signals_block(int sig);
/* Makes SIGHUP ask to reload, not to stop. */
void signals_reload_on_hangup(void);
/* True if a reload was requested since the last call. */
bool signals_take_reload(void);
/* Restores everything; also for a child, before its execve. */
void signals_release(struct signals *s);

/* Passes requests to us alone on to the command while it runs, and waits for a second request. 0: no command. */
void signals_set_command(pid_t pid);

/* Starts a thread without signals, since the thread of the loop handles them. 0, or -errno. */
int signals_start_thread(pthread_t *thread, void *(*run)(void *arg), void *arg);
/* Wakes the loop as if a signal had arrived. May be called from any thread. */
void signals_wake(void);
/* Empties the descriptor and sets news if it was readable. */
void signals_absorb(struct signals *s);
/* True if a signal came since the last call. */
bool signals_take_news(struct signals *s);
/* True if enough requests to stop have come. */
bool signals_stopping(void);
/* True if a further request has come: end without finishing. */
bool signals_giving_up(void);
/*
 * Limits writes that cannot be given up half-way: after a request to stop, the program ends when no write made
 * progress for so many seconds. 0: no limit.
 */
void signals_set_patience(unsigned int seconds);
/* Notes that a write made progress: patience starts anew. */
void signals_progress(void);
/* Last signal that asked to stop; 0: none. */
int signals_last(void);
/* True if a dump was requested since the last call. */
bool signals_take_dump(void);

/* Ends by the signal that ended the traced command; without a core file, since the command has left its own. */
_Noreturn void signals_die(int sig);

#endif
