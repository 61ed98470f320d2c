// SPDX-License-Identifier: LGPL-2.1-or-later
/* Turns the filters of a configuration into the library's: see config/config_filter.h. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "config/config_filter.h"

#define FALCO "falco"

unsigned int config_comms(const struct config *c, const char *comms[CONFIG_ALL_COMMS])
{
	unsigned int n = 0;

	for (; n < c->filter_comms.n && n < CONFIG_ALL_COMMS - 1; n++)
		comms[n] = c->filter_comms.items[n];
	if (c->filter_falco)
		comms[n++] = FALCO;
	return n;
}

/* ---- parts of the condition ------------------------------------------------------------- */

static void put_pids(FILE *f, const struct config_numbers *pids)
{
	for (unsigned int i = 0; i < pids->n; i++)
		fprintf(f, "%s%u", i ? ", " : "not linx.pid in (", pids->items[i]);
	fputs(pids->n ? ")" : "", f);
}

/*
 * Writes a condition that leaves out threads by their names. Only the first COMM_MAX bytes of a name are compared, as
 * in the kernel.
 */
static void put_comms(FILE *f, const char *const *comms, unsigned int n)
{
	for (unsigned int i = 0; i < n; i++) {
		fputs(i ? ", '" : "not linx.comm in ('", f);
		for (const char *s = comms[i]; *s && s - comms[i] < COMM_MAX; s++)
			fprintf(f, "%s%c", *s == '\'' || *s == '\\' ? "\\" : "", *s);
		fputc('\'', f);
	}
	fputs(n ? ")" : "", f);
}

static void put_condition(FILE *f, const struct config *c, bool reads_file, const char *condition)
{
	const char *comms[CONFIG_ALL_COMMS];
	unsigned int n = reads_file ? config_comms(c, comms) : 0;
	const char *and = "";

	if (condition) {
		fprintf(f, "(%s)", condition);
		and = " and ";
	}
	if (c->filter_pids.n) {
		fputs(and, f);
		put_pids(f, &c->filter_pids);
		and = " and ";
	}
	if (n) {
		fputs(and, f);
		put_comms(f, comms, n);
		and = " and ";
	}
	if (reads_file && c->drop_failed)
		fprintf(f, "%snot linx.errno exists", and);
}

int config_condition(const struct config *c, bool reads_file, const char *condition, char **text)
{
	size_t len;
	FILE *f;

	*text = NULL;
	f = open_memstream(text, &len);
	if (!f)
		return -ENOMEM;
	put_condition(f, c, reads_file, condition);
	if (fclose(f) || !len) {
		free(*text);
		*text = NULL;
		return len ? -ENOMEM : 0;
	}
	return 0;
}
