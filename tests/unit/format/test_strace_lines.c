// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Tests how lines of strace are interleaved: a line that has begun is cut and later resumed, or is held back, or never
 * ends.
 */
#include <stdio.h>

#include "assembly.h"
#include "libuser/format/printer.h"
#include "libuser/format/strace/strace.h"

#define A 100
#define B 101
#define NR_NANOSLEEP 35
#define NR_PRCTL 157
#define NR_EXIT 60
#define NR_RESTART 219
#define NR_PERF_EVENT_OPEN 298
#define NR_SCHED_SETATTR 314
#define NR_LSM_GET_SELF_ATTR 459
#define RESTARTNOHAND (-514)
#define RESTARTBLOCK (-516)

static void format(struct assembly *as, struct linx_strace_opts show)
{
	struct linx_print_opts opts = { .size = sizeof(opts), .tids = true, .strace = &show };

	show.size = sizeof(show);
	show.column = show.column ? show.column : 1;
	linx_assembler_entries(as->a, true);
	assembly_format(as, LINX_FORMAT_STRACE, &opts);
	assembly_meet(as, A, A, "first");
	assembly_meet(as, B, A, "second");
}

static int setup(void **state)
{
	assembly_setup(state);
	format(*state, (struct linx_strace_opts){ 0 });
	return 0;
}
/* Makes a new assembly (table, assembler and record), for another format. */
static struct assembly *another(void **state)
{
	assembly_free(*state);
	assembly_setup(state);
	return *state;
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, assembly_teardown)

static void enter_read(struct assembly *as, uint32_t tid, uint64_t fd, const char *expect)
{
	record_enter(&as->r, tid, NR_READ, ARGS(fd, 0x1000, 5));
	assembly_expect(as, expect);
}

static void leave_read(struct assembly *as, uint32_t tid, uint64_t fd, const char *data, const char *expect)
{
	record_exit(&as->r, tid, NR_READ, (int64_t)strlen(data), ARGS(fd, 0x1000, 5));
	record_val(&as->r, 1, LINX_VAL_BYTES, LINX_WHOLE, data, strlen(data), (uint32_t)strlen(data));
	assembly_expect(as, expect);
}

static void ends(struct assembly *as, uint32_t tid, uint32_t code, uint32_t flags, const char *expect,
		 const char *then)
{
	struct linx_ctx ctx = record_ctx(tid, A, 1, "first");

	ctx.code = code;
	ctx.flags = flags;
	as->r.pid = A;
	record_context(&as->r, LINX_REC_TASK_EXIT, tid, &ctx);
	as->r.pid = 0;
	assembly_expect(as, expect);
	if (!then)
		return;
	assert_non_null(assembly_more(as));
	assert_string_equal(assembly_print(as), then);
}

static const char *held(struct assembly *as, bool end)
{
	static char all[4096];
	const char *text;
	uint32_t tid;
	size_t len, n = 0;

	while (linx_print_held(as->printer, end, &tid, &text, &len) > 0) {
		memcpy(all + n, text, len);
		n += len;
	}
	all[n] = '\0';
	return all;
}

static void one_task_makes_whole_lines(void **state)
{
	enter_read(*state, A, 3, "");
	leave_read(*state, A, 3, "hello", "100   read(3, \"hello\", 5) = 5\n");
}

static void two_tasks_interleave(void **state)
{
	enter_read(*state, A, 3, "");
	enter_read(*state, B, 4, "100   read(3 <unfinished ...>\n");
	leave_read(*state, B, 4, "b", "101   read(4, \"b\", 5) = 1\n");
	leave_read(*state, A, 3, "a", "100   <... read resumed>, \"a\", 5) = 1\n");
	assert_string_equal(held(*state, true), "");
}

/* The line of restart_syscall names the interrupted call that it continues. */
static void a_restart_names_its_call(void **state)
{
	struct assembly *as = *state;

	record_enter(&as->r, A, NR_NANOSLEEP, ARGS(0, 0));
	assembly_expect(as, "");
	record_exit(&as->r, A, NR_NANOSLEEP, RESTARTBLOCK, ARGS(0, 0));
	assembly_expect(as, "");
	record_enter(&as->r, A, NR_RESTART, ARGS(0));
	assembly_expect(as, "100   nanosleep(NULL, NULL) = ? ERESTART_RESTARTBLOCK (Interrupted by signal)\n");
	enter_read(as, B, 4, "100   restart_syscall(<... resuming interrupted nanosleep ...> <unfinished ...>\n");
}

static void what_takes_long_is_shown_as_far_as_it_is_known(void **state)
{
	enter_read(*state, A, 3, "");
	assert_string_equal(held(*state, false), "100   read(3");
	assert_string_equal(held(*state, false), "");
	leave_read(*state, A, 3, "x", ", \"x\", 5) = 1\n");
	enter_read(*state, A, 3, "");
	assert_string_equal(held(*state, true), "100   read(3 <detached ...>\n");
}

