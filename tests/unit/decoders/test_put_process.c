// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Decodes structures of processes and signals, and of calls that control them, in strace's format and as JSON objects.
 */
#include <linux/keyctl.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <sys/resource.h>
#include <sys/user.h>

#include "libuser/base/array_size.h"
#include "assembly.h"
#include "libuser/decoders/decoders.h"

#define TID 100
#define AT 0x1000ull /* address of the structures */
#define NEXT 0x2000ull /* address of the memory that the structures point to */

enum {
	NR_RT_SIGACTION = 13,
	NR_RT_SIGRETURN = 15,
	NR_PTRACE = 101,
	NR_SIGQUEUEINFO = 129,
	NR_MODIFY_LDT = 154,
	NR_PRCTL = 157,
	NR_ARCH_PRCTL = 158,
	NR_I386_PRCTL = 172,
	NR_FUTEX = 202,
	NR_KEYCTL = 250,
	NR_WAITID = 247,
	NR_PERF_EVENT_OPEN = 298,
	NR_SECCOMP = 317,
	NR_BPF = 321,
	NR_CLONE3 = 435,
	NR_SEMCTL = 66,
	NR_I386_KEYCTL = 288,
	NR_I386_BPF = 357,
};

static int setup_as(void **state, enum linx_format format, bool verbose)
{
	struct linx_print_opts opts = { .size = sizeof(opts), .verbose = verbose };

	assembly_setup(state);
	assembly_format(*state, format, &opts);
	return 0;
}

static int setup_brief(void **state)
{
	return setup_as(state, LINX_FORMAT_STRACE, false);
}

static int setup_verbose(void **state)
{
	return setup_as(state, LINX_FORMAT_STRACE, true);
}

static int setup_json(void **state)
{
	return setup_as(state, LINX_FORMAT_JSON, false);
}

#define TEST(f, setup) cmocka_unit_test_setup_teardown(f, setup, assembly_teardown)

/* Adds the memory that an argument points to. */
static void put_bytes(struct assembly *as, uint8_t arg, const void *data, size_t size)
{
	record_val(&as->r, arg, LINX_VAL_BYTES, LINX_WHOLE, data, size, (uint32_t)size);
}

/* Expects the arguments of the next event in JSON. */
static void expect_args(struct assembly *as, const char *args)
{
	const char *text, *found;

	assembly_event(as);
	text = assembly_print(as);
	found = strstr(text, "\"args\":");
	if (!found || strncmp(found + 7, args, strlen(args)) != 0)
		fail_msg("expected %s in %s", args, text);
}

/* ---- signals ------------------------------------------------------------------------------- */

struct kernel_sigaction {
	uint64_t handler, flags, restorer, mask;
};

static void sigaction_has_a_restorer_if_it_says_so(void **state)
{
	struct kernel_sigaction sa = { 0x4005, SA_SIGINFO | SA_RESTART, 0x7f00, 0x4002 };
	struct assembly *as = *state;

	record_exit(&as->r, TID, NR_RT_SIGACTION, 0, ARGS(SIGUSR1, AT, 0, 8));
	put_bytes(as, 1, &sa, sizeof(sa));
	assembly_expect(as, "rt_sigaction(SIGUSR1, {sa_handler=0x4005, sa_mask=[INT TERM], "
			    "sa_flags=SA_RESTART|SA_SIGINFO}, NULL, 8) = 0\n");
	sa.handler = 1;
	sa.flags = 0x04000000;
	sa.mask = ~1ull;
	record_exit(&as->r, TID, NR_RT_SIGACTION, -22, ARGS(SIGKILL, AT, 0, 8));
	put_bytes(as, 1, &sa, sizeof(sa));
	assembly_expect(as, "rt_sigaction(SIGKILL, {sa_handler=SIG_IGN, sa_mask=~[HUP], sa_flags=SA_RESTORER, "
			    "sa_restorer=0x7f00}, NULL, 8) = -1 EINVAL (Invalid argument)\n");
}

static void sigaction_is_an_object(void **state)
{
	struct kernel_sigaction sa = { 0, SA_RESTART, 0, 2 };
	struct assembly *as = *state;

	record_exit(&as->r, TID, NR_RT_SIGACTION, 0, ARGS(SIGUSR1, AT, 0, 8));
	put_bytes(as, 1, &sa, sizeof(sa));
	expect_args(as, "{\"sig\":{\"value\":10,\"text\":\"SIGUSR1\"},"
			"\"act\":{\"sa_handler\":null,\"sa_mask\":{\"value\":2,\"names\":[\"SIGINT\"]},"
			"\"sa_flags\":{\"value\":268435456,\"names\":[\"SA_RESTART\"]}},\"oact\":null,\"sigsetsize\":8}");
}

