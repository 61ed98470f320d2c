// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Signal handlers, which set flags and wake the loop through a descriptor. The flags are global, since handlers
 * cannot reach anything else.
 */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/message.h"
#include "base/signals.h"

static const int caught[SIGNALS_CAUGHT] = { SIGINT,  SIGTERM, SIGHUP, SIGCHLD,
					    SIGPIPE, SIGXFSZ, SIGUSR1, SIGALRM };

static volatile sig_atomic_t wake_fd = -1;
static volatile sig_atomic_t stops; /* number of requests to stop so far */
static volatile sig_atomic_t stops_needed = 1;
static volatile sig_atomic_t last_stop;
static volatile sig_atomic_t dump_requested;
static volatile sig_atomic_t reloads; /* SIGHUP asks to reload, not to stop */
static volatile sig_atomic_t reload_requested;
static volatile sig_atomic_t patience; /* seconds without progress after which a stop is forced; 0: never */
static volatile sig_atomic_t command; /* process to which requests to stop are forwarded; 0: none */

void signals_wake(void)
{
	uint64_t one = 1;

	/* a failed write means that the counter is at its maximum: the descriptor is readable anyway */
	if (write(wake_fd, &one, sizeof(one)) < 0)
		return;
}

int signals_start_thread(pthread_t *thread, void *(*run)(void *arg), void *arg)
{
	sigset_t all, old;
	int rc;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	rc = pthread_create(thread, NULL, run, arg);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	return -rc;
}

/*
 * Forwards a request to stop to the command, if kill(1) sent it only to this process. A signal from the terminal
 * reaches the command without that.
 */
static void pass_on(int sig, const siginfo_t *info)
{
	if (command > 0 && info->si_code <= 0)
		kill(command, sig);
}

static void on_stop(int sig, siginfo_t *info, void *context)
{
	int saved = errno;

	(void)context;
	if (sig == SIGHUP && reloads) {
		reload_requested = 1;
		signals_wake();
		errno = saved;
		return;
	}
	last_stop = sig;
	stops = stops + 1;
	if (stops > stops_needed + 1) {
		signal(sig, SIG_DFL);
		raise(sig);
	}
	pass_on(sig, info);
	signals_progress();
	signals_wake();
	errno = saved;
}

static void on_alarm(int sig, siginfo_t *info, void *context)
{
	static const char text[] = "linxcap: nobody reads: the rest was not written\n";
	int saved = errno;

	(void)info;
	(void)context;
	if (patience && signals_stopping()) {
		if (write(STDERR_FILENO, text, sizeof(text) - 1) < 0)
			_exit(STATUS_FAILURE);
		_exit(STATUS_FAILURE);
	}
	/*
	 * A SIGALRM that comes before any request to stop is from a timer of the process that started this one. It
	 * means that the time for this process is over.
	 */
	if (!signals_stopping()) {
		last_stop = sig;
		stops = stops_needed;
	}
	signals_progress();
	signals_wake();
	errno = saved;
}

static void on_other(int sig, siginfo_t *info, void *context)
{
	int saved = errno;

	(void)info;
	(void)context;
	if (sig == SIGUSR1)
		dump_requested = 1;
	signals_wake();
	errno = saved;
}

static void change_mask(int how, int sig)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, sig);
	sigprocmask(how, &set, NULL);
}

void signals_block(int sig)
{
	change_mask(SIG_BLOCK, sig);
}

void signals_unblock(int sig)
{
	change_mask(SIG_UNBLOCK, sig);
}

static void catch_one(int sig, void (*handler)(int, siginfo_t *, void *), bool unblock)
{
	struct sigaction act = { .sa_sigaction = handler, .sa_flags = SA_SIGINFO };

	/* without SA_RESTART, so that a blocking write returns when a signal asks to stop */
	sigemptyset(&act.sa_mask);
	sigaction(sig, &act, NULL);
	if (unblock)
		signals_unblock(sig);
}