/*
 * In prctl(), fcntl(), ptrace() and similar calls, one argument decides whether another one points to a result. If it
 * does, the argument that points to the result is printed only at the call's return.
 */
static void what_another_argument_makes_the_result_waits_for_it(void **state)
{
	struct assembly *as = *state;

	record_enter(&as->r, A, NR_PRCTL, ARGS(16 /* PR_GET_NAME */, 0x1000));
	assembly_expect(as, "");
	assert_string_equal(held(as, false), "100   prctl(PR_GET_NAME");
	record_exit(&as->r, A, NR_PRCTL, 0, ARGS(16, 0x1000));
	record_val(&as->r, 1, LINX_VAL_BYTES, LINX_WHOLE, "one\0\0\0\0\0\0\0\0\0\0\0\0\0", 16, 16);
	assembly_expect(as, ", \"one\") = 0\n");
	record_enter(&as->r, A, NR_PRCTL, ARGS(15 /* PR_SET_NAME */, 0x1000));
	record_val(&as->r, 1, LINX_VAL_STR, LINX_WHOLE, "two", 3, 3);
	assembly_expect(as, "");
	assert_string_equal(held(as, false), "100   prctl(PR_SET_NAME, \"two\"");
}

/*
 * If a structure is longer than the one that the kernel knows, the call fails, and the kernel writes the size that it
 * knows into the structure. The line shows both sizes.
 */
static void sizes_that_are_too_big(void **state)
{
	uint32_t perf[17] = { 1, 68 }, sched[13] = { 52 };
	struct assembly *as = *state;

	record_enter(&as->r, A, NR_PERF_EVENT_OPEN, ARGS(0x1000, 0, -1ul, -1ul, 0));
	record_val(&as->r, 0, LINX_VAL_BYTES, LINX_WHOLE, perf, sizeof(perf), sizeof(perf));
	assembly_expect(as, "");
	assert_string_equal(held(as, false), "100   perf_event_open({type=PERF_TYPE_SOFTWARE, size=0x44 /* PERF_ATTR_SIZE_??? */");
	record_exit(&as->r, A, NR_PERF_EVENT_OPEN, -7, ARGS(0x1000, 0, -1ul, -1ul, 0));
	perf[1] = 64;
	record_val(&as->r, 0, LINX_VAL_BYTES, LINX_WHOLE, perf, sizeof(perf), sizeof(perf));
	assembly_event(as);
	assert_true(strstr(assembly_print(as), " => PERF_ATTR_SIZE_VER0, config=") == assembly_print(as));
	record_enter(&as->r, A, NR_SCHED_SETATTR, ARGS(0, 0x1000, 0));
	record_val(&as->r, 1, LINX_VAL_BYTES, LINX_WHOLE, sched, sizeof(sched), sizeof(sched));
	assembly_expect(as, "");
	assert_non_null(strstr(held(as, false), "sched_setattr(0, {size=52, "));
	record_exit(&as->r, A, NR_SCHED_SETATTR, -7, ARGS(0, 0x1000, 0));
	sched[0] = 48;
	record_val(&as->r, 1, LINX_VAL_BYTES, LINX_WHOLE, sched, sizeof(sched), sizeof(sched));
	assembly_expect(as, " => {size=48}, 0) = -1 E2BIG (Argument list too long)\n");
}

/*
 * Some calls read memory, such as a size or a kind, which decides what they will fill in. strace's line shows that
 * memory when the call begins.
 */
static void what_is_asked_for_is_known_before(void **state)
{
	uint64_t asked[4] = { 100 };
	uint32_t size = 32;
	struct assembly *as = *state;

	for (unsigned int flags = 0; flags < 2; flags++) {
		record_enter(&as->r, A, NR_LSM_GET_SELF_ATTR, ARGS(100, 0x1000, 0x2000, flags));
		if (flags)
			record_val(&as->r, 1, LINX_VAL_BYTES, LINX_WHOLE, asked, sizeof(asked), sizeof(asked));
		record_val(&as->r, 2, LINX_VAL_BYTES, LINX_WHOLE, &size, sizeof(size), sizeof(size));
		assembly_expect(as, "");
		assert_string_equal(held(as, false), flags ? "100   lsm_get_self_attr(LSM_ATTR_CURRENT, {id=LSM_ID_CAPABILITY}" :
							     "100   lsm_get_self_attr(LSM_ATTR_CURRENT");
		record_exit(&as->r, A, NR_LSM_GET_SELF_ATTR, -95, ARGS(100, 0x1000, 0x2000, flags));
		assembly_expect(as, flags ? " => 0x1000, [32], LSM_FLAG_SINGLE) = -1 EOPNOTSUPP (Operation not supported)\n" :
					    ", 0x1000, [32], 0) = -1 EOPNOTSUPP (Operation not supported)\n");
	}
}