static void queue(struct assembly *as, const siginfo_t *si)
{
	record_enter(&as->r, TID, NR_SIGQUEUEINFO, ARGS(7, (uint64_t)si->si_signo, AT));
	put_bytes(as, 2, si, sizeof(*si));
	assembly_feed(as);
	record_exit(&as->r, TID, NR_SIGQUEUEINFO, 0, ARGS(7, (uint64_t)si->si_signo, AT));
}

/*
 * Feeds the entry of a sigreturn, whose record has the signal frame with the mask, and begins the record of its return.
 */
static void return_from_handler(struct assembly *as, uint64_t mask)
{
	record_enter(&as->r, TID, NR_RT_SIGRETURN, NO_ARGS);
	put_bytes(as, LINX_FIELD_SIGMASK, &mask, sizeof(mask));
	assert_null(assembly_feed(as));
	record_exit(&as->r, TID, -1, 0, NO_ARGS);
}

static void sigreturn_shows_the_mask(void **state)
{
	struct assembly *as = *state;

	return_from_handler(as, 0x4002);
	assembly_expect(as, "rt_sigreturn({mask=[INT TERM]})         = 0\n");
	return_from_handler(as, 0);
	assembly_expect(as, "rt_sigreturn({mask=[]})                 = 0\n");
	record_enter(&as->r, TID, NR_RT_SIGRETURN, NO_ARGS);
	assert_null(assembly_feed(as));
	record_exit(&as->r, TID, -1, 0, NO_ARGS);
	assembly_expect(as, "rt_sigreturn()                          = 0\n");
}

static void sigreturn_has_the_mask_as_a_field(void **state)
{
	struct assembly *as = *state;

	return_from_handler(as, 0x4002);
	expect_args(as, "{\"mask\":{\"value\":16386,\"names\":[\"SIGINT\",\"SIGTERM\"]}}");
}

static void modify_ldt_fails_in_32_bits(void **state)
{
	struct assembly *as = *state;

	record_exit(&as->r, TID, NR_MODIFY_LDT, 0xffffffda, ARGS(7, AT, 0));
	assembly_expect(as, "modify_ldt(7, 0x1000, 0)                = 4294967258 ENOSYS (Function not implemented)\n");
	record_exit(&as->r, TID, NR_MODIFY_LDT, 16, ARGS(0, AT, 16));
	assembly_expect(as, "modify_ldt(0, 0x1000, 16)               = 16\n");
}

static void siginfo_depends_on_signal_and_code(void **state)
{
	siginfo_t si = { .si_signo = SIGUSR1, .si_code = SI_QUEUE };
	struct assembly *as = *state;

	si.si_pid = 3;
	si.si_uid = 0;
	si.si_ptr = (void *)0x500000007;
	queue(as, &si);
	assembly_expect(as, "rt_sigqueueinfo(7, SIGUSR1, {si_signo=SIGUSR1, si_code=SI_QUEUE, si_pid=3, si_uid=0, "
			    "si_int=7, si_ptr=0x500000007}) = 0\n");
	si = (siginfo_t){ .si_signo = SIGSEGV, .si_code = SEGV_PKUERR, .si_errno = 2 };
	si.si_addr = (void *)0xbad0;
	si.si_pkey = 4;
	queue(as, &si);
	assembly_expect(as, "rt_sigqueueinfo(7, SIGSEGV, {si_signo=SIGSEGV, si_code=SEGV_PKUERR, si_errno=ENOENT, "
			    "si_addr=0xbad0, si_pkey=4}) = 0\n");
	si = (siginfo_t){ .si_signo = SIGRTMIN, .si_code = 0x777 };
	queue(as, &si);
	assembly_expect(as, "rt_sigqueueinfo(7, SIGRT_2, {si_signo=SIGRT_2, si_code=0x777}) = 0\n");
}

