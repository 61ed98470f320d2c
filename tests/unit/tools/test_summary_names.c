// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Calls that strace -c counts together have the same name. Parts of i386's socketcall and ipc share a number, and count
 * separately.
 */
#include "assembly.h"

#include "common/base/sanitize.c"
#include "common/base/message.c"
#include "tools/output/summary.c"
#include "common/base/parse_value.c"

enum { TID = 100, I386_SOCKETCALL = 102, I386_IPC = 117, SEND = 9, SHUTDOWN = 13, SEMGET = 2, MSGGET = 13 };

static struct strace_summary_table *begin(const struct summary_options *s)
{
	struct strace_summary_table *t;
	struct problem why;

	assert_int_equal(strace_summary_new(s, &t, &why), 0);
	return t;
}

/* Returns the table of the summary as it is printed; the caller frees it. */
static char *end(struct strace_summary_table *t)
{
	char *text;
	size_t len;

	assert_int_equal(strace_summary_print(t, &text, &len), 0);
	strace_summary_free(t);
	return text;
}

static void count_socketcall(struct assembly *as, struct strace_summary_table *t, uint32_t call, int64_t ret)
{
	static const uint32_t args[] = { 3, 0x2000, 5, 0x4000 };

	record_exit(&as->r, TID, I386_SOCKETCALL, ret, ARGS(call, 0x1000));
	record_val(&as->r, 1, LINX_VAL_BYTES, LINX_WHOLE, args, sizeof(args), sizeof(args));
	strace_summary_count(t, assembly_event(as));
}

static void count_ipc(struct assembly *as, struct strace_summary_table *t, uint32_t call)
{
	record_exit(&as->r, TID, I386_IPC, 0, ARGS(call, 1, 2, 3, 4, 5));
	strace_summary_count(t, assembly_event(as));
}

static void parts_of_calls(void **state)
{
	const struct summary_options s = { .columns = "calls,errors,name", .sort = "name" };
	struct strace_summary_table *t = begin(&s);
	struct assembly *as = *state;
	char *text;

	as->r.abi = LINX_ABI_I386;
	count_socketcall(as, t, SEND, 5);
	count_socketcall(as, t, SHUTDOWN, 0);
	count_socketcall(as, t, SEND, -9);
	count_ipc(as, t, MSGGET);
	count_ipc(as, t, SEMGET);
	count_socketcall(as, t, 99, -22); /* number 99 is not a part of socketcall */
	as->r.abi = LINX_ABI_X86_64;
	record_exit(&as->r, TID, I386_SOCKETCALL, 0, NO_ARGS); /* number 102 of x86_64: getuid */
	strace_summary_count(t, assembly_event(as));
	text = end(t);
	assert_string_equal(strstr(text, "System"),
			    "System call usage summary for 32 bit mode:\n"
			    "    calls    errors syscall\n"
			    "--------- --------- ----------------\n"
			    "        1           msgget\n"
			    "        1           semget\n"
			    "        2         1 send\n"
			    "        1           shutdown\n"
			    "        1         1 socketcall\n"
			    "--------- --------- ----------------\n"
			    "        6         2 total\n");
	free(text);
}

static void count_unknown(struct assembly *as, struct strace_summary_table *t, unsigned int abi, int nr, int64_t ret)
{
	as->r.abi = abi;
	record_exit(&as->r, TID, nr, ret, NO_ARGS);
	strace_summary_count(t, assembly_event(as));
}

/* Each number without a name is counted separately, under the text that trace lines have for it. */
static void numbers_without_a_name(void **state)
{
	const struct summary_options s = { .columns = "calls,errors,name", .sort = "name" };
	struct strace_summary_table *t = begin(&s);
	struct assembly *as = *state;
	char *text;

	for (int i = 0; i < 3; i++)
		count_unknown(as, t, LINX_ABI_X86_64, 0x1f0, -38);
	count_unknown(as, t, LINX_ABI_X86_64, 0x1f1, 0);
	count_unknown(as, t, LINX_ABI_X86_64, 0x70000, -38);
	count_unknown(as, t, LINX_ABI_X86_64, 0x70010, -38);
	text = end(t);
	assert_string_equal(text, "    calls    errors syscall\n"
				  "--------- --------- ----------------\n"
				  "        3         3 syscall_0x1f0\n"
				  "        1           syscall_0x1f1\n"
				  "        1         1 syscall_0x70000\n"
				  "        1         1 syscall_0x70010\n"
				  "--------- --------- ----------------\n"
				  "        6         5 total\n");
	free(text);
}

static void count_lasting(struct assembly *as, struct strace_summary_table *t, uint64_t ns)
{
	record_enter(&as->r, TID, NR_GETPID, NO_ARGS);
	assert_null(assembly_feed(as));
	as->r.time += ns - 1000;
	record_exit(&as->r, TID, NR_GETPID, 1, NO_ARGS);
	strace_summary_count(t, assembly_event(as));
}

/* The summary can have wall-clock times beside CPU times. The CPU times are 0 here, because the records have none. */
static void times_by_the_clock(void **state)
{
	const struct summary_options s = { .columns = "total-time,wall-total,wall-min,wall-max,wall-avg,calls,name" };
	struct strace_summary_table *t = begin(&s);
	struct assembly *as = *state;
	char *text;

	count_lasting(as, t, 3000000);
	count_lasting(as, t, 1000000);
	text = end(t);
	assert_non_null(strstr(text, "    seconds  wall-total wall-min wall-max    wall-avg     calls syscall\n"));
	assert_non_null(strstr(text, "   0.000000    0.004000 0.001000 0.003000        2000         2 getpid\n"));
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ASSEMBLY_TEST(parts_of_calls),
		ASSEMBLY_TEST(numbers_without_a_name),
		ASSEMBLY_TEST(times_by_the_clock),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