static void what_was_unreadable_at_entry_is_known_at_return(void **state)
{
	struct assembly *as = *state;

	record_enter(&as->r, A, NR_OPEN, ARGS(0x1000, 0, 0));
	record_val(&as->r, 0, LINX_VAL_STR, LINX_UNREADABLE, "", 0, 0);
	assembly_expect(as, "");
	record_exit(&as->r, A, NR_OPEN, 3, ARGS(0x1000, 0, 0));
	record_str(&as->r, 0, "/etc");
	assembly_expect(as, "100   open(\"/etc\", O_RDONLY) = 3\n");
}

static void signals_wait_for_the_return(void **state)
{
	struct assembly *as = *state;
	static const char line[] = "100   --- SIGCHLD {si_signo=SIGCHLD, si_code=SI_USER, si_pid=7, si_uid=0} ---\n";
	char both[256];

	enter_read(as, A, 3, "");
	record_signal(&as->r, A, 17, LINX_SIGNAL_IGNORED, 7);
	assembly_expect(as, "");
	/* SIGCHLD is already pending, so the second SIGCHLD gets no line. */
	record_signal(&as->r, A, 17, LINX_SIGNAL_IGNORED, 8);
	assembly_expect(as, "");
	snprintf(both, sizeof(both), "100   read(3, \"x\", 5) = 1\n%s", line);
	leave_read(as, A, 3, "x", both);
	record_signal(&as->r, A, 17, LINX_SIGNAL_IGNORED, 7);
	assembly_expect(as, line);
}

/* A task in a call ignores many real-time signals: the number of their lines that are held back is limited. */
static void very_many_signals_in_a_call(void **state)
{
	enum { MANY = 2000, REALTIME = 40 };
	static const char cut[] = "100   read(3 <unfinished ...>\n";
	struct assembly *as = *state;
	const struct linx_strace *s = as->printer->strace;
	unsigned int lines = 0, cuts = 0;
	const char *text;

	enter_read(as, A, 3, "");
	record_signal(&as->r, A, 17, LINX_SIGNAL_IGNORED, 7);
	assembly_expect(as, "");
	for (unsigned int i = 0; i < MANY; i++) {
		record_signal(&as->r, A, REALTIME, LINX_SIGNAL_IGNORED, 7);
		assembly_event(as);
		text = assembly_print(as);
		assert_true(s->owned_bytes <= 2 * LINX_LINE_SIGNALS + 4096);
		cuts += !strncmp(text, cut, strlen(cut));
		for (; (text = strstr(text, "--- SIGRT_8 ")); text++)
			lines++;
	}
	assert_int_equal(cuts, 1);
	/* SIGCHLD is still pending, and its line is already written: the second SIGCHLD gets no line */
	record_signal(&as->r, A, 17, LINX_SIGNAL_IGNORED, 7);
	assembly_expect(as, "");
	record_exit(&as->r, A, NR_READ, 0, ARGS(3, 0x1000, 5));
	assembly_event(as);
	text = assembly_print(as);
	assert_memory_equal(text, "100   <... read resumed>", 24);
	assert_null(strstr(text, "SIGCHLD"));
	for (; (text = strstr(text, "--- SIGRT_8 ")); text++)
		lines++;
	assert_int_equal(lines, MANY);
	assert_int_equal(s->owned_bytes, 0);
}

/*
 * Returns the lines that are printed when task A gets a signal during a call. The text is "" if the line of the signal
 * waits for the call's return.
 */
static const char *signal_in_call(struct assembly *as, int signo)
{
	record_signal(&as->r, A, signo, LINX_SIGNAL_IGNORED, 7);
	assembly_event(as);
	return assembly_print(as);
}

static const char *return_from_read(struct assembly *as)
{
	record_exit(&as->r, A, NR_READ, 0, ARGS(3, 0x1000, 5));
	assembly_event(as);
	return assembly_print(as);
}

/*
 * If too many signals wait for a call's return, their lines are written before it. The return does not write them
 * again, and in the next call the same signals wait again.
 */
static void a_signal_that_brought_all_out(void **state)
{
	struct assembly *as = *state;
	unsigned int n = 0;

	enter_read(as, A, 3, "");
	while (!*signal_in_call(as, 40))
		assert_true(++n < 2000);
	return_from_read(as);
	enter_read(as, A, 3, "");
	for (unsigned int i = 0; i < n; i++)
		assert_string_equal(signal_in_call(as, 40), "");
	assert_non_null(strstr(signal_in_call(as, 17), "SIGCHLD"));
	assert_null(strstr(return_from_read(as), "---"));
	enter_read(as, A, 3, "");
	assert_string_equal(signal_in_call(as, 17), "");
	assert_non_null(strstr(return_from_read(as), "SIGCHLD"));
}