static void a_child_is_reported(void **state)
{
	siginfo_t si = { .si_signo = SIGCHLD, .si_code = CLD_KILLED };
	struct rusage ru = { .ru_utime = { 1, 2 } };
	struct assembly *as = *state;

	si.si_pid = 9;
	si.si_status = SIGKILL;
	si.si_utime = 123;
	record_exit(&as->r, TID, NR_WAITID, 0, ARGS(1, 9, AT, 4, NEXT));
	put_bytes(as, 2, &si, sizeof(si));
	put_bytes(as, 4, &ru, sizeof(ru));
	assembly_expect(as, "waitid(P_PID, 9, {si_signo=SIGCHLD, si_code=CLD_KILLED, si_pid=9, si_uid=0, "
			    "si_status=SIGKILL, si_utime=123 /* 1.23 s */, si_stime=0}, WEXITED, "
			    "{ru_utime={tv_sec=1, tv_usec=2}, ru_stime={tv_sec=0, tv_usec=0}, ...}) = 0\n");
	si = (siginfo_t){ 0 };
	record_exit(&as->r, TID, NR_WAITID, 0, ARGS(1, 9, AT, 5, NEXT));
	put_bytes(as, 2, &si, sizeof(si));
	put_bytes(as, 4, &ru, sizeof(ru));
	assembly_expect(as, "waitid(P_PID, 9, {}, WNOHANG|WEXITED, {ru_utime={tv_sec=1, tv_usec=2}, ru_stime={tv_sec=0, tv_usec=0}, ...}) = 0\n");
	record_exit(&as->r, TID, NR_WAITID, 0, ARGS(1, 9, 0, 5, NEXT));
	put_bytes(as, 4, &ru, sizeof(ru));
	assembly_expect(as, "waitid(P_PID, 9, NULL, WNOHANG|WEXITED, {ru_utime={tv_sec=1, tv_usec=2}, ru_stime={tv_sec=0, tv_usec=0}, ...}) = 0\n");
	record_exit(&as->r, TID, NR_WAIT4, 9, ARGS(9, AT, 0, 0));
	put_bytes(as, 1, "\x7f\x05\x04\0", 4);
	assembly_expect(as, "wait4(9, [{WIFSTOPPED(s) && WSTOPSIG(s) == SIGTRAP}|PTRACE_EVENT_EXEC<<16], 0, NULL) = 9\n");
	record_exit(&as->r, TID, NR_WAIT4, 0, ARGS(9, AT, 1, NEXT));
	put_bytes(as, 1, "\0\1\0\0", 4);
	put_bytes(as, 3, &ru, sizeof(ru));
	assembly_expect(as, "wait4(9, 0x1000, WNOHANG, 0x2000)       = 0\n");
}

static void text_of_a_signal_is_shared(void **state)
{
	siginfo_t si = { .si_signo = SIGALRM, .si_code = SI_KERNEL };
	struct linx_style st = { .strace = true, .limit = 32 };
	struct linx_event ev = { .abi = LINX_ABI_X86_64 };
	struct linx_strbuf out = { 0 };
	struct linx_put p = linx_put_readable(&out, &st, &ev);

	(void)state;
	linx_put_siginfo(&p, &si, sizeof(si));
	assert_int_equal(out.len, strlen("{si_signo=SIGALRM, si_code=SI_KERNEL}"));
	assert_memory_equal(out.data, "{si_signo=SIGALRM, si_code=SI_KERNEL}", out.len);
	free(out.data);
}

/* ---- processes ----------------------------------------------------------------------------- */

static void clone3_shows_what_it_stored(void **state)
{
	uint64_t args[12] = { [0] = 0x1000 | 0x100000, [1] = NEXT, [3] = NEXT + 8, [4] = SIGCHLD, [11] = 0x0100 };
	struct assembly *as = *state;

	record_exit(&as->r, TID, NR_CLONE3, 55, ARGS(AT, sizeof(args)));
	put_bytes(as, 0, args, sizeof(args));
	record_mem(&as->r, 0, LINX_VAL_MEM, NEXT, "\3\0\0\0", 4, 4);
	record_mem(&as->r, 0, LINX_VAL_MEM, NEXT + 8, "\x37\0\0\0", 4, 4);
	assembly_expect(as, "clone3({flags=CLONE_PIDFD|CLONE_PARENT_SETTID, pidfd=0x2000, parent_tid=0x2008, "
			    "exit_signal=SIGCHLD, stack=NULL, stack_size=0, /* bytes 88..95 */ "
			    "\"\\x00\\x01\\x00\\x00\\x00\\x00\\x00\\x00\"} => {pidfd=[3], parent_tid=[55]}, 96) = 55\n");
	record_exit(&as->r, TID, NR_CLONE3, -22, ARGS(AT, 8));
	put_bytes(as, 0, args, 8);
	assembly_expect(as, "clone3(0x1000, 8)                       = -1 EINVAL (Invalid argument)\n");
}

