// SPDX-License-Identifier: LGPL-2.1-or-later
/* Prints messages for users: see base/message.h. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/sanitize.h"
#include "base/message.h"

int problem_set(struct problem *p, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(p->text, sizeof(p->text), fmt, args);
	va_end(args);
	return -1;
}

void *problem_alloc(size_t size, struct problem *p)
{
	void *memory = calloc(1, size);

	if (!memory)
		problem_set(p, "out of memory");
	return memory;
}

/* The log of this process: least level of its messages, and its descriptor (-1: standard error). */
static struct {
	enum say_level least;
	int fd;
	const char *name; /* name of the program; NULL: linxcap */
	void (*before)(void *data); /* called before each message on standard error; NULL: nothing is called */
	void *data;
} log_ = { .least = SAY_INFO, .fd = -1 };

void say_to(enum say_level least, int fd)
{
	log_.least = least;
	log_.fd = fd;
}

void say_as(const char *name)
{
	log_.name = name;
}

void say_before(void (*before)(void *data), void *data)
{
	log_.before = before;
	log_.data = data;
}

/*
 * Writes the beginning of a message: "linxcap: ", in a log file with date and level, as "2025-06-12 09:43:49
 * WARNING linxcap: ".
 */
static void put_head(char *line, size_t size, enum say_level level)
{
	static const char *const names[] = { "DEBUG", "INFO", "WARNING", "ERROR", "FATAL" };
	time_t now = time(NULL);
	struct tm tm;
	size_t n = 0;

	line[0] = '\0';
	if (log_.fd >= 0 && localtime_r(&now, &tm)) {
		n = strftime(line, size, "%Y-%m-%d %H:%M:%S ", &tm);
		n += (size_t)snprintf(line + n, size - n, "%s ", names[level]);
	}
	snprintf(line + n, size - n, "%s: ", log_.name ? log_.name : "linxcap");
}

static void say_line(enum say_level level, const char *fmt, va_list args)
{
	char text[REPORT_MAX], line[64 + sizeof(text) * PLAIN_MOST];
	size_t len;

	if (level < log_.least)
		return;
	put_head(line, sizeof(line), level);
	len = strlen(line);
	/* file names in the text can have any bytes; plain_text() makes one printable line of them */
	vsnprintf(text, sizeof(text), fmt, args);
	/* leaves one byte for the newline */
	len += plain_text(line + len, sizeof(line) - len - 1, text);
	line[len++] = '\n';
	if (log_.fd < 0 && log_.before)
		log_.before(log_.data);
	/* a failure cannot be reported if standard error is closed */
	if (write(log_.fd >= 0 ? log_.fd : STDERR_FILENO, line, len) < 0)
		return;
}

void report_to(const struct listener *to, enum say_level level, const char *fmt, ...)
{
	char text[REPORT_MAX];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	if (to && to->report)
		to->report(to->data, level, text);
	else
		say_at(level, "%s", text);
}

void say_at(enum say_level level, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	say_line(level, fmt, args);
	va_end(args);
}

void say(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	say_line(SAY_ERROR, fmt, args);
	va_end(args);
}

int say_status(enum status status, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	say_line(status == STATUS_OK ? SAY_INFO : SAY_FATAL, fmt, args);
	va_end(args);
	return status;
}
