// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Measures how long probes of the engine bpf take on functions of the kernel, whose names are lines of a file. Prints
 * "figure WHAT MILLISECONDS" of three steps: the probes are added, the recording starts, and it stops.
 * usage: arming_bpf FILE
 */
#include <linx/linx.h>
#include <linx/probe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

static uint64_t figure(const char *what, uint64_t since)
{
	printf("figure %s %.3f\n", what, (double)(now_ns() - since) / 1e6);
	return now_ns();
}

static void must(struct linx *l, int rc)
{
	if (rc >= 0)
		return;
	fprintf(stderr, "arming_bpf: %s\n", linx_error_text(l));
	exit(1);
}

int main(int argc, char **argv)
{
	const struct linx_live_opts live = { .size = sizeof(live), .no_snapshot = true };
	const struct linx_engine_opts opts = { .size = sizeof(opts), .live = &live };
	struct linx_error error = { .text = "" };
	char line[200], spec[220];
	FILE *f = argc > 1 ? fopen(argv[1], "re") : NULL;
	struct linx *l;
	uint64_t begin;

	if (!f || linx_open_engine("bpf", &opts, &l, &error)) {
		fprintf(stderr, "arming_bpf: %s\n", f ? error.text : "usage: arming_bpf FILE");
		return 1;
	}
	must(l, linx_select(l, "none"));
	begin = now_ns();
	while (fgets(line, sizeof(line), f)) {
		line[strcspn(line, "\n")] = '\0';
		snprintf(spec, sizeof(spec), "kprobe:%s()", line);
		must(l, linx_add_probe(l, spec, NULL));
	}
	begin = figure("bpf-add", begin);
	must(l, linx_start(l));
	begin = figure("bpf-start", begin);
	must(l, linx_stop(l));
	figure("bpf-stop", begin);
	linx_close(l);
	fclose(f);
	return 0;
}