static void prctl_by_option(void **state)
{
	struct assembly *as = *state;

	record_exit(&as->r, TID, NR_PRCTL, 0, ARGS(15, AT, 0, 0, 0));
	put_bytes(as, 1, "linx\0garbage", 12);
	assembly_expect(as, "prctl(PR_SET_NAME, \"linx\")              = 0\n");
	record_exit(&as->r, TID, NR_PRCTL, 0, ARGS(2, AT, 0, 0, 0));
	put_bytes(as, 1, "\x0f\0\0\0", 4);
	assembly_expect(as, "prctl(PR_GET_PDEATHSIG, [SIGTERM])      = 0\n");
	record_exit(&as->r, TID, NR_PRCTL, -14, ARGS(2, AT, 0, 0, 0));
	assembly_expect(as, "prctl(PR_GET_PDEATHSIG, 0x1000)         = -1 EFAULT (Bad address)\n");
	record_exit(&as->r, TID, NR_PRCTL, 1, ARGS(3, 1, 2, 3, 4));
	assembly_expect(as, "prctl(PR_GET_DUMPABLE)                  = 1 (SUID_DUMP_USER)\n");
	record_exit(&as->r, TID, NR_PRCTL, 3, ARGS(27, 0, 0, 0, 0));
	assembly_expect(as, "prctl(PR_GET_SECUREBITS)                = 0x3 (SECBIT_NOROOT|SECBIT_NOROOT_LOCKED)\n");
	record_exit(&as->r, TID, NR_PRCTL, -22, ARGS(50, 0x200ff, 0, 0, 0));
	assembly_expect(as, "prctl(PR_SVE_SET_VL, PR_SVE_VL_INHERIT|0xff) = -1 EINVAL (Invalid argument)\n");
	record_exit(&as->r, TID, NR_PRCTL, 0, ARGS(0x53564d41, 0, AT, 5, NEXT));
	record_mem(&as->r, 4, LINX_VAL_MEMSTR, NEXT, "heap", 4, 4);
	assembly_expect(as, "prctl(PR_SET_VMA, PR_SET_VMA_ANON_NAME, 0x1000, 5, \"heap\") = 0\n");
}

/*
 * A call without a compat entry stores words of the kernel's width, also when 64-bit code makes it through another ABI.
 */
static void words_of_the_kernel(void **state)
{
	uint64_t word = 0x7fff00001000;
	struct assembly *as = *state;

	as->r.abi = LINX_ABI_I386;
	record_exit(&as->r, TID, NR_I386_PRCTL, 0, ARGS(40, AT, 0, 0, 0));
	put_bytes(as, 1, &word, sizeof(word));
	assembly_expect(as, "prctl(PR_GET_TID_ADDRESS, [0x7fff00001000]) = 0\n");
	as->r.abi = LINX_ABI_X32;
	record_exit(&as->r, TID, NR_ARCH_PRCTL, 0, ARGS(0x1003, AT));
	put_bytes(as, 1, &word, sizeof(word));
	assembly_expect(as, "arch_prctl(ARCH_GET_FS, [0x7fff00001000]) = 0\n");
}

static void a_futex_has_what_its_operation_takes(void **state)
{
	struct assembly *as = *state;

	record_exit(&as->r, TID, NR_FUTEX, 1, ARGS(AT, 5, 1, 2, NEXT, 0x10e3002));
	assembly_expect(as, "futex(0x1000, FUTEX_WAKE_OP, 1, 2, 0x2000, "
			    "FUTEX_OP_SET<<28|0xe3<<12|FUTEX_OP_CMP_NE<<24|0x2) = 1\n");
	record_exit(&as->r, TID, NR_FUTEX, -110, ARGS(AT, 128, 1, NEXT, 0, 0));
	put_bytes(as, 3, (uint64_t[]){ 3, 4 }, 16);
	assembly_expect(as, "futex(0x1000, FUTEX_WAIT_PRIVATE, 1, {tv_sec=3, tv_nsec=4}) = "
			    "-1 ETIMEDOUT (Connection timed out)\n");
}

/* ---- calls that control processes ---------------------------------------------------------------- */

static void ptrace_by_request(void **state)
{
	struct assembly *as = *state;
	uint64_t info[5] = { 0xc000003e00000001, 0x401000, 0x7ff0, 0, 1 }, iov[2] = { NEXT, 16 }, regs[2] = { 1, 2 };

	record_exit(&as->r, TID, NR_PTRACE, 0, ARGS(3, 7, 128, AT));
	put_bytes(as, 3, "\1\2\0\0\0\0\0\0", 8);
	assembly_expect(as, "ptrace(PTRACE_PEEKUSER, 7, 8*RIP, [0x201]) = 0\n");
	record_exit(&as->r, TID, NR_PTRACE, 40, ARGS(0x420e, 7, 40, AT));
	put_bytes(as, 3, info, sizeof(info));
	assembly_expect(as, "ptrace(PTRACE_GET_SYSCALL_INFO, 7, 40, {op=PTRACE_SYSCALL_INFO_ENTRY, "
			    "arch=AUDIT_ARCH_X86_64, instruction_pointer=0x401000, stack_pointer=0x7ff0, "
			    "entry={nr=__NR_read, args=[0x1]}}) = 40\n");
	record_exit(&as->r, TID, NR_PTRACE, 0, ARGS(0x4204, 7, 1, AT));
	put_bytes(as, 3, iov, sizeof(iov));
	record_mem(&as->r, 3, LINX_VAL_MEM, NEXT, regs, sizeof(regs), sizeof(regs));
	assembly_expect(as, "ptrace(PTRACE_GETREGSET, 7, NT_PRSTATUS, {iov_base={r15=0x1, r14=0x2}, iov_len=16}) = 0\n");
	record_exit(&as->r, TID, NR_PTRACE, 0, ARGS(0, 1, 2, 3));
	assembly_expect(as, "ptrace(PTRACE_TRACEME)                  = 0\n");
}

