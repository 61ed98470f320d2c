// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Makes values for arguments of Falco's events that are not simply an argument of the call, but depend on other
 * arguments.
 */
#include <fcntl.h>
#include <sys/socket.h>

#include "base/array_size.h"
#include "filter/falco/args.h"
#include "value/emit.h"

#define MAKE(name) \
	bool linx_falco_make_##name(const struct linx_fld_env *e, const struct linx_falco_arg *a, struct linx_falco_shown *x)

static const struct linx_falco_form decimal = { LINX_FALCO_NUMBER, .bytes = 8, .base = 10, .is_signed = true };
static const struct linx_falco_form unsigned32 = { LINX_FALCO_NUMBER, .bytes = 4, .base = 10 };
static const struct linx_falco_form hexadecimal = { LINX_FALCO_NUMBER, .bytes = 8, .base = 16 };
static const struct linx_falco_form text = { LINX_FALCO_TEXT, .bytes = 0 };
static const struct linx_falco_form data = { LINX_FALCO_DATA, .bytes = 0 };
static const struct linx_falco_form signal_form = { LINX_FALCO_SIGNAL, .bytes = 1, .base = 10 };
static const struct linx_falco_form error = { LINX_FALCO_ERRNO, .bytes = 8, .base = 10, .is_signed = true };
static const struct linx_falco_form period = { LINX_FALCO_RELTIME, .bytes = 8, .base = 10 };

/* Shows a number that is already the one of Falco's event, so it is not converted. */
static bool show(const struct linx_fld_env *e, const struct linx_falco_arg *a, uint64_t n, struct linx_falco_shown *x)
{
	struct linx_falco_form form = a->form;

	form.converts = false;
	return linx_falco_show_number(e, &form, (int64_t)n, x);
}

/* Shows the string that an argument of the call points to. */
static bool show_string(const struct linx_fld_env *e, const char *arg, struct linx_falco_shown *x)
{
	const struct linx_value *v = linx_falco_value(e->ev->in, linx_falco_place(e->ev, arg), 1);
	uint64_t pointer;

	if (!linx_falco_arg_value(e->ev, arg, &pointer))
		return false;
	if (!pointer)
		return linx_falco_show_empty(&text, x);
	if (!v)
		v = linx_falco_value(e->ev->out, linx_falco_place(e->ev, arg), 1);
	return v && linx_falco_show_bytes(e, &text, NULL, v->data, v->size, x);
}

/* ---- files --------------------------------------------------------------------------------------------- */

MAKE(open_flags)
{
	uint32_t number;
	uint64_t flags;

	if (!linx_falco_open_flags(e->ev, &flags))
		return false;
	number = linx_falco_flags_number(LINX_FALCO_SET_file, flags);
	if (linx_falco_created(e->ev) > 0)
		number |= LINX_FALCO_O_F_CREATED;
	return show(e, a, number, x);
}

MAKE(open_mode)
{
	uint64_t flags, mode;

	return linx_falco_open_flags(e->ev, &flags) && linx_falco_given_mode(e->ev, &mode) &&
	       show(e, a, linx_falco_open_mode(flags, mode), x);
}

/*
 * Shows the device number that Falco has. Falco's driver takes a number in the encoding of programs for one in the
 * kernel's encoding, and encodes it again. The major number is therefore in other bits than in stat(2).
 */
MAKE(device)
{
	uint64_t dev, major, minor;

	if (!linx_falco_arg_value(e->ev, "dev", &dev))
		return false;
	major = (uint32_t)dev >> 20;
	minor = dev & 0xfffff;
	return show(e, a, (minor & 0xff) | major << 8 | (minor & ~0xffull) << 12, x);
}

MAKE(llseek_offset)
{
	uint64_t high, low;

	return linx_falco_arg_value(e->ev, "offset_high", &high) && linx_falco_arg_value(e->ev, "offset_low", &low) &&
	       show(e, a, (high << 32) + low, x);
}

MAKE(read_size)
{
	return e->ev->has_ret && show(e, a, e->ev->ret > 0 ? (uint64_t)e->ev->ret : 0, x);
}

