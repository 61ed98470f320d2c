// SPDX-License-Identifier: LGPL-2.1-or-later
/* The line that shows the progress of reading: see output/progress.h. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/message.h"
#include "output/progress.h"

#define NS_PER_S 1000000000u
/* Time after which the line appears, and interval at which it is written anew. */
#define FIRST_NS NS_PER_S
#define EVERY_NS (NS_PER_S / 4)
/* Longest remaining time that is shown, in seconds. */
#define LEFT_MAX 359999u
#define ERASE "\r\033[K"

/* Writes a number with a decimal prefix, as "1.2 G". */
static void put_number(double n, char text[16])
{
	static const char prefixes[][3] = { " ", " k", " M", " G", " T" };
	unsigned int i = 0;

	for (; n >= 999.5 && i < 4; i++)
		n /= 1000;
	snprintf(text, 16, n < 9.95 && i ? "%.1f%s" : "%.0f%s", n, prefixes[i]);
}

static void put_left(double s, char text[32])
{
	unsigned int left = s < LEFT_MAX ? (unsigned int)s + 1 : LEFT_MAX;

	if (left < 60)
		snprintf(text, 32, "%u s left", left);
	else if (left < 3600)
		snprintf(text, 32, "%um %02us left", left / 60, left % 60);
	else
		snprintf(text, 32, "%uh %02um left", left / 3600, left / 60 % 60);
}

int progress_text(char line[PROGRESS_LINE], const struct progress_facts *f)
{
	const uint64_t amount = f->bytes ? f->bytes : f->events;
	const char *unit = f->bytes ? "B" : "events";
	double speed = f->took_ns ? (double)amount * NS_PER_S / (double)f->took_ns : 0;
	char read[16], of[16], each[16], left[32];

	put_number((double)amount, read);
	put_number((double)f->size, of);
	put_number(speed, each);
	if (!f->bytes || f->bytes > f->size || speed <= 0)
		return snprintf(line, PROGRESS_LINE, "linxcap: read %s%s, %s%s/s", read, unit, each, unit);
	put_left((double)(f->size - f->bytes) / speed, left);
	return snprintf(line, PROGRESS_LINE, "linxcap: read %" PRIu64 " %% of %sB, %sB/s, %s",
			(uint64_t)((double)f->bytes * 100 / (double)f->size), of, each, left);
}

/* Writes to the terminal. An error is ignored, since nobody could read a message about it. */
static void put(const char *text, size_t len)
{
	if (write(STDERR_FILENO, text, len) < 0)
		return;
}

static void erase(void *data)
{
	struct progress *p = data;

	if (atomic_exchange(&p->shown, false))
		put(ERASE, sizeof(ERASE) - 1);
}

/* True if standard error is a terminal on which a line can be erased. */
static bool can_show(void)
{
	const char *term = getenv("TERM");

	return isatty(STDERR_FILENO) && term && *term && strcmp(term, "dumb") != 0;
}

void progress_begin(struct progress *p, int fd, uint64_t now_ns)
{
	struct stat st;
	off_t at;

	*p = (struct progress){ .fd = can_show() ? fd : -1, .begin_ns = now_ns, .due_ns = now_ns + FIRST_NS };
	if (p->fd < 0)
		return;
	at = lseek(fd, 0, SEEK_CUR);
	p->begin = at > 0 ? (uint64_t)at : 0;
	p->size = !fstat(fd, &st) && S_ISREG(st.st_mode) ? (uint64_t)st.st_size : 0;
	say_before(erase, p);
}

static void show(struct progress *p, const struct progress_facts *f)
{
	char line[PROGRESS_LINE], text[PROGRESS_LINE + sizeof(ERASE)];
	int n = progress_text(line, f);
	struct winsize size;

	/* a line that wraps could not be erased */
	if (!ioctl(STDERR_FILENO, TIOCGWINSZ, &size) && size.ws_col && n >= size.ws_col)
		n = size.ws_col - 1;
	atomic_store(&p->shown, true);
	n = snprintf(text, sizeof(text), ERASE "%.*s", n, line);
	put(text, (size_t)n);
}

void progress_look(struct progress *p, unsigned int events, uint64_t now_ns)
{
	struct progress_facts f;
	struct stat st;
	off_t at;

	if (!p || p->fd < 0)
		return;
	p->events += events;
	if (now_ns < p->due_ns)
		return;
	p->due_ns = now_ns + EVERY_NS;
	if (p->size && (fstat(p->fd, &st) || (uint64_t)st.st_size != p->size))
		p->size = 0; /* a file that grows: its end is not known */
	at = lseek(p->fd, 0, SEEK_CUR);
	f = (struct progress_facts){ .events = p->events, .took_ns = now_ns - p->begin_ns };
	f.bytes = at > 0 && (uint64_t)at > p->begin ? (uint64_t)at - p->begin : 0;
	f.size = p->size > p->begin ? p->size - p->begin : 0;
	show(p, &f);
}

void progress_end(struct progress *p)
{
	if (p->fd < 0)
		return;
	erase(p);
	say_before(NULL, NULL);
	p->fd = -1;
}