static void a_stop_is_reported_twice(void **state)
{
	struct assembly *as = *state;

	record_signal(&as->r, A, 19, LINX_SIGNAL_DELIVERED | LINX_SIGNAL_DEFAULT, 7);
	assembly_expect(as, "100   --- SIGSTOP {si_signo=SIGSTOP, si_code=SI_USER, si_pid=7, si_uid=0} ---\n"
			    "100   --- stopped by SIGSTOP ---\n");
}

static void interrupted(struct assembly *as)
{
	record_enter(&as->r, A, NR_NANOSLEEP, ARGS(0, 0));
	assembly_expect(as, "");
	record_exit(&as->r, A, NR_NANOSLEEP, RESTARTNOHAND, ARGS(0, 0));
	assembly_expect(as, "");
}

/*
 * A tracer sees no return of a call during which SIGKILL ends the task, although the module records one. Therefore the
 * line shows no result.
 */
static void a_restart_before_the_end_was_no_return(void **state)
{
	struct assembly *as = *state;

	interrupted(as);
	record_signal(&as->r, A, 10, LINX_SIGNAL_DELIVERED | LINX_SIGNAL_HANDLER, 7);
	assembly_expect(as, "100   nanosleep(NULL, NULL) = ? ERESTARTNOHAND (To be restarted if no handler)\n"
			    "100   --- SIGUSR1 {si_signo=SIGUSR1, si_code=SI_USER, si_pid=7, si_uid=0} ---\n");
	interrupted(as);
	ends(as, A, 9, LINX_CTX_GROUP_DEAD,
	     "100   nanosleep(NULL <unfinished ...>) = ?\n100   +++ killed by SIGKILL +++\n", NULL);
}

static void calls_that_do_not_return(void **state)
{
	struct assembly *as = *state;

	record_enter(&as->r, A, NR_EXIT_GROUP, ARGS(3));
	assembly_expect(as, "");
	enter_read(as, B, 4, "100   exit_group(3 <unfinished ...>\n");
	ends(as, B, 0x300, 0, "101   read(4 <unfinished ...>) = ?\n", "101   +++ exited with 3 +++\n");
	ends(as, A, 0x300, LINX_CTX_GROUP_DEAD,
	     "100   <... exit_group resumed>) = ?\n100   +++ exited with 3 +++\n", NULL);
}

static void enter_part(struct assembly *as, uint32_t tid, uint64_t part, const char *expect)
{
	enum { I386_SOCKETCALL = 102 };
	static const uint32_t args[] = { 3, 0x2000, 5, 0 };

	as->r.abi = LINX_ABI_I386;
	record_enter(&as->r, tid, I386_SOCKETCALL, ARGS(part, 0x1000));
	record_val(&as->r, 1, LINX_VAL_BYTES, LINX_WHOLE, args, sizeof(args), sizeof(args));
	assembly_expect(as, expect);
}

/*
 * The name of a part of socketcall, such as recv, is made anew for each event, but a pending line keeps the name of its
 * own call until the line ends.
 */
static void parts_of_calls_keep_their_names(void **state)
{
	enum { SEND = 9, RECV = 10 };
	struct assembly *as = *state;

	enter_part(as, A, RECV, "100   [ Process PID=100 runs in 32 bit mode. ]\n");
	enter_part(as, B, SEND, "100   recv(3 <unfinished ...>\n101   [ Process PID=101 runs in 32 bit mode. ]\n");
	/* The return of recv, which is pending in task A, was lost: the next record of A is the return of read. */
	as->r.abi = LINX_ABI_X86_64;
	record_exit(&as->r, A, NR_READ, 1, ARGS(3, 0x2000, 5));
	record_val(&as->r, 1, LINX_VAL_BYTES, LINX_WHOLE, "x", 1, 1);
	assembly_expect(as, "101   send(3, 0x2000, 5, 0 <unfinished ...>\n100   <... recv resumed> <unfinished ...>) = ?\n");
	assert_non_null(assembly_more(as));
	assert_string_equal(assembly_print(as), "100   [ Process PID=100 runs in 64 bit mode. ]\n100   read(3, \"x\", 5) = 1\n");
}

/*
 * A task makes i386, x32 and native calls while another task is in a native call. strace prints each change of a task's
 * mode before the call that shows the change.
 */