/* Shows the sum of the buffers' lengths, even if the call wrote fewer bytes. */
MAKE(write_size)
{
	unsigned int word = linx_is_32(linx_put_abi(e->ev)) ? 4 : 8;
	int at = linx_falco_place(e->ev, "vec");
	uint64_t count, one, sum = 0;

	if (!linx_falco_arg_value(e->ev, "vlen", &count))
		return false;
	for (uint64_t i = 0; i < count; i++) {
		if (!linx_falco_read(e->ev->in, at, 2 * word * i + word, word, &one))
			return false;
		sum += one;
	}
	return show(e, a, sum, x);
}

/* ---- sockets ------------------------------------------------------------------------------------------- */

/* Falco's numbers of those socket options whose values are not numbers of 32 bits. */
enum {
	OPTION_UNKNOWN = 0,
	OPTION_ERROR = 4,
	OPTION_LINGER = 13,
	OPTION_PEERCRED = 17,
	OPTION_RCVTIMEO = 20,
	OPTION_SNDTIMEO = 21,
	OPTION_ATTACH_FILTER = 26,
	OPTION_PEERNAME = 28,
	OPTION_ATTACH_BPF = 50,
	OPTION_PEERGROUPS = 51,
	OPTION_MEMINFO = 52,
	OPTION_COOKIE = 53,
};

MAKE(socket_option)
{
	uint64_t level, option;

	if (!linx_falco_arg_value(e->ev, "level", &level) || !linx_falco_arg_value(e->ev, "optname", &option))
		return false;
	return show(e, a, (int32_t)level == SOL_SOCKET ? linx_falco_flags_number(LINX_FALCO_SET_option, (uint32_t)option) : 0, x);
}

MAKE(option_length)
{
	int at = linx_falco_place(e->ev, "optlen");
	uint64_t n;

	if (!linx_falco_arg_value(e->ev, "optlen", &n))
		return false;
	if (!strcmp(a->event, "setsockopt"))
		return show(e, a, n & 0xffff, x);
	return (linx_falco_read(e->ev->out, at, 0, 4, &n) || linx_falco_read(e->ev->in, at, 0, 4, &n)) && show(e, a, n, x);
}

/* True if the value of the option is shown as bytes. option: Falco's number */
static bool is_bytes(uint32_t option)
{
	static const uint8_t all[] = { OPTION_UNKNOWN, OPTION_LINGER, OPTION_PEERCRED, OPTION_ATTACH_FILTER, OPTION_PEERNAME, OPTION_ATTACH_BPF,
				       OPTION_PEERGROUPS, OPTION_MEMINFO };

	return memchr(all, (int)option, sizeof(all));
}

/* Shows the value of an option of the level SOL_SOCKET. option: Falco's number of the option */
static bool show_option(const struct linx_fld_env *e, uint32_t option, int at, const struct linx_value *v, struct linx_falco_shown *x)
{
	const struct linx_value *values = v == &e->ev->out[at] ? e->ev->out : e->ev->in;
	uint64_t n, rest;

	if (option == OPTION_ERROR)
		return linx_falco_read(values, at, 0, 4, &n) && linx_falco_show_number(e, &error, -(int64_t)(int32_t)n, x);
	if (option == OPTION_RCVTIMEO || option == OPTION_SNDTIMEO)
		return linx_falco_read(values, at, 0, 8, &n) && linx_falco_read(values, at, 8, 8, &rest) &&
		       linx_falco_show_number(e, &period, (int64_t)(n * 1000000000 + rest * 1000), x);
	if (option == OPTION_COOKIE)
		return linx_falco_read(values, at, 0, 8, &n) && linx_falco_show_number(e, &decimal, (int64_t)n, x);
	if (is_bytes(option))
		return linx_falco_show_bytes(e, &data, NULL, v->data, v->size, x);
	return linx_falco_read(values, at, 0, 4, &n) && linx_falco_show_number(e, &unsigned32, (int64_t)n, x);
}

MAKE(option_value)
{
	int at = linx_falco_place(e->ev, "optval");
	const struct linx_value *v = linx_falco_value(e->ev->out, at, 1);
	uint64_t level, option, pointer;

	if (!linx_falco_arg_value(e->ev, "level", &level) || !linx_falco_arg_value(e->ev, "optname", &option) ||
	    !linx_falco_arg_value(e->ev, "optval", &pointer))
		return false;
	if (!pointer)
		return linx_falco_show_empty(&a->form, x);
	if (!v)
		v = linx_falco_value(e->ev->in, at, 1);
	if (!v)
		return false;
	if ((int32_t)level != SOL_SOCKET)
		return linx_falco_show_bytes(e, &data, NULL, v->data, v->size, x);
	return show_option(e, linx_falco_flags_number(LINX_FALCO_SET_option, (uint32_t)option), at, v, x);
}