static void catch_all(const struct signals *s, bool dump, bool as_blocked)
{
	for (int i = 0; i < SIGNALS_CAUGHT; i++) {
		switch (caught[i]) {
		case SIGHUP: /* SIGHUP stays ignored if nohup(1) has set it to be ignored */
			if (s->old[i].sa_handler == SIG_IGN)
				break;
			/* fallthrough */
		case SIGINT:
		case SIGTERM:
			catch_one(caught[i], on_stop, !as_blocked);
			break;
		case SIGPIPE: /* write(2) itself reports that a pipe has no reader */
		case SIGXFSZ: /* write(2) itself reports that a file may not grow */
			signal(caught[i], SIG_IGN);
			break;
		case SIGALRM:
			catch_one(caught[i], on_alarm, !as_blocked);
			break;
		case SIGUSR1:
			if (!dump)
				break;
			/* fallthrough */
		default:
			catch_one(caught[i], on_other, true);
		}
	}
}

int signals_catch(struct signals *s, bool dump, bool as_blocked)
{
	s->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (s->fd < 0)
		return -errno;
	for (int i = 0; i < SIGNALS_CAUGHT; i++)
		sigaction(caught[i], NULL, &s->old[i]);
	s->news = false;
	wake_fd = s->fd;
	stops = last_stop = dump_requested = reloads = reload_requested = command = patience = 0;
	stops_needed = 1;
	sigprocmask(SIG_BLOCK, NULL, &s->mask);
	catch_all(s, dump, as_blocked);
	return 0;
}

void signals_reload_on_hangup(void)
{
	reloads = 1;
}

bool signals_take_reload(void)
{
	bool requested = reload_requested;

	reload_requested = 0;
	return requested;
}

void signals_release(struct signals *s)
{
	if (s->fd < 0)
		return;
	sigprocmask(SIG_SETMASK, &s->mask, NULL);
	for (int i = 0; i < SIGNALS_CAUGHT; i++)
		sigaction(caught[i], &s->old[i], NULL);
	wake_fd = -1;
	close(s->fd);
	s->fd = -1;
}

void signals_set_command(pid_t pid)
{
	sigset_t all, old;
	bool stopping;

	/*
	 * signals are blocked, so that each of them is counted either before all of these changes or after all of them
	 */
	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, &old);
	/*
	 * the number of requests begins anew, but if enough requests to stop this process have come, they stay in force
	 */
	stopping = signals_stopping();
	command = pid;
	stops_needed = pid ? 2 : 1;
	stops = stopping ? stops_needed : 0;
	sigprocmask(SIG_SETMASK, &old, NULL);
}

void signals_absorb(struct signals *s)
{
	uint64_t n;

	if (read(s->fd, &n, sizeof(n)) == sizeof(n))
		s->news = true;
}

bool signals_take_news(struct signals *s)
{
	bool news;

	signals_absorb(s);
	news = s->news;
	s->news = false;
	return news;
}

bool signals_stopping(void)
{
	return stops >= stops_needed;
}

bool signals_giving_up(void)
{
	return stops > stops_needed;
}

void signals_set_patience(unsigned int seconds)
{
	/* alarm(0) is called only for our own timer: one that was set before this program was executed is left alone */
	if (patience && !seconds)
		alarm(0);
	patience = (sig_atomic_t)seconds;
}

void signals_progress(void)
{
	if (patience && signals_stopping())
		alarm((unsigned int)patience);
}

int signals_last(void)
{
	return last_stop;
}

bool signals_take_dump(void)
{
	bool requested = dump_requested;

	dump_requested = 0;
	return requested;
}

void signals_die(int sig)
{
	struct rlimit none = { 0, 0 };

	setrlimit(RLIMIT_CORE, &none);
	signal(sig, SIG_DFL);
	signals_unblock(sig);
	raise(sig);
	exit(128 + sig);
}
