// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Writes a capture to standard output: COUNT calls on two CPUs, on each CPU read and close by turns, and a loss of five
 * more calls. Further arguments change the capture: "arm64" makes it one of an arm64 machine, "skipped" gives it
 * skipped events, and "mixed" calls of five kinds by several processes, with values in all states and bytes of all
 * kinds. "node=NAME" is the name of the machine, and "boot=N" the last digits of its boot id, which make the capture
 * another session. In addition to "mixed", "line=N" gives each task a command line of N bytes and 50 calls in a row,
 * and "midnight" lets a day end before the second half of the calls, which are opens on CPU 0, and leaves out the loss.
 * "pods" puts the processes of "mixed" into containers (see pods_file() in tests/cli/functions).
 * With "reused" COUNT has no effect: one task ends, and a later task with the same number sleeps from the second second
 * to the fourth. "cgroup=PATH" makes one task in this cgroup, which makes COUNT calls.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fake_engine.h"
#include "records.h"
#include "libuser/engine/header.h"

/*
 * Makes the capture one of an arm64 machine. In its table of calls, the numbers of read and close on arm64 take the
 * place of the first line with a number and of all lines after it.
 */
static void of_arm64(struct linx_header *h)
{
	static const char numbers[] = "nr arm64 57 close close\nnr arm64 63 read read\n";

	strcpy(strstr(h->table, "\nnr ") + 1, numbers);
	h->table_len = strlen(h->table);
	h->table_hash = linx_table_hash(h->table, h->table_len);
	strcpy(h->machine, "aarch64");
}

static bool has(int argc, char **argv, const char *word)
{
	for (int i = 2; i < argc; i++)
		if (!strcmp(argv[i], word))
			return true;
	return false;
}

static const char *text_after(int argc, char **argv, const char *word)
{
	for (int i = 2; i < argc; i++)
		if (!strncmp(argv[i], word, strlen(word)))
			return argv[i] + strlen(word);
	return NULL;
}

/* Adds an openat whose path has any byte but 0, is one of many, and sometimes is cut, late or unreadable. */
static void add_open(struct record *r, uint32_t tid, unsigned int i)
{
	static const uint8_t states[] = { LINX_WHOLE, LINX_TRUNCATED, LINX_LATE, LINX_UNREADABLE, LINX_WHOLE, LINX_WHOLE };
	uint8_t state = states[i / 5 % sizeof(states)];
	char path[64];
	int n = snprintf(path, sizeof(path), "/srv/%u/%c.%u", i % 977, (int)(1 + i % 255), i * 2654435761u);

	record_exit(r, tid, 257, i % 11 ? (int)(3 + i % 60) : -2, ARGS((uint64_t)-100, 0x7f0000001000, i % 3 ? 0 : 0x80241, 0644));
	if (state == LINX_UNREADABLE)
		record_val(r, 1, LINX_VAL_STR, state, NULL, 0, 0);
	else
		record_val(r, 1, LINX_VAL_STR, state, path, (size_t)n, state == LINX_TRUNCATED ? 5000 : (uint32_t)n);
}

/* Adds call i, of one of five kinds by turns. stay: number of calls in a row that one process makes. */
static void add_mixed(struct fake *f, struct record *r, unsigned int i, unsigned int cpu, unsigned int stay)
{
	uint32_t tid = 100 + i / stay % 13;

	r->pid = tid & ~3u;
	switch (i % 5) {
	case 0:
		add_open(r, tid, i);
		break;
	case 1:
		record_exit(r, tid, 0, 16, ARGS(3 + i % 60, 0x7f0000002000, 4096));
		record_mem(r, 1, LINX_VAL_MEM, 0x7f0000002000, &(uint64_t[]){ i * 0x9e3779b97f4a7c15u, i }, 16, 4096);
		break;
	case 2:
		record_exit(r, tid, 3, i % 9 ? 0 : -9, ARGS(3 + i % 60));
		break;
	case 3:
		record_exit(r, tid, 9, 0x7f0000000000 + (int64_t)i % 5000 * 4096, ARGS(0, 4096, 3, 34, (uint64_t)-1, 0));
		break;
	default:
		record_exit(r, tid, 39, r->pid, NO_ARGS);
	}
	fake_add(f, cpu, r->words);
}

