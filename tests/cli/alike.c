// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Prints what a program finds out about its attributes, signals, waits, children and seccomp filters, a line
 * "name: value" for each. No line may depend on whether the program is traced. What does depend on it is printed by
 * noticed.c.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "alike.h"

void say(const char *name, const char *value, ...)
{
	va_list ap;

	printf("%s: ", name);
	va_start(ap, value);
	vprintf(value, ap);
	va_end(ap);
	puts("");
	fflush(stdout);
}

const char *error_name(int error)
{
	return error ? strerrorname_np(error) : "0";
}

void say_end(const char *name, pid_t pid)
{
	int status = 0;

	if (waitpid(pid, &status, __WALL) != pid)
		say(name, "lost: %s", error_name(errno));
	else if (WIFSIGNALED(status))
		say(name, "SIG%s%s", sigabbrev_np(WTERMSIG(status)), WCOREDUMP(status) ? ", core dumped" : "");
	else
		say(name, "%d", WEXITSTATUS(status));
}

void say_end_of(const char *name, void (*act)(void))
{
	pid_t pid = fork();

	if (!pid) {
		act();
		_exit(0);
	}
	say_end(name, pid);
}

static char state_of(pid_t pid)
{
	char path[64], state = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	f = fopen(path, "r");
	if (!f)
		return 'X';
	if (fscanf(f, "%*d (%*[^)]) %c", &state) != 1)
		state = 0;
	fclose(f);
	return state;
}

void wait_until_it_sleeps(pid_t pid)
{
	char state = 0;

	/*
	 * A task may sleep for short times before the sleep that the caller waits for, so it must be found asleep many
	 * times in a row.
	 */
	for (int seen = 0; seen < 20 && state != 'Z'; seen = state == 'S' ? seen + 1 : 0) {
		usleep(1000);
		state = state_of(pid);
	}
}

int main(int argc, char **argv)
{
	if (argc > 1 && !strcmp(argv[1], "attached")) {
		alike_while_attached();
		return 0;
	}
	if (argc > 1)
		return argv[1][0] != 'e';
	alike_attributes();
	alike_signals();
	alike_waits();
	alike_ends();
	alike_children();
	alike_filters();
	return 0;
}
