// SPDX-License-Identifier: LGPL-2.1-or-later
/* The terminal while a screen is on it: see top/terminal.h. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "top/terminal.h"

/* Text with which each message begins, after its date and level. */
#define PREFIX "linxcap: "

void top_terminal_begin(struct top_terminal *t)
{
	*t = (struct top_terminal){ .in = -1, .out = -1, .log = -1, .before = { -1, -1, -1 } };
}

/* Prints the messages that were kept, each without date and level. */
static void print_log(int log)
{
	char line[8192];
	FILE *f = lseek(log, 0, SEEK_SET) ? NULL : fdopen(log, "r");
	const char *text;

	while (f && fgets(line, sizeof(line), f)) {
		text = strstr(line, PREFIX);
		text = text ? text : line;
		if (write(STDERR_FILENO, text, strlen(text)) < 0)
			break;
	}
	if (f)
		fclose(f);
	else
		close(log);
}

void top_terminal_give_back(struct top_terminal *t)
{
	for (int i = 0; i < 3; i++) {
		if (t->before[i] < 0)
			continue;
		dup2(t->before[i], i);
		close(t->before[i]);
	}
	if (t->log >= 0) {
		say_to(SAY_INFO, -1);
		print_log(t->log);
	}
	if (t->in >= 0)
		close(t->in);
	if (t->out >= 0)
		close(t->out);
	top_terminal_begin(t);
}

int top_terminal_take(struct top_terminal *t, struct problem *why)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	t->in = isatty(STDIN_FILENO) ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3) : open("/dev/tty", O_RDONLY | O_CLOEXEC);
	t->out = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
	t->log = memfd_create("linxcap-log", MFD_CLOEXEC);
	if (t->in < 0 || t->out < 0 || t->log < 0 || null < 0) {
		problem_set(why, "cannot show a screen: no terminal for keys: %s", strerror(errno));
		if (null >= 0)
			close(null);
		return -1;
	}
	for (int i = 0; i < 3; i++) {
		if (!isatty(i))
			continue;
		t->before[i] = fcntl(i, F_DUPFD_CLOEXEC, 3);
		dup2(null, i);
	}
	close(null);
	say_to(SAY_INFO, t->log);
	return 0;
}

bool top_terminal_has_keys(const struct top_terminal *t)
{
	return tcgetpgrp(t->in) == getpgrp();
}

void top_terminal_lend(const struct top_terminal *t, pid_t group)
{
	sigset_t ttou, before;

	/* tcsetpgrp() stops a process of a background group, unless it blocks SIGTTOU */
	sigemptyset(&ttou);
	sigaddset(&ttou, SIGTTOU);
	pthread_sigmask(SIG_BLOCK, &ttou, &before);
	tcsetpgrp(t->in, group);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
}

bool top_terminal_message(struct top_terminal *t, char *text, size_t size)
{
	char lines[2048], *end, *line;
	struct stat st;
	ssize_t n;

	if (fstat(t->log, &st) || st.st_size <= t->said)
		return false;
	if (st.st_size - t->said >= (off_t)sizeof(lines))
		t->said = st.st_size - (off_t)sizeof(lines) + 1;
	n = pread(t->log, lines, sizeof(lines) - 1, t->said);
	t->said = st.st_size;
	lines[n > 0 ? n : 0] = '\0';
	end = strrchr(lines, '\n');
	if (end)
		*end = '\0';
	line = strrchr(lines, '\n');
	line = strstr(line ? line : lines, PREFIX);
	if (line)
		snprintf(text, size, "%s", line + strlen(PREFIX));
	return line;
}
