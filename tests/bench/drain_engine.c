// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * A reader that throws records away, like tests/bench/drain, but for the engine bpf. Prints "ready" when it records; on
 * SIGINT it stops and prints the account, as lines of "NAME NUMBER".
 * usage: drain_engine exits|count|default|none|times|fds
 *        drain_engine empty FILE PROGRAM...   attaches these programs of an object file, and records nothing
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "engine/bpf/libbpf.h"
#include "engine/engine.h"
#include "tests/bench/at_entry.h"

static volatile sig_atomic_t stop;

static void on_signal(int sig)
{
	(void)sig;
	stop = 1;
}

static void must(struct linx_engine *e, int rc)
{
	if (rc >= 0)
		return;
	fprintf(stderr, "drain_engine: %s\n", e->err.text);
	exit(1);
}

static void select_calls(struct linx_engine *e, const char *what)
{
	static struct linx_select s;

	for (unsigned int nr = 0; nr < LINX_NR_MAX && strcmp(what, "none"); nr++) {
		s.exit[0][nr / 64] |= 1ull << nr % 64;
		if (at_entry[nr] && strcmp(what, "exits") && strcmp(what, "count"))
			s.enter[0][nr / 64] |= 1ull << nr % 64;
	}
	must(e, e->ops->select(e, &s));
}

static void drain(struct linx_engine *e)
{
	struct linx_chunk c;

	for (unsigned int i = 0; i < e->ops->nlanes(e); i++) {
		must(e, e->ops->peek(e, i, &c));
		if (c.len)
			e->ops->advance(e, i, c.len);
	}
}

static void show_account(struct linx_engine *e)
{
	uint64_t counted = 0, selected = 0, committed = 0, lost = 0, skipped = 0, filtered = 0;
	struct linx_account a;

	must(e, e->ops->account(e, true, &a));
	for (unsigned int i = 0; i < a.ncpus; i++) {
		counted += a.sampled ? a.sampled[i] : 0;
		selected += a.cpus[i].selected;
		committed += a.cpus[i].committed;
		filtered += a.cpus[i].filtered;
		skipped += a.skipped ? a.skipped[i] : 0;
		for (unsigned int k = 0; k < LINX_LOST_MAX; k++)
			lost += a.cpus[i].lost[k];
	}
	printf("counted %llu\nselected %llu\ncommitted %llu\nfiltered %llu\nlost %llu\nskipped %llu\n", (unsigned long long)counted, (unsigned long long)selected,
	       (unsigned long long)committed, (unsigned long long)filtered, (unsigned long long)lost, (unsigned long long)skipped);
}

static int attach_empty(const char *file, char **programs)
{
	static char object[1 << 20];
	struct linx_error error = { .text = "" };
	struct linx_libbpf lib;
	struct bpf_object *o;
	FILE *f = fopen(file, "re");
	size_t len = f ? fread(object, 1, sizeof(object), f) : 0;

	if (linx_libbpf_open(&lib, &error)) {
		fprintf(stderr, "drain_engine: %s\n", error.text);
		return 1;
	}
	o = lib.bpf_object__open_mem(object, len, NULL);
	if (!o || lib.bpf_object__load(o))
		return 1;
	for (; *programs; programs++)
		if (!lib.bpf_program__attach(lib.bpf_object__find_program_by_name(o, *programs)))
			return 1;
	puts("ready");
	while (!stop)
		usleep(10000);
	return 0;
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "default";
	const struct linx_live_opts live = {
		.size = sizeof(live),
		.ring_size = 8 << 20,
		.delay_ms = 100,
		.watermark_percent = 25,
		.no_resolved = strcmp(what, "default") && strcmp(what, "fds"),
		.entry_time = !strcmp(what, "times"),
		.count = !strcmp(what, "count"),
		.fds = strcmp(what, "fds") ? 0 : LINX_FDS_PATHS,
	};
	const struct linx_engine_opts opts = { .size = sizeof(opts), .live = &live };
	struct linx_error error = { .text = "" };
	struct linx_engine *e;

	signal(SIGINT, on_signal);
	signal(SIGTERM, on_signal);
	setvbuf(stdout, NULL, _IOLBF, 0);
	if (!strcmp(what, "empty"))
		return attach_empty(argv[2], argv + 3);
	if (linx_engine_type_find("bpf")->open(&opts, &e, &error)) {
		fprintf(stderr, "drain_engine: %s\n", error.text);
		return 1;
	}
	select_calls(e, what);
	must(e, e->ops->start(e));
	puts("ready");
	while (!stop) {
		e->ops->wait(e, 100);
		drain(e);
	}
	must(e, e->ops->stop(e));
	drain(e);
	show_account(e);
	e->ops->close(e);
	return 0;
}
