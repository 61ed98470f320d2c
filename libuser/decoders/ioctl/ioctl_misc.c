// SPDX-License-Identifier: LGPL-2.1-or-later
/* Writes ioctls of devices with few commands: seccomp, perf, clocks, random, KVM, userfaultfd, namespaces. */
#include <linux/rtc.h>
#include <stdio.h>

#include "base/array_size.h"
#include "table/flagsets.h"
#include "decoders/ioctl/ioctl.h"

#define PAGE 4096u
/* ---- seccomp: linux/seccomp.h ------------------------------------------------------------- */

static bool any_set(const uint8_t *data, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (data[i])
			return true;
	return false;
}

/*
 * Writes a received seccomp notification. The caller has to clear the structure first, so its old content is
 * shown only if it was not zero.
 */
void linx_ioctl_seccomp_recv(struct linx_put *p, uint32_t cmd, uint64_t arg)
{
	const struct linx_ty *ty = &linx_ty_seccomp_notif;
	struct linx_obj o, after;
	bool shown, filled;

	(void)cmd;
	if (!linx_ioctl_before(p, ty, arg, &o)) {
		linx_put_addr(p, arg);
		return;
	}
	shown = any_set(o.data, o.size);
	filled = linx_ioctl_after(p, ty, arg, &after);
	/* the old content is known only if an entry record was made */
	if (filled && !linx_put_mem_before(p, arg, o.size))
		shown = false;
	if (shown) {
		linx_put_before(p);
		linx_ioctl_put(p, &o, NULL);
		linx_put_after(p);
	}
	if (filled)
		linx_ioctl_put(p, &after, NULL);
	else
		linx_put_addr(p, arg);
	if (shown)
		linx_put_after_end(p);
}

void linx_put_seccomp_data(struct linx_put *p, const struct linx_obj *o)
{
	linx_put_open(p);
	linx_put_name(p, "nr");
	linx_put_syscall_nr(p, (uint32_t)linx_member_num(p, o, "nr"),
			    (uint32_t)linx_member_num(p, o, "arch"));
	linx_put_members_of(p, o, NAMES("arch", "instruction_pointer", "args"));
	linx_put_close(p);
}

/* ---- perf: linux/perf_event.h ---------------------------------------------------------------- */

void linx_ioctl_string(struct linx_put *p, uint32_t cmd, uint64_t arg)
{
	(void)cmd;
	linx_put_strn(p, arg, PAGE);
}

void linx_ioctl_perf_attr(struct linx_put *p, uint32_t cmd, uint64_t arg)
{
	struct linx_obj o = { &linx_ty_perf_attr, NULL, 8, arg };

	(void)cmd;
	o.data = linx_put_mem(p, arg, o.size);
	if (o.data)
		linx_put_perf_attr(p, &o);
	else
		linx_put_addr(p, arg);
}

void linx_ioctl_perf_query_bpf(struct linx_put *p, uint32_t cmd, uint64_t arg)
{
	int64_t n;

	(void)cmd;
	if (!linx_put_mem_int(p, arg, 4, false, &n)) {
		linx_put_addr(p, arg);
		return;
	}
	linx_put_open(p);
	linx_put_name(p, "ids_len");
	linx_put_u64(p, (uint64_t)n);
	linx_ioctl_known(p);
	p->late = true;
	if (linx_put_ok(p) && linx_put_mem_int(p, arg + 4, 4, false, &n)) {
		linx_put_name(p, "prog_cnt");
		linx_put_u64(p, (uint64_t)n);
		linx_put_name(p, "ids");
		linx_put_array(p, &linx_ty_u32, arg + 8, (uint64_t)n);
		p->plain = false;
	} else {
		linx_put_more(p);
	}
	p->late = false;
	linx_put_close(p);
}

/* ---- PTP clocks: linux/ptp_clock.h -------------------------------------------------------- */

