// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Measures how long a thousand probes take on functions of the kernel. Prints "figure WHAT MILLISECONDS" of three steps:
 * the probes are added to a session, the session starts, which hooks the functions, and it stops.
 */
#include "tests/vm/prog/probe_names.h"

#define FUNCTIONS 1000

static char names[FUNCTIONS][PROBE_NAME];

static uint64_t figure(const char *what, uint64_t since)
{
	printf("figure %s %.3f\n", what, (double)(now_ns() - since) / 1e6);
	return now_ns();
}

int main(void)
{
	unsigned int refused = 0;
	uint64_t begin;
	struct dev d;

	probe_names(names, FUNCTIONS);
	dev_open(&d);
	dev_setup(&d, (struct linx_setup){ .ring_size = 1 << 20 });
	dev_apply(&d);
	begin = now_ns();
	for (unsigned int i = 0; i < FUNCTIONS; i++)
		refused += probe_try(&d, LINX_PROBE_FUNCTION, i, names[i], NULL, NULL) != 0;
	begin = figure("add", begin);
	dev_start(&d);
	begin = figure("start", begin);
	dev_stop(&d);
	figure("stop", begin);
	dev_close(&d);
	if (refused >= 20)
		die("%u functions are refused", refused);
	return 0;
}