static const struct {
	uint16_t code;
	uint8_t jt, jf;
	uint32_t k;
} filter[] = { { 0x20, 0, 0, 4 }, { 0x15, 0, 1, 9 }, { 0x06, 0, 0, 0x7fff0000 }, { 0x06, 0, 0, 0x50001 } };

static void put_filter(struct assembly *as)
{
	uint64_t prog[2] = { 4, NEXT };

	record_exit(&as->r, TID, NR_SECCOMP, 0, ARGS(1, 1, AT));
	put_bytes(as, 2, prog, sizeof(prog));
	record_mem(&as->r, 2, LINX_VAL_MEM, NEXT, filter, sizeof(filter), sizeof(filter));
}

static void filters_are_programs(void **state)
{
	struct assembly *as = *state;

	put_filter(as);
	assembly_expect(as, "seccomp(SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, {len=4, filter=["
			    "BPF_STMT(BPF_LD|BPF_W|BPF_ABS, 0x4), BPF_JUMP(BPF_JMP|BPF_K|BPF_JEQ, 0x9, 0, 0x1), "
			    "BPF_STMT(BPF_RET|BPF_K, SECCOMP_RET_ALLOW), BPF_STMT(BPF_RET|BPF_K, SECCOMP_RET_ERRNO|0x1)]}) "
			    "= 0\n");
}

static void filters_are_abbreviated(void **state)
{
	struct assembly *as = *state;

	put_filter(as);
	assembly_expect(as, "seccomp(SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, {len=4, filter=0x2000}) = 0\n");
}

static void filters_are_objects(void **state)
{
	struct assembly *as = *state;

	put_filter(as);
	expect_args(as, "{\"op\":{\"value\":1,\"text\":\"SECCOMP_SET_MODE_FILTER\"},"
			"\"flags\":{\"value\":1,\"names\":[\"SECCOMP_FILTER_FLAG_TSYNC\"]},\"uargs\":{\"len\":4,\"filter\":["
			"{\"code\":32,\"jt\":0,\"jf\":0,\"k\":4,\"text\":\"BPF_STMT(BPF_LD|BPF_W|BPF_ABS, 0x4)\"},");
}

static void bpf_attributes_end_where_the_caller_ends_them(void **state)
{
	uint32_t attr[25] = { 2, 4, 8, 1, 4, 0, UINT32_MAX };
	struct assembly *as = *state;

	record_exit(&as->r, TID, NR_BPF, 3, ARGS(0, AT, 16, 0, 0));
	put_bytes(as, 1, attr, 16);
	assembly_expect(as, "bpf(BPF_MAP_CREATE, {map_type=BPF_MAP_TYPE_ARRAY, key_size=4, value_size=8, "
			    "max_entries=1}, 16) = 3\n");
	attr[23] = 5;
	record_exit(&as->r, TID, NR_BPF, -7, ARGS(0, AT, 100, 0, 0));
	put_bytes(as, 1, attr, 100);
	assembly_expect(as, "bpf(BPF_MAP_CREATE, {map_type=BPF_MAP_TYPE_ARRAY, key_size=4, value_size=8, max_entries=1, "
			    "map_flags=BPF_F_NUMA_NODE, inner_map_fd=0, numa_node=4294967295 /* NUMA_NO_NODE */, "
			    "map_name=\"\", map_ifindex=0, btf_fd=0, btf_key_type_id=0, btf_value_type_id=0, "
			    "btf_vmlinux_value_type_id=0, map_extra=0, "
			    "value_type_btf_obj_fd=0, map_token_fd=0, excl_prog_hash=NULL, excl_prog_hash_size=0, "
			    "extra_data=\"\\x05\\x00\\x00\\x00\\x00\\x00\\x00\\x00\" /* bytes 92..99 */}, 100) = "
			    "-1 E2BIG (Argument list too long)\n");
}

static void perf_attributes_carry_their_size(void **state)
{
	uint64_t attr[8] = { [0] = 1ull | 64ull << 32, [1] = 2, [2] = 1000, [5] = 1 };
	struct assembly *as = *state;

	record_exit(&as->r, TID, NR_PERF_EVENT_OPEN, 3, ARGS(AT, 0, (uint64_t)-1, (uint64_t)-1, 8));
	put_bytes(as, 0, attr, sizeof(attr));
	assembly_expect(as, "perf_event_open({type=PERF_TYPE_SOFTWARE, size=PERF_ATTR_SIZE_VER0, "
			    "config=PERF_COUNT_SW_PAGE_FAULTS, sample_period=1000, sample_type=0, read_format=0, "
			    "disabled=1, precise_ip=0 /* arbitrary skid */, ...}, 0, -1, -1, PERF_FLAG_FD_CLOEXEC) = 3\n");
}

