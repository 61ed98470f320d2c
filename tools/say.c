// SPDX-License-Identifier: LGPL-2.1-or-later
/* Words to people: see say.h. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "say.h"

int problem_set(struct problem *p, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(p->text, sizeof(p->text), fmt, args);
	va_end(args);
	return -1;
}

static void say_line(const char *fmt, va_list args)
{
	char line[1024] = "linxcap: ";
	size_t head = strlen(line), len;

	/* One byte is kept for the newline. */
	vsnprintf(line + head, sizeof(line) - head - 1, fmt, args);
	len = strlen(line);
	line[len++] = '\n';
	/* There is nobody to tell when standard error is gone. */
	if (write(STDERR_FILENO, line, len) < 0)
		return;
}

void say(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	say_line(fmt, args);
	va_end(args);
}

int say_status(enum status status, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	say_line(fmt, args);
	va_end(args);
	return status;
}