/* Adds a record with its pieces. */
static void add_all(struct fake *f, struct record *r)
{
	const uint8_t *at = (const uint8_t *)r->words, *end = at + r->len;

	while (at < end) {
		struct linx_rec *rec = fake_add(f, 0, at);

		at += LINX_REC_LEN(rec);
		rec->flags = at < end ? LINX_RF_MORE : 0;
	}
}

/* Adds a command line that has no part in common with that of another process. */
static void add_line(struct record *r, uint32_t tid, unsigned int len)
{
	char *line = malloc(len + 1);
	uint64_t random = tid;
	unsigned int part;

	for (unsigned int i = 0; i < len; i++) {
		random = random * 6364136223846793005u + 1442695040888963407u;
		line[i] = (char)('0' + (random >> 33) % 64);
	}
	part = len < LINX_REC_USER_MAX ? len : LINX_REC_USER_MAX;
	record_val(r, LINX_FIELD_ARGV, LINX_VAL_STRINGS, LINX_WHOLE, line, part, len);
	for (unsigned int at = part; at < len; at += part) {
		part = len - at < LINX_REC_USER_MAX ? len - at : LINX_REC_USER_MAX;
		record_piece(r, LINX_FIELD_ARGV, at, line + at, part);
	}
	free(line);
}

static unsigned int number_of(int argc, char **argv, const char *word)
{
	size_t len = strlen(word);

	for (int i = 2; i < argc; i++)
		if (!strncmp(argv[i], word, len))
			return (unsigned int)atoi(argv[i] + len);
	return 0;
}

/* Adds the cgroup of a process. The last process is in no container. */
static void add_cgroup(struct record *r)
{
	static const char *const parents[] = { "/kubepods.slice/kubepods-podu_1.slice", "/kubepods/podu-2", "/kubepods/podu-3" };
	unsigned int n = (r->pid - 100) / 4;
	char path[192];

	if (n < 3)
		snprintf(path, sizeof(path), n ? "%s/%064u" : "%s/cri-containerd-%064u.scope", parents[n], n + 1);
	else
		snprintf(path, sizeof(path), "/system.slice/ssh.service");
	record_str(r, LINX_FIELD_CGROUP, path);
}

/* Adds the record of a task, whose name has bytes of all kinds. */
static void add_task(struct fake *f, struct record *r, uint32_t tid, unsigned int line, bool pods)
{
	struct linx_ctx ctx;
	char comm[16];

	snprintf(comm, sizeof(comm), "p%c\"\303\251%u", (int)(tid * 37 % 255 + 1), tid);
	ctx = record_ctx(tid, tid & ~3u, 1, comm);
	r->pid = tid & ~3u;
	record_context(r, LINX_REC_TASK, tid, &ctx);
	if (pods)
		add_cgroup(r);
	if (line)
		add_line(r, tid, line);
	add_all(f, r);
}

/* Adds n calls of processes. Those with long command lines begin one after the other. */
static void mix(struct fake *f, unsigned int n, unsigned int line, bool midnight, bool pods)
{
	unsigned int stay = line ? 50 : 7;
	struct record r;

	record_init(&r);
	for (uint32_t tid = 100; tid < 113 && !line; tid++)
		add_task(f, &r, tid, 0, pods);
	if (midnight)
		f->clock.realtime = 20000 * 86400000000000ull - r.time - n / 2 * 1000ull - 500;
	for (unsigned int i = 0; i < n; i++) {
		if (line && i % stay == 0 && i / stay < 13)
			add_task(f, &r, 100 + i / stay, line, pods);
		if (midnight && i >= n / 2)
			add_mixed(f, &r, i * 5, 0, stay);
		else
			add_mixed(f, &r, i, i / 64 % 2, stay);
	}
	if (!midnight)
		fake_lose(f, 1, r.time + 1000, 5);
	record_end(&r);
}

