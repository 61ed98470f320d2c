// SPDX-License-Identifier: LGPL-2.1-or-later
/* Requests to stop that arrive while the command begins or ends. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <signal.h>
#include <cmocka.h>

static int requests; /* number of requests to stop that are raised as soon as signals are blocked */

static int mask_and_ask(int how, const sigset_t *set, sigset_t *old)
{
	int rc = sigprocmask(how, set, old);

	for (; how == SIG_BLOCK && requests; requests--)
		raise(SIGTERM);
	return rc;
}

#define sigprocmask mask_and_ask
#include "common/base/sanitize.c"
#include "common/base/message.c"
#include "common/base/signals.c"
#include "within.h"

static int setup(void **state)
{
	static struct signals s;

	*state = &s;
	return signals_catch(&s, false, false);
}

static int teardown(void **state)
{
	signals_release(*state);
	return 0;
}

static void while_it_ends(void **state)
{
	(void)state;
	signals_set_command(getpid());
	assert_false(signals_stopping());
	requests = 1;
	signals_set_command(0);
	assert_int_equal(requests, 0);
	assert_true(signals_stopping());
	assert_int_equal(signals_last(), SIGTERM);
}

static void requests_of_the_command_are_over(void **state)
{
	(void)state;
	signals_set_command(1 << 22); /* a number that no process has */
	raise(SIGTERM);
	assert_false(signals_stopping());
	signals_set_command(0);
	assert_false(signals_stopping());
}

static void an_order_to_stop_is_not(void **state)
{
	(void)state;
	signals_set_command(1 << 22);
	raise(SIGTERM);
	raise(SIGTERM);
	assert_true(signals_stopping());
	signals_set_command(0);
	assert_true(signals_stopping());
	assert_false(signals_giving_up());
}

/*
 * A process may start the command with signals blocked. The command must unblock the signals: otherwise it would notice
 * neither a request to stop nor the end of its own command.
 */
static void what_was_blocked(void **state)
{
	static const int blocked[] = { SIGTERM, SIGCHLD, SIGUSR1 };
	struct signals s;
	sigset_t before, set;

	(void)state;
	sigemptyset(&set);
	for (unsigned int i = 0; i < 3; i++)
		sigaddset(&set, blocked[i]);
	assert_int_equal(sigprocmask(SIG_BLOCK, &set, &before), 0);
	assert_int_equal(signals_catch(&s, false, false), 0);
	raise(SIGCHLD);
	assert_true(signals_take_news(&s));
	raise(SIGTERM);
	assert_true(signals_stopping());
	signals_release(&s);
	assert_int_equal(sigprocmask(SIG_SETMASK, &before, &set), 0);
	for (unsigned int i = 0; i < 3; i++)
		assert_true(sigismember(&set, blocked[i]));
}

/* Signals that request a stop stay blocked, as in strace(1); the end of the traced command is noticed nevertheless. */
static void what_stays_blocked(void **state)
{
	static const int blocked[] = { SIGINT, SIGTERM, SIGHUP, SIGALRM, SIGCHLD };
	struct signals s;
	sigset_t before, set;

	(void)state;
	sigemptyset(&set);
	for (unsigned int i = 0; i < 5; i++)
		sigaddset(&set, blocked[i]);
	assert_int_equal(sigprocmask(SIG_BLOCK, &set, &before), 0);
	assert_int_equal(signals_catch(&s, false, true), 0);
	for (unsigned int i = 0; i < 4; i++) {
		raise(blocked[i]);
		assert_false(signals_stopping());
		assert_int_equal(sigwaitinfo(&set, NULL), blocked[i]);
	}
	raise(SIGCHLD);
	assert_true(signals_take_news(&s));
	signals_release(&s);
	assert_int_equal(sigprocmask(SIG_SETMASK, &before, NULL), 0);
}

/*
 * A process may have set a timer before it executed this program. The timer survives the exec, and ending the limit for
 * writes, signals_set_patience(0), must not cancel it.
 */
static void alarm_of_before(void **state)
{
	(void)state;
	alarm(100);
	signals_set_patience(0);
	assert_within(alarm(0), 99, 100);
	signals_set_command(1 << 22);
	signals_set_patience(3);
	raise(SIGALRM);
	assert_true(signals_stopping());
	assert_false(signals_giving_up());
	assert_int_equal(signals_last(), SIGALRM);
	/* The timer is this program's own after signals_set_patience(): it ends a write that blocks. */
	assert_within(alarm(0), 2, 3);
	signals_set_patience(0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(while_it_ends, setup, teardown),
		cmocka_unit_test_setup_teardown(requests_of_the_command_are_over, setup, teardown),
		cmocka_unit_test(what_was_blocked),
		cmocka_unit_test(what_stays_blocked),
		cmocka_unit_test_setup_teardown(alarm_of_before, setup, teardown),
		cmocka_unit_test_setup_teardown(an_order_to_stop_is_not, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
