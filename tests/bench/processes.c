// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Cost of an event if many processes are known: calls that N processes make in turn go through the event assembler and
 * the printer of text. Prints
 *     processes N NANOSECONDS-PER-EVENT KIB
 * usage: processes N EVENTS
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "bench.h"
#include "libuser/event/assembler.h"
#include "records.h"

static void meet(struct linx_assembler *a, struct record *r, uint32_t tid)
{
	struct linx_ctx ctx = record_ctx(tid, tid, 1, "service");
	const struct linx_event *ev;
	struct linx_group g;

	record_context(r, LINX_REC_TASK, tid, &ctx);
	record_str(r, LINX_FIELD_EXE, "/usr/sbin/service");
	g = record_group(r);
	must(linx_assembler_feed(a, &g, &ev) >= 0, "a process");
}

int main(int argc, char **argv)
{
	unsigned int n = argc == 3 ? (unsigned int)atoi(argv[1]) : 0, events = argc == 3 ? (unsigned int)atoi(argv[2]) : 0;
	struct linx_printer *printer;
	struct linx_assembler *a;
	struct linx_table *table;
	const struct linx_event *ev;
	struct rusage used;
	struct linx_group g;
	struct record r;
	const char *text;
	double start;
	size_t len;

	if (!n || !events)
		return 2;
	must(!linx_table_new_builtin(&table) && !linx_assembler_new(NULL, table, &a) &&
	     !linx_printer_new(LINX_FORMAT_TEXT, NULL, &printer), "memory");
	record_init(&r);
	for (unsigned int i = 0; i < n; i++)
		meet(a, &r, 1000 + i);
	record_exit(&r, 1000, 0, 64, 3, (const uint64_t[]){ 3, 0x1000, 64 });
	record_val(&r, 1, LINX_VAL_BYTES, LINX_WHOLE, "twenty bytes of data", 20, 20);
	g = record_group(&r);
	start = seconds();
	for (unsigned int i = 0; i < events; i++) {
		/* A prime step makes processes that follow each other in time far from each other in memory. */
		record_head(&r)->tid = record_head(&r)->pid = 1000 + (uint32_t)(i * 7919ull % n);
		record_head(&r)->time++;
		must(linx_assembler_feed(a, &g, &ev) == 1 && !linx_print(printer, ev, &text, &len) && len, "an event");
	}
	getrusage(RUSAGE_SELF, &used);
	printf("processes %u %.0f %ld\n", n, (seconds() - start) * 1e9 / events, used.ru_maxrss);
	linx_printer_free(printer);
	linx_assembler_free(a);
	linx_table_free(table);
	record_end(&r);
	return 0;
}