/* Adds two tasks with one number, one after the other; the second one sleeps. */
static void reuse(struct fake *f)
{
	const uint32_t tid = 100;
	const struct linx_ctx ctx = record_ctx(tid, tid, 1, "sleeper");
	struct record r;

	record_init(&r);
	for (unsigned int i = 0; i < 2; i++) {
		record_context(&r, LINX_REC_TASK, tid, &ctx);
		fake_add(f, 0, r.words);
		record_enter(&r, tid, 39, NO_ARGS);
		fake_add(f, 0, r.words);
		record_exit(&r, tid, 39, tid, NO_ARGS);
		fake_add(f, 0, r.words);
		if (i)
			break;
		record_context(&r, LINX_REC_TASK_EXIT, tid, &ctx);
		fake_add(f, 0, r.words);
	}
	r.time += 2000000000;
	record_enter(&r, tid, 35, ARGS(0x7f0000001000, 0));
	fake_add(f, 0, r.words);
	r.time += 2000000000;
	record_exit(&r, tid, 35, 0, ARGS(0x7f0000001000, 0));
	fake_add(f, 0, r.words);
	record_end(&r);
}

/* Adds a task in this cgroup, and n calls of it. */
static void add_contained(struct fake *f, const char *cgroup, unsigned int n)
{
	const struct linx_ctx ctx = record_ctx(100, 100, 1, "nginx");
	struct record r;

	record_init(&r);
	r.pid = 100;
	record_context(&r, LINX_REC_TASK, 100, &ctx);
	record_str(&r, LINX_FIELD_CGROUP, cgroup);
	fake_add(f, 0, r.words);
	for (unsigned int i = 0; i < n; i++)
		add_mixed(f, &r, i * 5, 0, 1 << 30);
	record_end(&r);
}

int main(int argc, char **argv)
{
	unsigned int n = argc > 1 ? (unsigned int)atoi(argv[1]) : 0;
	bool arm64 = has(argc, argv, "arm64");
	const char *cgroup = text_after(argc, argv, "cgroup=");
	int read = arm64 ? 63 : 0, close = arm64 ? 57 : 3;
	struct fake *f = fake_new(2);
	uint8_t *data;
	size_t len;

	if (arm64)
		of_arm64(&f->header);

	for (int i = 2; i < argc; i++)
		if (!strncmp(argv[i], "node=", 5))
			snprintf(f->header.node, sizeof(f->header.node), "%s", argv[i] + 5);
	for (int i = 2; i < argc; i++)
		if (!strncmp(argv[i], "boot=", 5))
			snprintf(f->header.boot_id, sizeof(f->header.boot_id), "00000000-0000-4000-8000-%012u", (unsigned int)atoi(argv[i] + 5));
	if (has(argc, argv, "mixed"))
		mix(f, n, number_of(argc, argv, "line="), has(argc, argv, "midnight"), has(argc, argv, "pods"));
	if (has(argc, argv, "reused"))
		reuse(f);
	if (cgroup)
		add_contained(f, cgroup, n);
	for (unsigned int i = 0; i < n && !cgroup && !has(argc, argv, "mixed") && !has(argc, argv, "reused"); i++) {
		if (i == n / 2)
			fake_lose(f, 0, 95 + i * 10, 5);
		fake_exit(f, i % 2, 100 + i * 10, i % 4 < 2 ? read : close, i % 3 ? 0 : -9);
	}
	if (has(argc, argv, "skipped"))
		f->skipped[0] = 2, f->skipped[1] = 40;
	f->floor = UINT64_MAX;
	data = record(f, 0, &len);
	return fwrite(data, 1, len, stdout) != len;
}
