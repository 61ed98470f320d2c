// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Fuzzes specifications of probes. A refused text has an error of one line. A text that is accepted stays within the
 * language's bounds. The form in which it is kept is accepted again.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "libuser/probe/spec.h"

static void check(const struct linx_probe_spec *s)
{
	struct linx_probe_spec *again;

	if (!s->name || s->nargs > LINX_PROBE_ARGS_MAX)
		abort();
	for (size_t i = 0; i < s->nargs; i++)
		if (!s->args[i].name || s->args[i].nsteps > LINX_SPEC_STEPS_MAX || s->args[i].bound > LINX_FETCH_BYTES_MAX)
			abort();
	if (linx_spec_parse(s->text, &again, NULL) || again->nargs != s->nargs)
		abort();
	linx_spec_free(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct linx_error err = { "" };
	struct linx_probe_spec *s;
	char *text = malloc(size + 1);

	memcpy(text, data, size);
	text[size] = '\0';
	if (!linx_spec_parse(text, &s, &err)) {
		check(s);
		linx_spec_free(s);
	} else if (!err.text[0] || strchr(err.text, '\n')) {
		abort();
	}
	free(text);
	return 0;
}