static void modes(void **state)
{
	enum { I386_READ = 3, X32_READ = 0 };
	struct assembly *as = *state;

	enter_read(as, A, 3, "");
	as->r.abi = LINX_ABI_I386;
	record_enter(&as->r, B, I386_READ, ARGS(4, 0x1000, 5));
	assembly_expect(as, "100   read(3 <unfinished ...>\n101   [ Process PID=101 runs in 32 bit mode. ]\n");
	record_exit(&as->r, B, I386_READ, -9, ARGS(4, 0x1000, 5));
	assembly_expect(as, "101   read(4, 0x1000, 5) = -1 EBADF (Bad file descriptor)\n");
	record_enter(&as->r, B, I386_READ, ARGS(4, 0x1000, 5));
	assembly_expect(as, "");
	record_exit(&as->r, B, I386_READ, -9, ARGS(4, 0x1000, 5));
	assembly_expect(as, "101   read(4, 0x1000, 5) = -1 EBADF (Bad file descriptor)\n");
	as->r.abi = LINX_ABI_X32;
	record_enter(&as->r, B, X32_READ, ARGS(4, 0x1000, 5));
	assembly_expect(as, "101   [ Process PID=101 runs in x32 mode. ]\n");
	as->r.abi = LINX_ABI_X86_64;
	leave_read(as, A, 3, "a", "101   read(4 <unfinished ...>\n100   <... read resumed>, \"a\", 5) = 1\n");
	enter_read(as, B, 4, "101   <... read resumed> <unfinished ...>) = ?\n");
	assert_non_null(assembly_more(as));
	assert_string_equal(assembly_print(as), "101   [ Process PID=101 runs in 64 bit mode. ]\n");
}

static void modes_are_hidden(void **state)
{
	struct assembly *as = another(state);

	format(as, (struct linx_strace_opts){ .hide = LINX_STRACE_MODES });
	as->r.abi = LINX_ABI_I386;
	record_enter(&as->r, B, 3, ARGS(4, 0x1000, 5));
	assembly_expect(as, "");
}

/* strace notices the end of a leader thread only when the whole process ends. */
static void a_leader_that_goes_first(void **state)
{
	struct assembly *as = *state;

	record_enter(&as->r, A, NR_EXIT, ARGS(0));
	assembly_expect(as, "");
	ends(as, A, 0, 0, "100   exit(0) = ?\n", NULL);
	ends(as, B, 0x100, LINX_CTX_GROUP_DEAD, "101   +++ exited with 1 +++\n100   +++ exited with 0 +++\n", NULL);
}

static void a_thread_that_executes(void **state)
{
	struct assembly *as = *state;
	struct linx_ctx ctx = record_ctx(A, A, 1, "new");

	record_enter(&as->r, B, NR_EXECVE, ARGS(0x1000, 0, 0));
	record_str(&as->r, 0, "/bin/true");
	assembly_expect(as, "");
	ctx.code = B;
	record_context(&as->r, LINX_REC_EXEC, A, &ctx);
	record_str(&as->r, LINX_FIELD_FILENAME, "/bin/true");
	assembly_expect(as, "101   execve(\"/bin/true\", NULL, NULL <pid changed to 100 ...>\n"
			    "100   +++ superseded by execve in pid 101 +++\n");
	as->r.flags = LINX_RF_ARGS_GONE;
	record_exit(&as->r, A, NR_EXECVE, 0, NO_ARGS);
	assembly_expect(as, "100   <... execve resumed>) = 0\n");
}

static void by_status(void **state)
{
	struct assembly *as = another(state);

	format(as, (struct linx_strace_opts){ .hide_status = 0x1f & ~LINX_STRACE_FAILED });
	enter_read(as, A, 3, "");
	enter_read(as, B, 4, "");
	leave_read(as, A, 3, "x", "");
	record_exit(&as->r, B, NR_READ, -9, ARGS(4, 0x1000, 5));
	assembly_expect(as, "101   read(4, 0x1000, 5) = -1 EBADF (Bad file descriptor)\n");
	assert_true(linx_printer_shows(as->printer, as->ev));
}

static void what_is_hidden(void **state)
{
	struct assembly *as = another(state);

	format(as, (struct linx_strace_opts){ .hide = LINX_STRACE_EXITED, .hide_signals = 1u << 16 });
	record_signal(&as->r, A, 17, LINX_SIGNAL_IGNORED, 7);
	assembly_expect(as, "");
	ends(as, B, 0x300, 0, "", NULL);
	ends(as, A, 15, LINX_CTX_GROUP_DEAD, "100   +++ killed by SIGTERM +++\n", NULL);
}

static void dumps(void **state)
{
	struct assembly *as = another(state);

	format(as, (struct linx_strace_opts){ .dump_read = "3,5" });
	leave_read(as, A, 3, "a\n\377", "100   read(3, \"a\\n\\377\", 5) = 3\n"
		   " | 00000  61 0a ff                                          a..              |\n");
	leave_read(as, A, 4, "a", "100   read(4, \"a\", 5) = 1\n");
	as = another(state);
	format(as, (struct linx_strace_opts){ .dump_read = "!!!3" });
	leave_read(as, A, 3, "a", "100   read(3, \"a\", 5) = 1\n");
	leave_read(as, A, 4, "a", "100   read(4, \"a\", 5) = 1\n"
		   " | 00000  61                                                a                |\n");
}

