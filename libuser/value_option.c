// SPDX-License-Identifier: LGPL-2.1-or-later
/* Arguments whose meaning an option chooses: fcntl, prctl. A new option is a row here. */
#include "value.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define PR_SET_SECCOMP_OPTION 22
#define PR_CAP_AMBIENT_OPTION 47

/* clang-format off */
/* fcntl: what arg is, by cmd. A cmd that is not here takes an address. */
static const struct {
	int cmd;
	enum linx_type type;
	enum linx_width width;
	bool hidden;
	const char *set;
} fcntl_args[] = {
	{ 0 /* F_DUPFD */, LINX_TYPE_FD, LINX_WIDTH_S32, false, NULL },
	{ 1 /* F_GETFD */, LINX_TYPE_ADDR, LINX_WIDTH_LONG, true, NULL },
	{ 2 /* F_SETFD */, LINX_TYPE_FLAGS, LINX_WIDTH_U32, false, "fd_flags" },
	{ 3 /* F_GETFL */, LINX_TYPE_ADDR, LINX_WIDTH_LONG, true, NULL },
	{ 4 /* F_SETFL */, LINX_TYPE_FLAGS, LINX_WIDTH_U32, false, "open_flags" },
	{ 8 /* F_SETOWN */, LINX_TYPE_ID, LINX_WIDTH_S32, false, NULL },
	{ 9 /* F_GETOWN */, LINX_TYPE_ADDR, LINX_WIDTH_LONG, true, NULL },
	{ 10 /* F_SETSIG */, LINX_TYPE_SIGNAL, LINX_WIDTH_S32, false, NULL },
	{ 11 /* F_GETSIG */, LINX_TYPE_ADDR, LINX_WIDTH_LONG, true, NULL },
	{ 1024 /* F_SETLEASE */, LINX_TYPE_FLAGS, LINX_WIDTH_U32, false, "fcntl_lock_type" },
	{ 1025 /* F_GETLEASE */, LINX_TYPE_ADDR, LINX_WIDTH_LONG, true, NULL },
	{ 1026 /* F_NOTIFY */, LINX_TYPE_FLAGS, LINX_WIDTH_U32, false, "fcntl_notify" },
	{ 1027 /* F_DUPFD_QUERY */, LINX_TYPE_FD, LINX_WIDTH_S32, false, NULL },
	{ 1028 /* F_CREATED_QUERY */, LINX_TYPE_ADDR, LINX_WIDTH_LONG, true, NULL },
	{ 1030 /* F_DUPFD_CLOEXEC */, LINX_TYPE_FD, LINX_WIDTH_S32, false, NULL },
	{ 1031 /* F_SETPIPE_SZ */, LINX_TYPE_NUMBER, LINX_WIDTH_S32, false, NULL },
	{ 1032 /* F_GETPIPE_SZ */, LINX_TYPE_ADDR, LINX_WIDTH_LONG, true, NULL },
	{ 1033 /* F_ADD_SEALS */, LINX_TYPE_FLAGS, LINX_WIDTH_U32, false, "fcntl_seals" },
	{ 1034 /* F_GET_SEALS */, LINX_TYPE_ADDR, LINX_WIDTH_LONG, true, NULL },
};
/* clang-format on */

/* clang-format off */
/*
 * prctl: how many arguments an option takes, itself included, and what the
 * second and the third are. The others, and those of an option that is not
 * here, are numbers in base 16.
 */
