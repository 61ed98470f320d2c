// SPDX-License-Identifier: LGPL-2.1-or-later
/* linx-options: -v -e trace=seccomp,prctl,bpf,perf_event_open,landlock_create_ruleset,landlock_add_rule */
#include "case.h"
#include <linux/bpf.h>
#include <linux/filter.h>
#include <linux/perf_event.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>

static struct sock_filter insns[] = {
	BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0),
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 9999, 0, 1),
	BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | 7),
	BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
};
#define TEXT                                                                                       \
	"{len=4, filter=[BPF_STMT(BPF_LD|BPF_W|BPF_ABS, 0), BPF_JUMP(BPF_JMP|BPF_K|BPF_JEQ, 0x270f, 0, 0x1), " \
	"BPF_STMT(BPF_RET|BPF_K, SECCOMP_RET_ERRNO|0x7), BPF_STMT(BPF_RET|BPF_K, SECCOMP_RET_ALLOW)]}"

static void filters(void)
{
	struct sock_fprog prog = { 4, insns }, none = { 3, NULL };
	struct seccomp_notif_sizes sizes;
	uint32_t action = SECCOMP_RET_LOG;

	run(syscall(SYS_seccomp, SECCOMP_GET_NOTIF_SIZES, 0, &sizes));
	shows("seccomp(SECCOMP_GET_NOTIF_SIZES, 0, {seccomp_notif=%u, seccomp_notif_resp=%u, seccomp_data=%u})",
	      sizes.seccomp_notif, sizes.seccomp_notif_resp, sizes.seccomp_data);
	gave(syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action), "seccomp(SECCOMP_GET_ACTION_AVAIL, 0, [SECCOMP_RET_LOG])");
	gave(syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &none), "seccomp(SECCOMP_SET_MODE_FILTER, 0, {len=3, filter=NULL})");
	gave(syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_LOG, &prog),
	     "seccomp(SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_LOG, " TEXT ")");
	gave(syscall(SYS_prctl, PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &prog), "prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, " TEXT ")");
	gave(syscall(SYS_prctl, PR_GET_SECCOMP), "prctl(PR_GET_SECCOMP)");
}

static void programs(void)
{
	struct bpf_insn exit = { .code = BPF_JMP | BPF_EXIT };
	union bpf_attr attr;

	memset(&attr, 0, sizeof(attr));
	attr.prog_type = 9999;
	attr.insn_cnt = 1;
	attr.insns = (uintptr_t)&exit;
	attr.license = (uintptr_t)"GPL";
	gave(syscall(SYS_bpf, BPF_PROG_LOAD, &attr, 24),
	     "bpf(BPF_PROG_LOAD, {prog_type=0x270f /* BPF_PROG_TYPE_??? */, insn_cnt=1, insns=[{code=BPF_JMP|BPF_K|BPF_EXIT, "
	     "dst_reg=BPF_REG_0, src_reg=BPF_REG_0, off=0, imm=0}], license=\"GPL\"}, 24)");
	memset(&attr, 0, sizeof(attr));
	attr.map_type = BPF_MAP_TYPE_UNSPEC;
	attr.key_size = 4;
	gave(syscall(SYS_bpf, BPF_MAP_CREATE, &attr, 16),
	     "bpf(BPF_MAP_CREATE, {map_type=BPF_MAP_TYPE_UNSPEC, key_size=4, value_size=0, max_entries=0}, 16)");
}

