/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A table of calls, an event assembler and a record, for tests of the code above the merge of lanes. */
#ifndef LINX_TEST_ASSEMBLY_H
#define LINX_TEST_ASSEMBLY_H

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "libuser/event/assembler.h"
#include "libuser/record/decode.h"
#include "records.h"

struct assembly {
	struct linx_table *table;
	struct linx_assembler *a;
	struct record r;
	/*
	 * the records of the last feed, in a buffer of exactly their length, so that sanitizers detect reads beyond it
	 */
	uint64_t *copy;
	const struct linx_event *ev; /* event that the last feed made; NULL: none */
	struct linx_printer *printer;
	char text[65536]; /* text of the last event */
};

struct assembly *assembly_new(void);
void assembly_free(struct assembly *as);

/* Feeds the prepared record to the assembler. Returns the event that it makes, or NULL. */
const struct linx_event *assembly_feed(struct assembly *as);
/* Returns the second event that the last fed records make, or NULL. */
const struct linx_event *assembly_more(struct assembly *as);
/* Feeds the prepared record. Returns its event; the test fails if it makes none. */
const struct linx_event *assembly_event(struct assembly *as);

/* Sets the format in which events are printed from now on. */
void assembly_format(struct assembly *as, enum linx_format format,
		     const struct linx_print_opts *opts);
/* Prints the last event. Returns as->text. */
const char *assembly_print(struct assembly *as);
/* Feeds the prepared record and expects that its event is printed as this text. */
void assembly_expect(struct assembly *as, const char *line);

/* Announces a task and its process: feeds a TASK record. */
void assembly_meet(struct assembly *as, uint32_t tid, uint32_t pid, const char *comm);

/* Setup and teardown of cmocka; *state is the assembly. */
int assembly_setup(void **state);
int assembly_teardown(void **state);
#define ASSEMBLY_TEST(f) cmocka_unit_test_setup_teardown(f, assembly_setup, assembly_teardown)

/* Call numbers of x86_64 that tests use. */
enum {
	NR_READ = 0,
	NR_WRITE = 1,
	NR_OPEN = 2,
	NR_CLOSE = 3,
	NR_MMAP = 9,
	NR_SIGPROCMASK = 14,
	NR_NANOSLEEP = 35,
	NR_SIGRETURN = 15,
	NR_IOCTL = 16,
	NR_PIPE = 22,
	NR_GETPID = 39,
	NR_CONNECT = 42,
	NR_GETSOCKNAME = 51,
	NR_GETSOCKOPT = 55,
	NR_CLONE = 56,
	NR_EXECVE = 59,
	NR_WAIT4 = 61,
	NR_UNAME = 63,
	NR_FCNTL = 72,
	NR_READLINK = 89,
	NR_EXIT_GROUP = 231,
	NR_OPENAT = 257,
};
#define AT_FDCWD_ARG ((uint64_t)-100)

#endif