static const struct prctl_option {
	uint32_t option;
	uint8_t nargs;
	struct {
		enum linx_type type; /* UNKNOWN: base 16 */
		const char *set; /* LINX_TYPE_FLAGS */
	} args[2];
} prctl_options[] = {
#define NUM { LINX_TYPE_NUMBER, NULL }
#define PTR { LINX_TYPE_ADDR, NULL }
#define HEX { LINX_TYPE_HEX, NULL }
#define SET(name) { LINX_TYPE_FLAGS, name }
	{ 1 /* SET_PDEATHSIG */, 2, { { LINX_TYPE_SIGNAL, NULL } } },
	{ 2 /* GET_PDEATHSIG */, 2, { PTR } },
	{ 3 /* GET_DUMPABLE */, 1, { HEX } },
	{ 4 /* SET_DUMPABLE */, 2, { SET("prctl_dumpable") } },
	{ 5 /* GET_UNALIGN */, 2, { PTR } },
	{ 6 /* SET_UNALIGN */, 2, { HEX } },
	{ 7 /* GET_KEEPCAPS */, 1, { HEX } },
	{ 8 /* SET_KEEPCAPS */, 2, { NUM } },
	{ 9 /* GET_FPEMU */, 2, { PTR } },
	{ 10 /* SET_FPEMU */, 2, { NUM } },
	{ 11 /* GET_FPEXC */, 2, { PTR } },
	{ 12 /* SET_FPEXC */, 2, { NUM } },
	{ 13 /* GET_TIMING */, 1, { HEX } },
	{ 14 /* SET_TIMING */, 2, { NUM } },
	{ 15 /* SET_NAME */, 2, { PTR } },
	{ 16 /* GET_NAME */, 2, { PTR } },
	{ 19 /* GET_ENDIAN */, 2, { PTR } },
	{ 20 /* SET_ENDIAN */, 2, { NUM } },
	{ 21 /* GET_SECCOMP */, 1, { HEX } },
	{ 22 /* SET_SECCOMP */, 5, { SET("seccomp_mode"), PTR } },
	{ 23 /* CAPBSET_READ */, 2, { SET("capability") } },
	{ 24 /* CAPBSET_DROP */, 2, { SET("capability") } },
	{ 25 /* GET_TSC */, 2, { PTR } },
	{ 26 /* SET_TSC */, 2, { HEX } },
	{ 27 /* GET_SECUREBITS */, 1, { HEX } },
	{ 28 /* SET_SECUREBITS */, 2, { SET("securebits") } },
	{ 29 /* SET_TIMERSLACK */, 2, { NUM } },
	{ 30 /* GET_TIMERSLACK */, 1, { HEX } },
	{ 31 /* TASK_PERF_EVENTS_DISABLE */, 1, { HEX } },
	{ 32 /* TASK_PERF_EVENTS_ENABLE */, 1, { HEX } },
	{ 33 /* MCE_KILL */, 5, { SET("prctl_mce_kill"), HEX } },
	{ 35 /* SET_MM */, 5, { SET("prctl_mm"), HEX } },
	{ 36 /* SET_CHILD_SUBREAPER */, 2, { NUM } },
	{ 37 /* GET_CHILD_SUBREAPER */, 2, { PTR } },
	{ 38 /* SET_NO_NEW_PRIVS */, 5, { NUM, HEX } },
	{ 40 /* GET_TID_ADDRESS */, 2, { PTR } },
	{ 41 /* SET_THP_DISABLE */, 5, { NUM, HEX } },
	{ 45 /* SET_FP_MODE */, 2, { HEX } },
	{ 46 /* GET_FP_MODE */, 1, { HEX } },
	{ 47 /* CAP_AMBIENT */, 5, { SET("prctl_cap_ambient"), SET("capability") } },
	{ 50 /* SVE_SET_VL */, 2, { HEX } },
	{ 51 /* SVE_GET_VL */, 1, { HEX } },
	{ 52 /* GET_SPECULATION_CTRL */, 2, { SET("prctl_spec") } },
	{ 53 /* SET_SPECULATION_CTRL */, 3, { SET("prctl_spec"), SET("prctl_spec_ctrl") } },
	{ 57 /* SET_IO_FLUSHER */, 5, { NUM, HEX } },
	{ 62 /* SCHED_CORE */, 5, { SET("prctl_sched_core"), NUM } },
	{ 63 /* SME_SET_VL */, 2, { HEX } },
	{ 64 /* SME_GET_VL */, 1, { HEX } },
	{ 0x59616d61 /* SET_PTRACER */, 2, { NUM } },
#undef NUM
#undef PTR
#undef HEX
#undef SET
};
/* clang-format on */

struct linx_meaning linx_fcntl_meaning(int64_t cmd)
{
	for (size_t i = 0; i < COUNT(fcntl_args); i++) {
		struct linx_meaning m = linx_meaning_of(fcntl_args[i].type, fcntl_args[i].width);

		if (fcntl_args[i].cmd != cmd)
			continue;
		m.hidden = fcntl_args[i].hidden;
		if (fcntl_args[i].set)
			m.set = linx_flagset_find(fcntl_args[i].set);
		return m.type != LINX_TYPE_FLAGS || m.set ?
			       m :
			       linx_meaning_of(LINX_TYPE_HEX, LINX_WIDTH_LONG);
	}
	return linx_meaning_of(LINX_TYPE_ADDR, LINX_WIDTH_LONG);
}

static const struct prctl_option *find_option(const struct linx_event *ev)
{
	for (size_t i = 0; i < COUNT(prctl_options); i++)
		if (prctl_options[i].option == (uint32_t)ev->args[0])
			return &prctl_options[i];
	return NULL;
}

unsigned int linx_prctl_used(const struct linx_event *ev)
{
	const struct prctl_option *o = find_option(ev);
	unsigned int nargs = o ? o->nargs : 5;

	/* STRICT takes nothing more, FILTER its program. */
	if (o && o->option == PR_SET_SECCOMP_OPTION && (ev->args[1] == 1 || ev->args[1] == 2))
		nargs = (unsigned int)ev->args[1] + 1;
	return (1u << nargs) - 1;
}

/* The third argument where the second decides that it is nothing of the kind. */
static bool third_is_plain(const struct prctl_option *o, const struct linx_event *ev)
{
	switch (o->option) {
	case PR_SET_SECCOMP_OPTION:
		return ev->args[1] != 2;
	case PR_CAP_AMBIENT_OPTION: /* IS_SET, RAISE, LOWER */
		return ev->args[1] < 1 || ev->args[1] > 3;
	default:
		return false;
	}
}

struct linx_meaning linx_prctl_meaning(const struct linx_event *ev, unsigned int i)
{
	const struct prctl_option *o = i == 1 || i == 2 ? find_option(ev) : NULL;
	struct linx_meaning m = linx_meaning_of(LINX_TYPE_HEX, LINX_WIDTH_LONG);

	if (!o || !o->args[i - 1].type || (i == 2 && third_is_plain(o, ev)))
		return m;
	m.set = o->args[i - 1].set ? linx_flagset_find(o->args[i - 1].set) : NULL;
	if (m.set || o->args[i - 1].type != LINX_TYPE_FLAGS)
		m.type = o->args[i - 1].type;
	if (m.type == LINX_TYPE_SIGNAL)
		m.width = LINX_WIDTH_S32;
	return m;
}