static void columns(void **state)
{
	struct linx_strace_opts show = { .size = sizeof(show), .column = 1, .numbers = true, .pointers = true,
					 .relative_digits = 4, .decode_pids = LINX_STRACE_PID_COMM };
	struct linx_print_opts opts = { .size = sizeof(opts), .strace = &show };
	struct assembly *as = *state;

	show.tids = LINX_STRACE_TIDS_SHARED;
	show.tasks = 2;
	linx_printer_free(as->printer);
	as->printer = NULL;
	assembly_format(as, LINX_FORMAT_STRACE, &opts);
	leave_read(as, A, 3, "x", "[pid   100<first>]      0.000 [   0] [????????????????] read(3, \"x\", 5) = 1\n");
	as->r.time += 1500000000;
	leave_read(as, B, 3, "x", "[pid   101<second>]      1.500 [   0] [????????????????] read(3, \"x\", 5) = 1\n");
}

/* The unknown instruction pointer at the end of an i386 task is printed with the width of the task's last call. */
static void pointers_by_the_last_call(void **state)
{
	enum { I386_READ = 3 };
	struct assembly *as = another(state);

	format(as, (struct linx_strace_opts){ .pointers = true });
	as->r.abi = LINX_ABI_I386;
	record_enter(&as->r, B, I386_READ, ARGS(3, 0x1000, 0));
	assembly_expect(as, "101   [????????] [ Process PID=101 runs in 32 bit mode. ]\n");
	record_exit(&as->r, B, I386_READ, -9, ARGS(3, 0x1000, 0));
	assembly_expect(as, "101   [????????] read(3, 0x1000, 0) = -1 EBADF (Bad file descriptor)\n");
	as->r.abi = LINX_ABI_X86_64;
	ends(as, B, 0, 0, "101   [????????] +++ exited with 0 +++\n", NULL);
	ends(as, A, 0, LINX_CTX_GROUP_DEAD, "100   [????????????????] +++ exited with 0 +++\n", NULL);
}

static void raw_and_unfollowed(void **state)
{
	struct linx_strace_opts show = { .size = sizeof(show), .column = 1, .raw = "read" };
	struct linx_print_opts opts = { .size = sizeof(opts), .strace = &show };
	struct assembly *as = *state;

	show.table = as->table;
	linx_printer_free(as->printer);
	as->printer = NULL;
	assembly_format(as, LINX_FORMAT_STRACE, &opts);
	leave_read(as, A, 3, "x", "read(0x3, 0x1000, 0x5) = 0x1\n");
	record_exit(&as->r, A, NR_READ, -9, ARGS(4, 0x1000, 5));
	assembly_expect(as, "read(0x4, 0x1000, 0x5) = -1 EBADF (Bad file descriptor)\n");
}

/*
 * The nanosleep of thread B seems to have returned, with a restart code. Then B calls exec and becomes the leader, A.
 * The exec does not continue the line of nanosleep.
 */
static void an_exec_after_a_restart(void **state)
{
	struct linx_ctx ctx = record_ctx(A, A, 1, "new");
	struct assembly *as = *state;

	record_enter(&as->r, B, NR_NANOSLEEP, ARGS(0, 0));
	assembly_expect(as, "");
	record_exit(&as->r, B, NR_NANOSLEEP, RESTARTNOHAND, ARGS(0, 0));
	assembly_expect(as, "");
	ctx.code = B;
	record_context(&as->r, LINX_REC_EXEC, A, &ctx);
	assembly_expect(as, "101   nanosleep(NULL, NULL) = ? ERESTARTNOHAND (To be restarted if no handler)\n"
			    "100   +++ superseded by execve in pid 101 +++\n");
	leave_read(as, A, 3, "x", "100   read(3, \"x\", 5) = 1\n");
}

/* Feeds the context record of an exec whose call is not selected: thread B takes over the id of the leader, A. */
static void executes_unseen(struct assembly *as)
{
	struct linx_ctx ctx = record_ctx(A, A, 1, "new");

	ctx.code = B;
	record_context(&as->r, LINX_REC_EXEC, A, &ctx);
	assembly_expect(as, "100   +++ superseded by execve in pid 101 +++\n");
}

/* A thread that has printed no line calls exec, which is not selected. The end of the process is printed. */
static void a_silent_thread_that_executes(void **state)
{
	struct assembly *as = *state;

	executes_unseen(as);
	ends(as, A, 0, LINX_CTX_GROUP_DEAD, "100   +++ exited with 0 +++\n", NULL);
}

/*
 * If calls are selected by result, strace holds back the lines after an exec until it knows whether to print the exec.
 * No return of this exec is recorded, so the end of the task is not printed.
 */
static void a_silent_exec_by_status(void **state)
{
	struct assembly *as = *state;

	format(as, (struct linx_strace_opts){ .hide_status = 0x1f & ~LINX_STRACE_SUCCESSFUL });
	executes_unseen(as);
	ends(as, A, 0, LINX_CTX_GROUP_DEAD, "", NULL);
}