static void keyctl_by_operation(void **state)
{
	struct keyctl_pkey_params params = { .key_id = 5, .in_len = 3, .out_len = 4 };
	struct assembly *as = *state;

	record_exit(&as->r, TID, NR_KEYCTL, 5, ARGS(6, (uint64_t)-3, AT, 5, 0));
	put_bytes(as, 2, "abcd\0", 5);
	assembly_expect(as, "keyctl(KEYCTL_DESCRIBE, KEY_SPEC_SESSION_KEYRING, \"abcd\", 5) = 5\n");
	record_exit(&as->r, TID, NR_KEYCTL, 4, ARGS(25, AT, 0, NEXT, NEXT + 16));
	put_bytes(as, 1, &params, sizeof(params));
	put_bytes(as, 3, "abc", 3);
	put_bytes(as, 4, "wxyz", 4);
	assembly_expect(as, "keyctl(KEYCTL_PKEY_ENCRYPT, {key_id=5, in_len=3, out_len=4}, NULL, \"abc\", \"wxyz\") = 4\n");
	record_exit(&as->r, TID, NR_KEYCTL, -95, ARGS(19, 1, 2, 5, 3));
	assembly_expect(as, "keyctl(KEYCTL_REJECT, 1, 2, EIO, 3)     = -1 EOPNOTSUPP (Operation not supported)\n");
}

/*
 * x32 has no compat entry for keyctl(KEYCTL_DH_COMPUTE), so the kernel reads its structures in the 64-bit layout; i386
 * has one.
 */
static void derived_keys(void **state)
{
	static const char *const line = "keyctl(KEYCTL_DH_COMPUTE, {private=1, prime=2, base=3}, \"\", 0, "
					"{hashname=\"md5\", otherinfo=\"ab\", otherinfolen=2}) = 0\n";
	uint64_t wide[7] = { NEXT, 0x3000, 2 };
	uint32_t narrow[11] = { NEXT, 0x3000, 2 }, dh[3] = { 1, 2, 3 };
	struct assembly *as = *state;

	for (unsigned int abi = LINX_ABI_X86_64; abi < LINX_ABI_NR; abi++) {
		int nr = abi == LINX_ABI_I386 ? NR_I386_KEYCTL : NR_KEYCTL;

		as->r.abi = (uint8_t)abi;
		record_exit(&as->r, TID, nr, 0, ARGS(23, AT, 0x5000, 0, 0x6000));
		put_bytes(as, 1, dh, sizeof(dh));
		put_bytes(as, 2, "", 0);
		if (abi == LINX_ABI_I386)
			put_bytes(as, 4, narrow, sizeof(narrow));
		else
			put_bytes(as, 4, wide, sizeof(wide));
		record_mem(&as->r, 4, LINX_VAL_MEMSTR, NEXT, "md5", 3, 3);
		record_mem(&as->r, 4, LINX_VAL_MEM, 0x3000, "ab", 2, 2);
		assembly_expect(as, line);
	}
}

static void semaphores_by_command(void **state)
{
	uint8_t ds[104] = { [4] = 1, [8] = 2, [20] = 0x80, [21] = 1, [80] = 7 };
	struct assembly *as = *state;

	record_exit(&as->r, TID, NR_SEMCTL, 0, ARGS(4, 0, 2, AT));
	put_bytes(as, 3, ds, sizeof(ds));
	assembly_expect(as, "semctl(4, 0, IPC_STAT, {sem_perm={uid=1, gid=2, mode=0600, key=0, cuid=0, cgid=0}, "
			    "sem_otime=0, sem_ctime=0, sem_nsems=7}) = 0\n");
	record_exit(&as->r, TID, NR_SEMCTL, 0, ARGS(4, 0, 0x101, AT));
	put_bytes(as, 3, ds, sizeof(ds));
	assembly_expect(as, "semctl(4, 0, IPC_64|IPC_SET, {sem_perm={uid=1, gid=2, mode=0600}}) = 0\n");
}

/*
 * Adds a vector at AT with a pointer to a string, two pointers to unreadable memory and, if "ends" is true, a null
 * pointer. If "ends" is false, the vector's memory is unreadable where the null pointer would be.
 */
static void bad_vector(struct assembly *as, bool ends)
{
	const uint64_t rest[] = { 0x99, 0x98, 0 };
	struct {
		struct linx_strv head;
		char text[8];
	} strv = { { 2, 1, 0x99 }, "first" }, none = { { 3, 0, 0 }, "" };

	record_exit(&as->r, TID, NR_EXECVE, -14, ARGS(0x500, AT, NEXT));
	record_str(&as->r, 0, "/x");
	record_val(&as->r, 1, LINX_VAL_STRV, LINX_UNREADABLE, &strv, sizeof(strv.head) + 6, UINT32_MAX);
	record_val(&as->r, 2, LINX_VAL_STRV, LINX_UNREADABLE, &none, sizeof(none.head), UINT32_MAX);
	record_mem(&as->r, 1, LINX_VAL_MEM, AT + 8, rest, ends ? 24 : 16, ends ? 24 : 16);
}