/* ---- processes ------------------------------------------------------------------------------------------ */

enum { PRCTL_SET_NAME = 15, PRCTL_GET_NAME = 16, PRCTL_GET_CHILD_SUBREAPER = 37 };

static bool names_thread(uint64_t option)
{
	return (uint32_t)option == PRCTL_SET_NAME || (uint32_t)option == PRCTL_GET_NAME;
}

MAKE(prctl_text)
{
	uint64_t option;

	if (!linx_falco_arg_value(e->ev, "option", &option))
		return false;
	return names_thread(option) ? show_string(e, "arg2", x) : linx_falco_show_empty(&a->form, x);
}

MAKE(prctl_number)
{
	int at = linx_falco_place(e->ev, "arg2");
	uint64_t option, n;

	if (!linx_falco_arg_value(e->ev, "option", &option) || !linx_falco_arg_value(e->ev, "arg2", &n))
		return false;
	if (names_thread(option))
		n = 0;
	else if ((uint32_t)option == PRCTL_GET_CHILD_SUBREAPER && !linx_falco_read(e->ev->out, at, 0, 4, &n))
		return false;
	return show(e, a, n, x);
}

MAKE(ptrace_addr)
{
	uint64_t n;

	(void)a;
	return e->ev->has_ret && linx_falco_arg_value(e->ev, "addr", &n) &&
	       linx_falco_show_number(e, &hexadecimal, e->ev->ret < 0 ? 0 : (int64_t)n, x);
}

/*
 * Shows the argument data of ptrace(2): the signal that the request delivers, the word that it read, or else the
 * argument itself.
 */
MAKE(ptrace_data)
{
	int at = linx_falco_place(e->ev, "data");
	uint64_t request, n, word;

	(void)a;
	if (!e->ev->has_ret || !linx_falco_arg_value(e->ev, "request", &request) || !linx_falco_arg_value(e->ev, "data", &n))
		return false;
	if (e->ev->ret < 0)
		return linx_falco_show_number(e, &hexadecimal, 0, x);
	switch (linx_falco_flags_number(LINX_FALCO_SET_ptrace, request)) {
	case 8: /* PTRACE_CONT */
	case 10: /* PTRACE_SINGLESTEP */
	case 12: /* PTRACE_DETACH */
	case 13: /* PTRACE_SYSCALL */
		return linx_falco_show_number(e, &signal_form, (int64_t)n, x);
	case 2: /* PTRACE_PEEKTEXT, PTRACE_PEEKDATA, PTRACE_PEEKUSR */
	case 3:
	case 4:
		return linx_falco_read(e->ev->out, at, 0, 8, &word) && linx_falco_show_number(e, &hexadecimal, (int64_t)word, x);
	default:
		return linx_falco_show_number(e, &hexadecimal, (int64_t)n, x);
	}
}

/*
 * Shows one of the arguments 2 to 5 of keyctl(2). kinds[] has their kinds by operation: s, a string; n, a number; 0,
 * not sent.
 */
MAKE(keyctl_arg)
{
	static const char *const kinds[] = {
		[0] = "nn00", [1] = "s000", [2] = "nnn0", [3] = "n000", [4] = "nnn0", [5] = "nn00", [6] = "nnn0", [7] = "n000", [8] = "nn00",
		[9] = "nn00", [10] = "nssn", [11] = "nnn0", [12] = "nnnn", [13] = "nnn0", [14] = "n000", [15] = "nn00", [16] = "n000",
		[17] = "nnn0", [18] = "0000", [19] = "nnnn", [20] = "nnnn", [21] = "n000", [22] = "nn00", [23] = "nnnn", [24] = "nns0",
		[25] = "nsnn", [26] = "nsnn", [27] = "nsnn", [28] = "nsnn", [29] = "nss0", [30] = "nnnn", [31] = "nn00", [32] = "nnn0",
	};
	uint64_t op, n;
	char kind;

	if (!linx_falco_arg_value(e->ev, "option", &op) || !linx_falco_arg_value(e->ev, a->name, &n))
		return false;
	kind = op < ARRAY_SIZE(kinds) ? kinds[op][a->name[3] - '2'] : '0';
	if (kind == 's')
		return show_string(e, a->name, x);
	return linx_falco_show_number(e, &decimal, kind == 'n' ? (int64_t)n : 0, x);
}