/* If calls are selected by result, the end of a task after an exec is printed if a call was printed after the exec. */
static void a_silent_exec_and_a_call(void **state)
{
	struct assembly *as = *state;

	format(as, (struct linx_strace_opts){ .hide_status = 0x1f & ~LINX_STRACE_SUCCESSFUL });
	executes_unseen(as);
	leave_read(as, A, 3, "x", "100   read(3, \"x\", 5) = 1\n");
	ends(as, A, 0, LINX_CTX_GROUP_DEAD, "100   +++ exited with 0 +++\n", NULL);
}

static size_t own_bytes(const struct linx_strace *s)
{
	const struct linx_strace_line *line = NULL;
	size_t n = 0;

	while ((line = linx_strace_line_next(s, line)))
		if (line != s->current)
			n += line->entry.cap + line->resumed.cap + line->args.cap + line->result.cap + line->signals.cap +
			     line->end.cap;
	return n;
}

enum { FIRST_TID = 1000, MANY_TIDS = 2 * LINX_LINES_IDLE, IN_CALLS = 20000 };

/* A finished line keeps no memory for its text, and a task without a pending line is forgotten. */
static void very_many_tasks(void **state)
{
	struct assembly *as = *state;
	const struct linx_strace *s = as->printer->strace;

	for (uint32_t i = 0; i < MANY_TIDS; i++) {
		record_exit(&as->r, FIRST_TID + i, NR_GETPID, 1, NO_ARGS);
		assembly_event(as);
		assembly_print(as);
	}
	assert_true(s->nlines <= LINX_LINES_IDLE);
	assert_true(s->nlines <= s->nbuckets);
	assert_int_equal(own_bytes(s), 0);
	assert_int_equal(s->owned_bytes, 0);
	enter_read(as, A, 3, "");
	leave_read(as, A, 3, "x", "100   read(3, \"x\", 5) = 1\n");
}

/* Tasks that are in a call are remembered; the amount of text that is kept for them is bounded. */
static void very_many_in_calls(void **state)
{
	struct assembly *as = another(state);
	const struct linx_strace *s;

	format(as, (struct linx_strace_opts){ .separate = true });
	s = as->printer->strace;
	for (uint32_t i = 0; i < IN_CALLS; i++) {
		record_enter(&as->r, FIRST_TID + i, NR_READ, ARGS(3, 0x1000, 5));
		assembly_event(as);
		assembly_print(as);
	}
	assert_int_equal(s->nlines, IN_CALLS);
	assert_int_equal(own_bytes(s), s->owned_bytes);
	assert_true(s->owned_bytes <= IN_CALLS * sizeof("123456 read(3, "));
	for (uint32_t i = 0; i < IN_CALLS; i++) {
		record_exit(&as->r, FIRST_TID + i, NR_READ, 0, ARGS(3, 0x1000, 5));
		assembly_event(as);
		assert_non_null(strstr(assembly_print(as), "read(3, "));
	}
	assert_int_equal(s->owned_bytes, 0);
}

static unsigned int bring_out(struct assembly *as, bool end, unsigned int most)
{
	const struct linx_strace *s = as->printer->strace;
	unsigned int n = 0;
	const char *text;
	uint32_t tid;
	size_t len;

	for (; n < most && linx_print_held(as->printer, end, &tid, &text, &len) > 0; n++)
		/* s->held is the task at which the next search for the oldest line begins */
		assert_ptr_equal(s->held, linx_strace_line_find(s, tid));
	return n;
}

static void very_many_are_held(void **state)
{
	struct assembly *as = another(state);

	format(as, (struct linx_strace_opts){ .separate = true });
	for (uint32_t i = 0; i < IN_CALLS; i++) {
		record_enter(&as->r, FIRST_TID + i, NR_READ, ARGS(3, 0x1000, 5));
		assembly_event(as);
		assembly_print(as);
	}
	assert_int_equal(bring_out(as, false, 10), 10);
	/* Task A is found even if it is before the task at which the next search begins. */
	enter_read(as, A, 3, "");
	assert_int_equal(bring_out(as, false, UINT32_MAX), IN_CALLS + 1 - 10);
	assert_int_equal(bring_out(as, false, UINT32_MAX), 0);
	assert_int_equal(bring_out(as, true, 10), 10);
	assert_int_equal(bring_out(as, false, UINT32_MAX), 0);
	assert_int_equal(bring_out(as, true, UINT32_MAX), IN_CALLS + 1 - 10);
	assert_int_equal(bring_out(as, true, UINT32_MAX), 0);
}

#define TEXT "012345678901234567890123456789"

static void write_text(struct assembly *as, bool enters, const char *expect)
{
	if (enters)
		record_enter(&as->r, A, NR_WRITE, ARGS(3, 0x1000, 30));
	else
		record_exit(&as->r, A, NR_WRITE, 30, ARGS(3, 0x1000, 30));
	record_val(&as->r, 1, LINX_VAL_BYTES, LINX_WHOLE, TEXT, 30, 30);
	assembly_expect(as, expect);
}

/* Simulates pending lines whose text takes, in all, almost as much memory as is allowed. */
static struct linx_strace *keep_much(struct assembly *as)
{
	struct linx_strace *s = as->printer->strace;