/* Writes a number of nanoseconds, with seconds in a comment. */
void linx_num_nanoseconds(struct linx_put *p, const struct linx_ty *ty, int64_t n)
{
	char text[40];
	uint64_t size;

	(void)ty;
	linx_put_i64(p, n);
	if (!n)
		return;
	size = n < 0 ? 0 - (uint64_t)n : (uint64_t)n;
	snprintf(text, sizeof(text), "%s%llu.%09llu s", n < 0 ? "-" : "", (unsigned long long)size / 1000000000,
		 (unsigned long long)size % 1000000000);
	linx_put_remark(p, text);
}

void linx_num_microseconds(struct linx_put *p, const struct linx_ty *ty, int64_t n)
{
	char text[40];

	(void)ty;
	linx_put_i64(p, n);
	if (!n)
		return;
	snprintf(text, sizeof(text), "%lld.%06lld s", (long long)n / 1000000, (long long)n % 1000000);
	linx_put_remark(p, text);
}

static void put_ptp_time(struct linx_put *p, const struct linx_obj *o, bool moment)
{
	linx_put_open(p);
	linx_put_members(p, o);
	linx_put_close(p);
	if (moment && p->st->xlat != LINX_XLAT_RAW)
		linx_put_time_comment(p, linx_member_num(p, o, "sec"),
				      (uint64_t)linx_member_num(p, o, "nsec"), 9);
}

void linx_put_ptp_time(struct linx_put *p, const struct linx_obj *o)
{
	put_ptp_time(p, o, true);
}

/* Writes a duration of a PTP clock, or a time of a clock that does not count from 1970. */
static void put_ptp_span_at(struct linx_put *p, const struct linx_obj *o, const char *member,
			    const char *name)
{
	uint64_t addr = linx_member_addr(p, o, member);
	struct linx_obj time = { .ty = &linx_ty_ptp_clock_time, .size = 16, .addr = addr,
				 .data = o->data + (addr - o->addr) };

	linx_put_name(p, name);
	put_ptp_time(p, &time, false);
}

void linx_put_ptp_span(struct linx_put *p, const struct linx_obj *o, size_t at)
{
	const struct linx_type_member *m = linx_member_at(p, o, at);

	put_ptp_span_at(p, o, m->name, m->name);
}

void linx_put_ptp_three(struct linx_put *p, const struct linx_obj *o)
{
	linx_put_list(p);
	for (unsigned int i = 0; i < 3; i++) {
		linx_put_item(p);
		linx_put_typed(p, &linx_ty_ptp_clock_time, NULL, o->data + i * 16, 16, o->addr + i * 16);
		p->plain = false;
	}
	linx_put_list_end(p);
}

/* True for the second version of a PTP command, in which the reserved members must be zero. */
static bool ptp_second(uint32_t cmd)
{
	return linx_ioc_nr(cmd) >= 10;
}

void linx_ioctl_ptp_extts(struct linx_put *p, uint32_t cmd, uint64_t arg)
{
	struct linx_obj o;

	if (!linx_ioctl_before(p, &linx_ty_ptp_extts_request, arg, &o)) {
		linx_put_addr(p, arg);
		return;
	}
	linx_put_open(p);
	linx_put_members_of(p, &o, NAMES("index", "flags"));
	if (ptp_second(cmd))
		linx_put_nonzero(p, &o, "rsv");
	linx_put_close(p);
}

#define PEROUT_DUTY_CYCLE 2
#define PEROUT_PHASE 4

void linx_ioctl_ptp_perout(struct linx_put *p, uint32_t cmd, uint64_t arg)
{
	struct linx_obj o;
	uint32_t rsv[4];
	int64_t flags;

	if (!linx_ioctl_before(p, &linx_ty_ptp_perout_request, arg, &o)) {
		linx_put_addr(p, arg);
		return;
	}
	flags = linx_member_num(p, &o, "flags");
	linx_put_open(p);
	if (flags & PEROUT_PHASE)
		put_ptp_span_at(p, &o, "start", "phase");
	else
		linx_put_member(p, &o, "start");
	put_ptp_span_at(p, &o, "period", "period");
	linx_put_members_of(p, &o, NAMES("index", "flags"));
	if (flags & PEROUT_DUTY_CYCLE) {
		put_ptp_span_at(p, &o, "on", "on");
	} else if (ptp_second(cmd) && linx_member_any(p, &o, "on")) {
		memcpy(rsv, o.data + (linx_member_addr(p, &o, "on") - arg), sizeof(rsv));
		linx_put_name(p, "rsv");
		linx_put_list(p);
		for (unsigned int i = 0; i < 4; i++) {
			linx_put_item(p);
			linx_put_hex(p, rsv[i]);
		}
		linx_put_list_end(p);
	}
	linx_put_close(p);
}

