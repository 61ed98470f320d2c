/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Table, assembler and a record under construction, for tests of what stands above the merge. */
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
	uint64_t *copy; /* of the group that was fed, without a byte to spare */
	const struct linx_event *ev; /* of the last feed; NULL: none */
	struct linx_printer *printer;
	char text[65536]; /* what was printed last */
};

struct assembly *assembly_new(void);
void assembly_free(struct assembly *as);

/* Feed the record; returns the event, NULL if there was none. */
const struct linx_event *assembly_feed(struct assembly *as);
/* The group's second event, NULL: none. */
const struct linx_event *assembly_more(struct assembly *as);
/* Feed, and fail the test if there is no event. */
const struct linx_event *assembly_event(struct assembly *as);

/* Use this printer from now on. */
void assembly_format(struct assembly *as, enum linx_format format,
		     const struct linx_print_opts *opts);
/* The last event, as text. */
const char *assembly_print(struct assembly *as);
/* Feed, and what is printed has to be this. */
void assembly_expect(struct assembly *as, const char *line);

/* The task and its process are met: a TASK record. */
void assembly_meet(struct assembly *as, uint32_t tid, uint32_t pid, const char *comm);

/* cmocka's setup and teardown; *state is the assembly. */
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
