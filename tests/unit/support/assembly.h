/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Table, assembler and a record, for tests of the layers above the merge. */
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
	uint64_t *copy; /* the last group, in a buffer of exactly its length */
	const struct linx_event *ev; /* event of the last feed; NULL: none */
	struct linx_printer *printer;
	char text[65536]; /* text of the last event */
};

struct assembly *assembly_new(void);
void assembly_free(struct assembly *as);

/* Feeds the record. Returns the event, NULL if there was none. */
const struct linx_event *assembly_feed(struct assembly *as);
/* Returns the second event of the fed group, NULL if there was none. */
const struct linx_event *assembly_more(struct assembly *as);
/* Feeds the record, and fails the test if there is no event. */
const struct linx_event *assembly_event(struct assembly *as);

/* Prints with this format from now on. */
void assembly_format(struct assembly *as, enum linx_format format,
		     const struct linx_print_opts *opts);
/* Prints the last event. Returns as->text. */
const char *assembly_print(struct assembly *as);
/* Feeds the record and expects this text. */
void assembly_expect(struct assembly *as, const char *line);

/* Announces a task and its process by a TASK record. */
void assembly_meet(struct assembly *as, uint32_t tid, uint32_t pid, const char *comm);

/* Setup and teardown of cmocka; *state is the assembly. */
int assembly_setup(void **state);
int assembly_teardown(void **state);
#define ASSEMBLY_TEST(f) cmocka_unit_test_setup_teardown(f, assembly_setup, assembly_teardown)

/* Numbers of x86_64 that tests use. */
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