static void ptp_samples(struct linx_put *p, const struct linx_ty *ty, uint64_t arg, bool three)
{
	struct linx_obj o;
	uint64_t n;

	if (!linx_ioctl_before(p, ty, arg, &o)) {
		linx_put_addr(p, arg);
		return;
	}
	linx_put_open(p);
	linx_put_member(p, &o, "n_samples");
	if (three)
		linx_put_member(p, &o, "clockid");
	linx_put_nonzero(p, &o, "rsv");
	if (linx_ioctl_after(p, ty, arg, &o)) {
		n = (uint64_t)linx_member_num(p, &o, "n_samples");
		n = n < 25 ? n : 25;
		linx_put_upto(p, &o, "ts", three ? n : 2 * n + 1);
	}
	linx_put_close(p);
}

void linx_ioctl_ptp_offset(struct linx_put *p, uint32_t cmd, uint64_t arg)
{
	(void)cmd;
	ptp_samples(p, &linx_ty_ptp_sys_offset, arg, false);
}

void linx_ioctl_ptp_offset_extended(struct linx_put *p, uint32_t cmd, uint64_t arg)
{
	(void)cmd;
	ptp_samples(p, &linx_ty_ptp_sys_offset_extended, arg, true);
}

void linx_ioctl_ptp_pin(struct linx_put *p, uint32_t cmd, uint64_t arg)
{
	unsigned int nr = linx_ioc_nr(cmd);
	bool get = nr == 6 || nr == 15;
	struct linx_obj o;

	if (!linx_ioctl_before(p, &linx_ty_ptp_pin_desc, arg, &o)) {
		linx_put_addr(p, arg);
		return;
	}
	linx_put_open(p);
	linx_put_member(p, &o, "index");
	if (nr == 15)
		linx_put_nonzero(p, &o, "rsv");
	if (!get)
		linx_put_members_of(p, &o, NAMES("func", "chan"));
	else if (linx_ioctl_after(p, &linx_ty_ptp_pin_desc, arg, &o))
		linx_put_members_of(p, &o, NAMES("name", "func", "chan"));
	if (nr == 16)
		linx_put_nonzero(p, &o, "rsv");
	linx_put_close(p);
}

/* ---- random numbers, the real time clock --------------------------------------------------- */

void linx_ioctl_rnd_add(struct linx_put *p, uint32_t cmd, uint64_t arg)
{
	struct linx_obj o;

	(void)cmd;
	if (!linx_ioctl_before(p, &linx_ty_rand_pool_info, arg, &o)) {
		linx_put_addr(p, arg);
		return;
	}
	linx_put_open(p);
	linx_put_members(p, &o);
	linx_put_name(p, "buf");
	linx_put_bufp(p, arg + o.size, (uint32_t)linx_member_num(p, &o, "buf_size"));
	p->plain = false;
	linx_put_close(p);
}

static void put_rtc_value(struct linx_put *p, const struct linx_obj *o)
{
	int64_t value = linx_member_num(p, o, "uvalue"), param = linx_member_num(p, o, "param");

	linx_put_name(p, param == 1 ? "svalue" : "uvalue");
	switch (param) {
	case 0:
		linx_put_flags(p, &linx_set_rtc_features, (uint64_t)value, 8);
		break;
	case 1:
		linx_put_i64(p, value);
		break;
	case 2:
		linx_put_flags(p, &linx_set_rtc_backup_mode, (uint64_t)value, 8);
		break;
	default:
		linx_put_hex(p, (uint64_t)value);
	}
}

