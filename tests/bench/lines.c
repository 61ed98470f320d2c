// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Prints log lines of processes that hold many descriptors, and writes them to a file in three ways: through the window
 * of common/files/maplog.c, by write(2) for each line, and by stdio. tests/bench/lines builds and runs it.
 * usage: lines TASKS DESCRIPTORS EVENTS FILE
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"
#include "common/files/maplog.c"
#include "common/base/message.c"
#include "common/base/sanitize.c"
#include "common/base/signals.c"
#include "libuser/event/assembler.h"
#include "libuser/state/files.h"
#include "records.h"

#define KINDS 4u

struct bench {
	unsigned int tasks, events;
	struct linx_table *table;
	struct linx_assembler *a;
	struct linx_printer *printer;
	struct linx_files **files; /* one table of descriptors for each task */
	struct record *records; /* tasks * KINDS records, which are used again and again */
	struct maplog log;
	FILE *stream;
	int fd;
};

static struct linx_files *make_files(unsigned int n)
{
	static struct linx_files_account account;
	static size_t room = (size_t)1 << 30;
	struct linx_files *f;

	account.room = &room;
	f = linx_files_new(&account);
	must(f, "files");
	for (unsigned int i = 0; i < n; i++) {
		char path[64];
		struct linx_descriptor d = { .fd = (int32_t)i, .path = path, .path_state = LINX_WHOLE };

		d.path_len = (uint32_t)snprintf(path, sizeof(path), i % 3 ? "/var/lib/service/data/%u" : "socket:[%u]", i);
		linx_files_set(f, &d);
	}
	return f;
}

static const struct linx_event *feed(struct bench *b, struct record *r)
{
	struct linx_group g = record_group(r);
	const struct linx_event *ev = NULL;

	must(linx_assembler_feed(b->a, &g, &ev) == 1, "feed");
	return ev;
}

static void meet(struct bench *b, struct record *r, uint32_t tid)
{
	static const char argv[] = "/usr/sbin/service\0--config\0/etc/service/service.conf\0--workers\0004";
	struct linx_ctx ctx = record_ctx(tid, tid, 1, "service");

	record_context(r, LINX_REC_TASK, tid, &ctx);
	record_str(r, LINX_FIELD_EXE, "/usr/sbin/service");
	record_val(r, LINX_FIELD_ARGV, LINX_VAL_STRINGS, LINX_WHOLE, argv, sizeof(argv), sizeof(argv));
	feed(b, r);
}

static void make_record(struct record *r, uint32_t tid, unsigned int kind)
{
	r->pid = tid;
	switch (kind) {
	case 0:
		record_exit(r, tid, 257, 9, 4, (const uint64_t[]){ (uint64_t)-100, 0x1000, 02000000, 0 });
		record_str(r, 1, "/etc/service/conf.d/module.conf");
		break;
	case 1:
		record_exit(r, tid, 0, 80, 3, (const uint64_t[]){ 9, 0x2000, 4096 });
		record_val(r, 1, LINX_VAL_BYTES, LINX_WHOLE, "name = value\nother = 3\n", 23, 23);
		break;
	case 2:
		record_exit(r, tid, 1, 40, 3, (const uint64_t[]){ 2, 0x3000, 40 });
		record_val(r, 1, LINX_VAL_BYTES, LINX_WHOLE, "2025-06-11 module: loaded\n", 26, 26);
		break;
	default:
		record_exit(r, tid, 3, 0, 1, (const uint64_t[]){ 9 });
	}
}

static void prepare(struct bench *b, unsigned int descriptors)
{
	must(!linx_table_new_builtin(&b->table) && !linx_assembler_new(NULL, b->table, &b->a), "assembler");
	must(!linx_printer_new(LINX_FORMAT_LINE, NULL, &b->printer), "printer");
	b->files = calloc(b->tasks, sizeof(struct linx_files *));
	b->records = calloc((size_t)b->tasks * KINDS, sizeof(*b->records));
	must(b->files && b->records, "memory");
	for (unsigned int t = 0; t < b->tasks; t++) {
		struct record r;

		record_init(&r);
		meet(b, &r, 1000 + t);
		record_end(&r);
		b->files[t] = make_files(descriptors);
		for (unsigned int k = 0; k < KINDS; k++) {
			struct record one;

			record_init(&one);
			make_record(&one, 1000 + t, k);
			b->records[t * KINDS + k] = one;
			b->records[t * KINDS + k].words = malloc(one.len);
			memcpy(b->records[t * KINDS + k].words, one.words, one.len);
			record_end(&one);
		}
	}
}

static int put_nothing(struct bench *b, const char *text, size_t len)
{
	(void)b;
	(void)text;
	return len ? 0 : -1;
}

static int put_window(struct bench *b, const char *text, size_t len)
{
	return maplog_put(&b->log, text, len);
}

static int put_write(struct bench *b, const char *text, size_t len)
{
	return write(b->fd, text, len) == (ssize_t)len ? 0 : -1;
}

static int put_stdio(struct bench *b, const char *text, size_t len)
{
	return fwrite(text, 1, len, b->stream) == len ? 0 : -1;
}

/* Writes a line by stdio and flushes it, because a program that dies loses what stdio has not written. */
static int put_flush(struct bench *b, const char *text, size_t len)
{
	return put_stdio(b, text, len) || fflush(b->stream) ? -1 : 0;
}

static void run(struct bench *b, const char *name, int (*put)(struct bench *, const char *, size_t))
{
	double start = seconds(), took;
	size_t bytes = 0;

	for (unsigned int i = 0; i < b->events; i++) {
		unsigned int t = i / KINDS % b->tasks;
		struct linx_event ev = *feed(b, &b->records[t * KINDS + i % KINDS]);
		const char *text;
		size_t len;

		ev.files = b->files[t];
		must(!linx_print(b->printer, &ev, &text, &len) && !put(b, text, len), name);
		bytes += len;
	}
	took = seconds() - start;
	printf("%-28s %8.0f lines/s %6.0f ns/line %5zu bytes/line\n", name, b->events / took, took * 1e9 / b->events,
	       bytes / b->events);
}

int main(int argc, char **argv)
{
	struct bench b = { 0 };
	struct problem why;

	if (argc != 5)
		return 2;
	b.tasks = (unsigned int)atoi(argv[1]);
	b.events = (unsigned int)atoi(argv[3]);
	prepare(&b, (unsigned int)atoi(argv[2]));
	run(&b, "no file", put_nothing);
	unlink(argv[4]);
	must(!maplog_open(&b.log, argv[4], &(struct maplog_opts){ .mode = 0600 }, &why), "log");
	run(&b, "window", put_window);
	maplog_close(&b.log);
	b.fd = open(argv[4], O_WRONLY | O_CREAT | O_TRUNC, 0600);
	must(b.fd >= 0, "open");
	run(&b, "write(2) per line", put_write);
	b.stream = fdopen(b.fd, "w");
	must(b.stream && !ftruncate(b.fd, 0), "stream");
	run(&b, "stdio, 4 KB at a time", put_stdio);
	run(&b, "stdio, flushed per line", put_flush);
	fclose(b.stream);
	unlink(argv[4]);
	return 0;
}
