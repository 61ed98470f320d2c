// SPDX-License-Identifier: LGPL-2.1-or-later
/* Reports of what fails again and again: see base/complaint.h. */
#include "base/complaint.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/message.h"

void complain(struct complaint *c, const char *fmt, ...)
{
	char text[sizeof(c->text)];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (strcmp(text, c->text) != 0)
		c->n = 0;
	memcpy(c->text, text, sizeof(text));
	c->n++;
	if (c->n & (c->n - 1))
		return;
	if (c->n == 1)
		say_at(SAY_WARNING, "%s", text);
	else
		say_at(SAY_WARNING, "%s (%" PRIu64 " times so far)", text, c->n);
}

void complaint_over(struct complaint *c)
{
	c->text[0] = '\0';
	c->n = 0;
}