/* Writes a parameter of a real-time clock: the request before the call, the value after it. */
void linx_put_rtc_param(struct linx_put *p, const struct linx_obj *o)
{
	linx_put_open(p);
	if (p->late)
		put_rtc_value(p, o);
	else
		linx_put_members_of(p, o, NAMES("param", "index"));
	linx_put_nonzero(p, o, "__pad");
	linx_put_close(p);
}

/*
 * Writes a parameter that is read from a real-time clock. If the call failed, strace shows the address once
 * more.
 */
static void get_rtc_param(struct linx_put *p, uint64_t arg)
{
	linx_ioctl_turn(p, &linx_ty_rtc_param, arg, NULL, NULL);
	if (!linx_put_ok(p) && !linx_put_entering(p) && linx_put_mem(p, arg, linx_type_size(&linx_ty_rtc_param, p->abi)) &&
	    linx_put_change(p))
		linx_put_addr(p, arg);
}

void linx_ioctl_rtc_param(struct linx_put *p, uint32_t cmd, uint64_t arg)
{
	struct linx_obj o;

	if (linx_ioc_nr(cmd) == _IOC_NR(RTC_PARAM_GET)) {
		get_rtc_param(p, arg);
		return;
	}
	if (!linx_ioctl_before(p, &linx_ty_rtc_param, arg, &o)) {
		linx_put_addr(p, arg);
		return;
	}
	linx_put_open(p);
	linx_put_member(p, &o, "param");
	put_rtc_value(p, &o);
	linx_put_member(p, &o, "index");
	linx_put_nonzero(p, &o, "__pad");
	linx_put_close(p);
}

/* ---- KVM: asm/kvm.h --------------------------------------------------------------------------- */

void linx_put_kvm_regs(struct linx_put *p, const struct linx_obj *o)
{
	linx_put_open(p);
	linx_put_member(p, o, "rax");
	if (p->brief)
		linx_put_more(p);
	else
		linx_put_members_of(p, o, NAMES("rbx", "rcx", "rdx", "rsi", "rdi"));
	linx_put_members_of(p, o, NAMES("rsp", "rbp"));
	if (p->brief)
		linx_put_more(p);
	else
		linx_put_members_of(p, o,
				    NAMES("r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15"));
	linx_put_members_of(p, o, NAMES("rip", "rflags"));
	linx_put_close(p);
}

void linx_put_kvm_cpuid(struct linx_put *p, const struct linx_obj *o)
{
	uint64_t n = (uint64_t)linx_member_num(p, o, "nent");

	linx_put_open(p);
	linx_put_member(p, o, "nent");
	linx_put_name(p, "entries");
	if (p->brief) {
		linx_put_list(p);
		if (n)
			linx_put_more(p);
		linx_put_list_end(p);
	} else {
		linx_put_array(p, &linx_ty_kvm_cpuid_entry2, o->addr + o->size, n);
		p->plain = false;
	}
	linx_put_close(p);
}

/* ---- udmabuf, file systems ----------------------------------------------------------------- */

void linx_ioctl_udmabuf_list(struct linx_put *p, uint32_t cmd, uint64_t arg)
{
	struct linx_obj o;

	(void)cmd;
	if (!linx_ioctl_before(p, &linx_ty_udmabuf_create_list, arg, &o)) {
		linx_put_addr(p, arg);
		return;
	}
	linx_put_open(p);
	linx_put_members(p, &o);
	linx_put_name(p, "list");
	linx_put_array(p, &linx_ty_udmabuf_create_item, arg + o.size,
		       (uint64_t)linx_member_num(p, &o, "count"));
	p->plain = false;
	linx_put_close(p);
}

void linx_put_fsuuid(struct linx_put *p, const struct linx_obj *o, size_t at)
{
	int64_t n = linx_member_num(p, o, "len");

	linx_put_name(p, "uuid");
	linx_put_whole_hexbytes(p, o->data + at, n < 16 ? (size_t)n : 16, false);
}