static void vectors_go_on_behind_what_cannot_be_read(void **state)
{
	struct assembly *as = *state;

	bad_vector(as, true);
	assembly_expect(as, "execve(\"/x\", [\"first\", 0x99, 0x98], 0x2000 /* 3 vars, unterminated */) = -1 EFAULT (Bad address)\n");
	bad_vector(as, false);
	assembly_expect(as, "execve(\"/x\", [\"first\", 0x99, 0x98, ... /* 0x1018 */], 0x2000 /* 3 vars, unterminated */) = -1 EFAULT (Bad address)\n");
}

/*
 * The pointers of a vector are shown if not even its first string is readable. An unreadable vector is shown as its
 * address.
 */
static void vectors_without_a_string_are_pointers(void **state)
{
	struct linx_strv first = { 1, 0, 0x99 }, itself = { 0, 0, 0 };
	const uint64_t rest[] = { 0x98, 0 };
	struct assembly *as = *state;

	record_exit(&as->r, TID, NR_EXECVE, -14, ARGS(0x500, AT, NEXT));
	record_str(&as->r, 0, "/x");
	record_val(&as->r, 1, LINX_VAL_STRV, LINX_UNREADABLE, &first, sizeof(first), UINT32_MAX);
	record_val(&as->r, 2, LINX_VAL_STRV, LINX_UNREADABLE, &itself, sizeof(itself), UINT32_MAX);
	record_mem(&as->r, 1, LINX_VAL_MEM, AT + 8, rest, sizeof(rest), sizeof(rest));
	assembly_expect(as, "execve(\"/x\", [0x99, 0x98], 0x2000)      = -1 EFAULT (Bad address)\n");
}

/* ---- wrong sizes ------------------------------------------------------------------------------- */

/* Memory too short for its type is shown as an address, and no byte beyond it is read. */
static void short_memory_is_an_address(void **state)
{
	static const struct {
		int nr;
		uint64_t args[5];
		uint8_t arg;
	} calls[] = {
		{ NR_RT_SIGACTION, { 1, AT, 0, 8 }, 1 },	{ NR_SIGQUEUEINFO, { 1, 2, AT }, 2 },
		{ NR_CLONE3, { AT, 88 }, 0 },			{ NR_BPF, { 5, AT, 128 }, 1 },
		{ NR_PERF_EVENT_OPEN, { AT, 0, 0, 0, 0 }, 0 },	{ NR_SECCOMP, { 1, 0, AT }, 2 },
		{ NR_KEYCTL, { 25, AT, 0, 0, 0 }, 1 },		{ NR_PTRACE, { 0x4203, 1, 2, AT }, 3 },
		{ NR_PTRACE, { 0x4204, 1, 1, AT }, 3 },		{ NR_SEMCTL, { 1, 0, 2, AT }, 3 },
		{ NR_PRCTL, { 22, 2, AT }, 2 },			{ NR_FUTEX, { AT + 8, 0, 1, AT }, 3 },
	};
	struct assembly *as = *state;
	const char *text;

	for (size_t i = 0; i < ARRAY_SIZE(calls); i++) {
		record_exit(&as->r, TID, calls[i].nr, 1, 5, calls[i].args);
		record_val(&as->r, calls[i].arg, LINX_VAL_BYTES, LINX_TRUNCATED, "\377\377\377", 3, 500);
		assembly_event(as);
		text = assembly_print(as);
		if (!strstr(text, "0x1000"))
			fail_msg("no address: %s", text);
	}
}

/* BPF_PROG_QUERY stores the number of all programs, even if the array that was passed has room for fewer. */
static void bpf_queries_with_and_without_room(void **state)
{
	static const struct {
		uint32_t room;
		const char *shown;
	} rooms[] = {
		{ 0, "prog_ids=[], prog_cnt=0 => 2}" },
		{ 1, "prog_ids=[7], prog_cnt=1 => 2}" },
		{ 5, "prog_ids=[7, 8], prog_cnt=5 => 2}" },
	};
	uint32_t attr[8] = { 3, 0, 0, 0, NEXT }, ids[2] = { 7, 8 };
	struct assembly *as = *state;

	for (size_t i = 0; i < ARRAY_SIZE(rooms); i++) {
		attr[6] = rooms[i].room;
		record_enter(&as->r, TID, NR_BPF, ARGS(16, AT, sizeof(attr)));
		put_bytes(as, 1, attr, sizeof(attr));
		assert_null(assembly_feed(as));
		attr[6] = 2;
		record_exit(&as->r, TID, NR_BPF, 0, ARGS(16, AT, sizeof(attr)));
		put_bytes(as, 1, attr, sizeof(attr));
		record_mem(&as->r, 1, LINX_VAL_MEM, NEXT, ids, sizeof(ids), sizeof(ids));
		assembly_event(as);
		if (!strstr(assembly_print(as), rooms[i].shown))
			fail_msg("expected %s in %s", rooms[i].shown, assembly_print(as));
	}
}