MAKE(semctl_value)
{
	enum { SETVAL = 16 };
	uint64_t cmd, n;

	return linx_falco_arg_value(e->ev, "cmd", &cmd) && linx_falco_arg_value(e->ev, "arg", &n) &&
	       show(e, a, (uint16_t)cmd == SETVAL ? n : 0, x);
}

/* Commands of quotactl(2) with the number of a user or group as an argument, as bits of Falco's numbers. */
#define QUOTA_HAS_ID (0x20u | 0x40u | 0x400u | 0x800u)
#define QUOTA_ON 0x1u

MAKE(quota_id)
{
	uint64_t cmd, id;

	return linx_falco_arg_value(e->ev, "cmd", &cmd) && linx_falco_arg_value(e->ev, "id", &id) &&
	       show(e, a, linx_falco_flags_number(LINX_FALCO_SET_quota_cmd, cmd) & QUOTA_HAS_ID ? id : 0, x);
}

MAKE(quota_format)
{
	uint64_t cmd, id;

	if (!linx_falco_arg_value(e->ev, "cmd", &cmd) || !linx_falco_arg_value(e->ev, "id", &id))
		return false;
	if (linx_falco_flags_number(LINX_FALCO_SET_quota_cmd, cmd) != QUOTA_ON)
		id = UINT64_MAX;
	return show(e, a, linx_falco_flags_number(LINX_FALCO_SET_quota_fmt, id), x);
}

/* Shows the timeout of poll(2). Falco's driver extends it to 64 bits without its sign. */
MAKE(timeout)
{
	uint64_t n;

	return linx_falco_arg_value(e->ev, "timeout_msecs", &n) && show(e, a, (uint32_t)n, x);
}

/* Shows a struct timespec in nanoseconds; 0 for a null pointer. */
MAKE(time_of)
{
	unsigned int word = linx_is_32(linx_put_abi(e->ev)) ? 4 : 8;
	int at = linx_falco_place(e->ev, a->arg);
	uint64_t pointer, s = 0, ns = 0;

	if (!linx_falco_arg_value(e->ev, a->arg, &pointer))
		return false;
	if (pointer && (!linx_falco_read(e->ev->in, at, 0, word, &s) || !linx_falco_read(e->ev->in, at, word, word, &ns)))
		return false;
	return show(e, a, s * 1000000000 + ns, x);
}

/* Shows flags of the executed file, as far as linx knows them: upper layer of an overlay, memfd. */
MAKE(exec_flags)
{
	const struct linx_process *p = linx_event_borrow_process(e->ev);

	return p && show(e, a, (p->flags & LINX_PROCESS_UPPER ? 2 : 0) | (p->flags & LINX_PROCESS_MEMFD ? 4 : 0), x);
}

MAKE(capabilities)
{
	const struct linx_task *task = e->ev->task;

	if (!task || !(task->flags & LINX_TASK_CREDS))
		return false;
	return show(e, a, !strcmp(a->name, "cap_effective") ? task->cap_effective :
			  !strcmp(a->name, "cap_permitted") ? task->cap_permitted : task->cap_inheritable, x);
}

/*
 * Finds the strings of the command line: from the process, or for a failed exec from its arguments. False: not known.
 */
static bool words(const struct linx_event *ev, const char **s, size_t *n)
{
	const struct linx_process *p = linx_event_borrow_process(ev);
	const struct linx_value *v = linx_falco_value(ev->in, linx_falco_place(ev, "argv"), sizeof(struct linx_strv));

	if (linx_event_errno(ev) && linx_falco_place(ev, "argv") >= 0) {
		if (!v)
			return false;
		*s = (const char *)v->data + sizeof(struct linx_strv);
		*n = v->size - sizeof(struct linx_strv);
		return true;
	}
	if (!p || !p->cmdline.data)
		return false;
	*s = p->cmdline.data;
	*n = p->cmdline.len;
	return true;
}

MAKE(exec_exe)
{
	const char *s;
	size_t n;

	return words(e->ev, &s, &n) && linx_falco_show_bytes(e, &a->form, NULL, s, n, x);
}

MAKE(exec_args)
{
	const char *s;
	size_t n, first;

	if (!words(e->ev, &s, &n))
		return false;
	first = strnlen(s, n);
	first += first < n;
	return linx_falco_show_bytes(e, &a->form, NULL, s + first, n - first, x);
}
