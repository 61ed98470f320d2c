/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Signals, turned into things that a loop can look at: a descriptor that
 * becomes readable, and counts. SIGINT, SIGTERM and SIGHUP ask to stop;
 * while a command runs the first of them is for the command. A signal that is
 * sent once more than the loop needs to give up ends the program at once.
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
	bool news; /* something came that the loop has not looked at */
	struct sigaction old[SIGNALS_CAUGHT];
	sigset_t mask; /* signal mask to restore: caught signals may be unblocked even if the starting process had blocked them */
};

/*
 * dump: SIGUSR1 asks for one; otherwise it is left alone. as_blocked: a signal that asks to stop
 * stays blocked if it was blocked before, as strace(1) has it. -errno.
 */
int signals_catch(struct signals *s, bool dump, bool as_blocked);
/* Unblocks a caught signal, which whoever started this process may have blocked. */
void signals_unblock(int sig);
/* Blocks one whose handler need not run: what it tells is asked for. */
void signals_block(int sig);
/* From now on SIGHUP asks to reload, not to stop. */
void signals_reload_on_hangup(void);
/* A reload was asked for since the last call. */
bool signals_take_reload(void);
/* Everything as it was; also for a child, before its execve. */
void signals_release(struct signals *s);

/* While a command runs: pass on what was sent to us alone, and wait for a second request. 0: none. */
void signals_set_command(pid_t pid);

/* Starts a thread that gets no signals: they are for the one that runs the loop. 0, or -errno. */
int signals_start_thread(pthread_t *thread, void *(*run)(void *arg), void *arg);
/* Wakes the loop as if a signal had arrived. May be called from any thread. */
void signals_wake(void);
/* Empties the descriptor; news remembers that there was something. */
void signals_absorb(struct signals *s);
/* Something came since the last call. */
bool signals_take_news(struct signals *s);
/* Stop was asked for often enough. */
bool signals_stopping(void);
/* Once more: do not even finish. */
bool signals_giving_up(void);
/*
 * For writes that cannot be given up half-way: once stop was asked for, end the
 * program after so many seconds without progress. 0: do not.
 */
void signals_set_patience(unsigned int seconds);
/* Notes that a write made progress: patience starts anew. */
void signals_progress(void);
/* The last that asked to stop; 0: none. */
int signals_last(void);
/* A dump was asked for since the last call. */
bool signals_take_dump(void);

/* End by the signal, as the traced command did. Without a core file: the command has left its own. */
_Noreturn void signals_die(int sig);

#endif