/* A call without a compat entry reads the array of names as 64-bit words. */
static void bpf_symbols_of_i386(void **state)
{
	uint64_t attr[8] = { 3, 42, 2ull << 32, NEXT }, syms[2] = { 0x3000, 0x4000 };
	struct assembly *as = *state;

	as->r.abi = LINX_ABI_I386;
	record_exit(&as->r, TID, NR_I386_BPF, -22, ARGS(28, AT, 64));
	put_bytes(as, 1, attr, sizeof(attr));
	record_mem(&as->r, 1, LINX_VAL_MEM, NEXT, syms, sizeof(syms), sizeof(syms));
	record_mem(&as->r, 1, LINX_VAL_MEMSTR, 0x3000, "one", 3, 3);
	record_mem(&as->r, 1, LINX_VAL_MEMSTR, 0x4000, "two", 3, 3);
	assembly_expect(as, "bpf(BPF_LINK_CREATE, {link_create={prog_fd=3, target_fd=0, attach_type=BPF_TRACE_KPROBE_MULTI, "
			    "flags=0, kprobe_multi={flags=0, cnt=2, syms=[\"one\", \"two\"], addrs=NULL, cookies=NULL}}}, 64) "
			    "= -1 EINVAL (Invalid argument)\n");
}

/* The kernel decides how many bytes of a program's info it writes, and only the members in these bytes are shown. */
static void bpf_describes_a_program(void **state)
{
	static const struct {
		uint32_t len;
		const char *end;
	} versions[] = {
		{ 216, "run_cnt=0, recursion_misses=7}}}, 16) = 0\n" },
		{ 220, "recursion_misses=7, verified_insns=9}}}, 16) = 0\n" },
		{ 232, "recursion_misses=7, verified_insns=9, attach_btf_obj_id=1, attach_btf_id=2}}}, 16) = 0\n" },
	};
	struct assembly *as = *state;
	uint32_t info[58] = { 1, [52] = 7, [54] = 9, 1, 2 };

	for (size_t i = 0; i < ARRAY_SIZE(versions); i++) {
		const struct {
			uint32_t fd, len;
			uint64_t info;
		} attr = { 6, versions[i].len, NEXT };
		const char *text;

		record_exit(&as->r, TID, NR_BPF, 0, ARGS(15, AT, sizeof(attr)));
		put_bytes(as, 1, &attr, sizeof(attr));
		record_mem(&as->r, 1, LINX_VAL_MEM, NEXT, info, attr.len, attr.len);
		record_fd(&as->r, 6, "anon_inode:bpf-prog", 0);
		assembly_event(as);
		text = assembly_print(as);
		if (strlen(text) < strlen(versions[i].end) ||
		    strcmp(text + strlen(text) - strlen(versions[i].end), versions[i].end) != 0)
			fail_msg("%u bytes: %s", attr.len, text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(sigaction_has_a_restorer_if_it_says_so, setup_brief),
		TEST(sigaction_is_an_object, setup_json),
		TEST(sigreturn_shows_the_mask, setup_brief),
		TEST(sigreturn_has_the_mask_as_a_field, setup_json),
		TEST(modify_ldt_fails_in_32_bits, setup_brief),
		TEST(siginfo_depends_on_signal_and_code, setup_brief),
		TEST(a_child_is_reported, setup_brief),
		TEST(text_of_a_signal_is_shared, setup_brief),
		TEST(clone3_shows_what_it_stored, setup_brief),
		TEST(prctl_by_option, setup_brief),
		TEST(words_of_the_kernel, setup_brief),
		TEST(a_futex_has_what_its_operation_takes, setup_brief),
		TEST(ptrace_by_request, setup_brief),
		TEST(filters_are_programs, setup_verbose),
		TEST(filters_are_abbreviated, setup_brief),
		TEST(filters_are_objects, setup_json),
		TEST(bpf_attributes_end_where_the_caller_ends_them, setup_verbose),
		TEST(bpf_queries_with_and_without_room, setup_verbose),
		TEST(bpf_symbols_of_i386, setup_verbose),
		TEST(bpf_describes_a_program, setup_verbose),
		TEST(perf_attributes_carry_their_size, setup_brief),
		TEST(keyctl_by_operation, setup_brief),
		TEST(derived_keys, setup_brief),
		TEST(semaphores_by_command, setup_brief),
		TEST(vectors_go_on_behind_what_cannot_be_read, setup_brief),
		TEST(vectors_without_a_string_are_pointers, setup_verbose),
		TEST(short_memory_is_an_address, setup_brief),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