	s->owned_bytes = LINX_LINES_BYTES - 48;
	return s;
}

/* Calls that never return must not stop the trace by their long pending lines. */
static void more_than_is_kept(void **state)
{
	static const char line[] = "100   write(3, \"" TEXT "\", 30) = 30\n";
	struct assembly *as = another(state);
	struct linx_strace *s;

	format(as, (struct linx_strace_opts){ .separate = true });
	s = keep_much(as);
	write_text(as, true, "");
	assert_true(s->owned_bytes < LINX_LINES_BYTES - 16);
	write_text(as, false, line);
	write_text(as, true, "");
	assert_string_equal(held(as, false), "100   write(");
	assert_int_equal(s->owned_bytes, LINX_LINES_BYTES - 48); /* text that is already written takes no memory */
	write_text(as, false, line + strlen("100   write("));
	/*
	 * The text that is pending already is so long that this line is written at once, and not kept until a record
	 * explains the end of the task.
	 */
	record_enter(&as->r, A, NR_NANOSLEEP, ARGS(0, 0));
	assembly_expect(as, "");
	record_exit(&as->r, A, NR_NANOSLEEP, RESTARTNOHAND, ARGS(0, 0));
	assembly_expect(as, "100   nanosleep(NULL, NULL) = ? ERESTARTNOHAND (To be restarted if no handler)\n");
	/* The line of a signal that cannot be kept is written at once, and the pending line of the call is cut. */
	s->owned_bytes = LINX_LINES_BYTES / 2 + 1;
	write_text(as, true, "");
	record_signal(&as->r, A, 17, LINX_SIGNAL_IGNORED, 7);
	assembly_expect(as, "100   write( <unfinished ...>\n"
			    "100   --- SIGCHLD {si_signo=SIGCHLD, si_code=SI_USER, si_pid=7, si_uid=0} ---\n");
	write_text(as, false, "100   <... write resumed>3, \"" TEXT "\", 30) = 30\n");
	record_enter(&as->r, A, NR_EXIT_GROUP, ARGS(3));
	assembly_expect(as, "");
	ends(as, A, 0x300, LINX_CTX_GROUP_DEAD, "100   exit_group( <unfinished ...>) = ?\n100   +++ exited with 3 +++\n", NULL);
	assert_int_equal(s->owned_bytes, LINX_LINES_BYTES / 2 + 1);
}

static void more_than_is_kept_by_status(void **state)
{
	struct assembly *as = another(state);

	format(as, (struct linx_strace_opts){ .hide_status = 0x1f & ~LINX_STRACE_SUCCESSFUL });
	keep_much(as);
	write_text(as, true, "");
	assert_string_equal(held(as, false), "");
	write_text(as, false, "100   write(3, \"" TEXT "\", 30) = 30\n");
}

/* The result is printed in the same column whether the line was written at once or in two parts. */
static void what_is_written_is_not_kept(void **state)
{
	struct assembly *as = another(state);

	format(as, (struct linx_strace_opts){ .column = 30 });
	enter_read(as, A, 3, "");
	assert_string_equal(held(as, false), "100   read(3");
	assert_int_equal(own_bytes(as->printer->strace), 0);
	assert_null(linx_strace_line_find(as->printer->strace, A)->entry.data);
	leave_read(as, A, 3, "x", ", \"x\", 5)        = 1\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(one_task_makes_whole_lines),
		TEST(two_tasks_interleave),
		TEST(a_restart_names_its_call),
		TEST(what_takes_long_is_shown_as_far_as_it_is_known),
		TEST(what_another_argument_makes_the_result_waits_for_it),
		TEST(sizes_that_are_too_big),
		TEST(what_is_asked_for_is_known_before),
		TEST(what_was_unreadable_at_entry_is_known_at_return),
		TEST(signals_wait_for_the_return),
		TEST(very_many_signals_in_a_call),
		TEST(a_signal_that_brought_all_out),
		TEST(a_stop_is_reported_twice),
		TEST(a_restart_before_the_end_was_no_return),
		TEST(calls_that_do_not_return),
		TEST(parts_of_calls_keep_their_names),
		TEST(modes),
		TEST(modes_are_hidden),
		TEST(a_leader_that_goes_first),
		TEST(a_thread_that_executes),
		TEST(by_status),
		TEST(what_is_hidden),
		TEST(dumps),
		TEST(columns),
		TEST(pointers_by_the_last_call),
		TEST(raw_and_unfollowed),
		TEST(an_exec_after_a_restart),
		TEST(a_silent_thread_that_executes),
		TEST(a_silent_exec_by_status),
		TEST(a_silent_exec_and_a_call),
		TEST(very_many_tasks),
		TEST(very_many_in_calls),
		TEST(very_many_are_held),
		TEST(more_than_is_kept),
		TEST(more_than_is_kept_by_status),
		TEST(what_is_written_is_not_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