static void events(void)
{
	struct perf_event_attr attr = { .type = PERF_TYPE_TRACEPOINT, .size = PERF_ATTR_SIZE_VER0, .config = 1ull << 62 };

	attr.disabled = 1;
	run(syscall(SYS_perf_event_open, &attr, 0, -1, -1, 0L));
	shows("perf_event_open({type=PERF_TYPE_TRACEPOINT, size=PERF_ATTR_SIZE_VER0, config=4611686018427387904, "
	      "sample_period=0, sample_type=0, read_format=0, disabled=1, inherit=0, pinned=0, exclusive=0, "
	      "exclude_user=0, exclude_kernel=0, exclude_hv=0, exclude_idle=0, mmap=0, comm=0, freq=0, inherit_stat=0, "
	      "enable_on_exec=0, task=0, watermark=0, precise_ip=0 /* arbitrary skid */, mmap_data=0, "
	      "sample_id_all=0, exclude_host=0, exclude_guest=0, exclude_callchain_kernel=0, exclude_callchain_user=0, "
	      "mmap2=0, comm_exec=0, use_clockid=0, context_switch=0, write_backward=0, namespaces=0, ksymbol=0, "
	      "bpf_event=0, aux_output=0, cgroup=0, text_poke=0, build_id=0, inherit_thread=0, remove_on_exec=0, "
	      "sigtrap=0, wakeup_events=0, config1=0}, 0, -1, -1, 0)");
}

static void rules(void)
{
	struct __attribute__((packed)) {
		uint64_t access;
		int32_t fd;
	} beneath = { 4, -1 };
	uint64_t attr[2] = { 5, 0 };

	gave(syscall(SYS_landlock_add_rule, -1, 1, &beneath, 0),
	     "landlock_add_rule(-1, LANDLOCK_RULE_PATH_BENEATH, {allowed_access=LANDLOCK_ACCESS_FS_READ_FILE, parent_fd=-1}, 0)");
	gave(syscall(SYS_landlock_create_ruleset, attr, 8L, 0x80),
	     "landlock_create_ruleset({handled_access_fs=LANDLOCK_ACCESS_FS_EXECUTE|LANDLOCK_ACCESS_FS_READ_FILE}, 8, "
	     "0x80 /* LANDLOCK_CREATE_RULESET_??? */)");
}

/* Makes eBPF links (BPF_LINK_CREATE): the type of attachment decides which members follow the flags. */
static void links(void)
{
	int32_t maps[] = { -1, -2 };
	struct {
		int32_t prog, target;
		uint32_t type, flags;
		uint64_t more, revision;
	} link = { -1, -2, 1, 0x2c, 7, 9 };

	gave(syscall(SYS_bpf, 28, &link, 32),
	     "bpf(BPF_LINK_CREATE, {link_create={prog_fd=-1, target_fd=-2, attach_type=BPF_CGROUP_INET_EGRESS, "
	     "flags=BPF_F_REPLACE|BPF_F_BEFORE|BPF_F_ID, cgroup={relative_id=7, expected_revision=0x9}}}, 32)");
	link.type = 24;
	gave(syscall(SYS_bpf, 28, &link, 32),
	     "bpf(BPF_LINK_CREATE, {link_create={prog_fd=-1, target_fd=-2, attach_type=BPF_TRACE_FENTRY, "
	     "flags=BPF_F_REPLACE|BPF_F_BEFORE|BPF_F_ID, tracing={target_btf_id=7, cookie=0x9}}}, 32)");
	link.type = 28;
	link.flags = 0;
	link.more = (uintptr_t)maps;
	link.revision = 2;
	gave(syscall(SYS_bpf, 28, &link, 28),
	     "bpf(BPF_LINK_CREATE, {link_create={prog_fd=-1, target_fd=-2, attach_type=BPF_TRACE_ITER, flags=0, "
	     "iter_info=[{map={map_fd=-1}}, {map={map_fd=-2}}], iter_info_len=2}}, 28)");
	link.type = 37;
	link.target = 0;
	gave(syscall(SYS_bpf, 28, &link, 16),
	     "bpf(BPF_LINK_CREATE, {link_create={prog_fd=-1, target_ifindex=0, attach_type=BPF_XDP, flags=0}}, 16)");
}

int main(void)
{
	programs();
	links();
	events();
	rules();
	filters();
	return 0;
}