/* ---- processes: linux/pidfd.h --------------------------------------------------------------- */

void linx_put_pidfd_status(struct linx_put *p, const struct linx_obj *o, size_t at)
{
	uint32_t status;

	memcpy(&status, o->data + at, sizeof(status));
	linx_put_name(p, "exit_code");
	linx_put_text(p, "[");
	linx_put_wstatus(p, status);
	linx_put_text(p, "]");
}

/* Members of struct pidfd_info, and the bit of its mask that says that the member is set. */
static const struct {
	const char *name;
	uint64_t mask;
} pidfd_members[] = {
	{ "cgroupid", 4 },	{ "pid", 1 },		  { "tgid", 1 },	  { "ppid", 1 },
	{ "ruid", 2 },		{ "rgid", 2 },		  { "euid", 2 },	  { "egid", 2 },
	{ "suid", 2 },		{ "sgid", 2 },		  { "fsuid", 2 },	  { "fsgid", 2 },
	{ "exit_code", 8 },	{ "coredump_mask", 0x10 }, { "coredump_signal", 0x40 },
	{ "coredump_code", 0x80 }, { "supported_mask", 0x20 },
};

/* Finds the structure in captured memory. Its size is in the command; members beyond that size are not shown. */
static bool load_pidfd_info(struct linx_put *p, uint32_t cmd, uint64_t arg, struct linx_obj *o)
{
	o->ty = &linx_ty_pidfd_info;
	o->addr = arg;
	o->size = linx_type_size(o->ty, p->abi);
	if (o->size > linx_ioc_size(cmd))
		o->size = linx_ioc_size(cmd);
	o->data = linx_put_mem(p, arg, o->size);
	return o->data;
}

void linx_ioctl_pidfd_info(struct linx_put *p, uint32_t cmd, uint64_t arg)
{
	struct linx_obj o;
	uint64_t asked, mask;

	if (!load_pidfd_info(p, cmd, arg, &o)) {
		linx_put_addr(p, arg);
		return;
	}
	asked = (uint64_t)linx_member_num(p, &o, "mask");
	linx_put_open(p);
	linx_put_member_both(p, &o, "mask");
	linx_ioctl_known(p);
	p->late = true;
	if (linx_put_ok(p) && load_pidfd_info(p, cmd, arg, &o)) {
		mask = (uint64_t)linx_member_num(p, &o, "mask");
		if (mask != asked && linx_put_change(p))
			linx_put_flags(p, &linx_set_pidfd_info_flags, mask, 8);
		for (size_t i = 0; i < ARRAY_SIZE(pidfd_members); i++)
			if (mask & pidfd_members[i].mask)
				linx_put_member(p, &o, pidfd_members[i].name);
	}
	p->late = false;
	linx_put_close(p);
}

/* ---- userfaultfd, namespaces -------------------------------------------------------------- */

void linx_ioctl_uffd_api(struct linx_put *p, uint32_t cmd, uint64_t arg)
{
	struct linx_obj o;
	int64_t features;

	(void)cmd;
	if (!linx_ioctl_before(p, &linx_ty_uffdio_api, arg, &o)) {
		linx_put_addr(p, arg);
		return;
	}
	features = linx_member_num(p, &o, "features");
	linx_put_open(p);
	linx_put_member(p, &o, "api");
	linx_put_member_both(p, &o, "features");
	if (linx_ioctl_after(p, &linx_ty_uffdio_api, arg, &o)) {
		if (linx_member_num(p, &o, "features") != features && linx_put_change(p)) {
			p->plain = true;
			linx_put_member(p, &o, "features");
		}
		linx_put_member(p, &o, "ioctls");
	}
	linx_put_close(p);
}

/* Writes the kind of a namespace, which the call returned, behind the result. */
void linx_ioctl_nstype(struct linx_put *p, uint32_t cmd, uint64_t arg)
{
	(void)cmd;
	(void)arg;
	if (linx_put_ok(p))
		linx_put_aux_name(p, &linx_set_nsfs_type, (uint64_t)p->ev->ret);
}
