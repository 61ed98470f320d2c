// SPDX-License-Identifier: LGPL-2.1-or-later
/* Writes times, limits of resources, and calls that sleep. */
#include <time.h>

#include "record/decode.h"
#include "decoders/decoders.h"

#define TICKS_PER_SECOND 100 /* USER_HZ, the same on all architectures that linx supports */
#define UTIME_NOW_NSEC 0x3fffffff
#define UTIME_OMIT_NSEC 0x3ffffffe
#define TIMER_ABSTIME_BIT 1

/* ---- dates and times in comments ------------------------------------------------------ */

static uint64_t largest(unsigned int digits)
{
	return digits == 9 ? 999999999 : digits == 6 ? 999999 : 0;
}

/* Writes a time as "2026-01-02T03:04:05.000000006+0000"; returns false if sec is beyond the calendar. */
static bool put_moment(struct linx_strbuf *o, int64_t sec, uint64_t part, unsigned int digits)
{
	time_t t = (time_t)sec;
	char text[64], zone[16];
	struct tm tm;

	if ((!sec && !part) || part > largest(digits) || !localtime_r(&t, &tm) ||
	    !strftime(text, sizeof(text), "%FT%T", &tm) || !strftime(zone, sizeof(zone), "%z", &tm))
		return false;
	linx_strbuf_str(o, text);
	if (part) {
		linx_strbuf_char(o, '.');
		linx_strbuf_digits(o, part, digits);
	}
	linx_strbuf_str(o, zone);
	return true;
}

void linx_put_time_comment(struct linx_put *p, int64_t sec, uint64_t part, unsigned int digits)
{
	size_t start = p->o->len;

	if (!linx_put_comment_begin(p))
		return;
	if (put_moment(p->o, sec, part, digits))
		linx_put_comment_end(p);
	else
		p->o->len = start;
}

void linx_member_seconds(struct linx_put *p, const struct linx_obj *o, size_t at)
{
	const struct linx_type_member *m = linx_member_at(p, o, at);
	int64_t sec = linx_type_load(m->ty, p->abi, o->data + at);

	linx_put_name(p, m->name);
	linx_put_i64(p, sec);
	linx_put_time_comment(p, sec, 0, 0);
}

/* ---- times of files ---------------------------------------------------------------------- */

static const char *special_nsec(const struct linx_ty *ty, uint64_t nsec)
{
	if (ty == &linx_ty_timeval)
		return NULL;
	return nsec == UTIME_NOW_NSEC ? "UTIME_NOW" : nsec == UTIME_OMIT_NSEC ? "UTIME_OMIT" : NULL;
}

static void put_special(struct linx_put *p, const struct linx_obj *o, int64_t nsec, const char *name)
{
	linx_put_open(p);
	linx_put_member(p, o, "tv_sec");
	linx_put_name(p, "tv_nsec");
	linx_put_symbol(p, nsec, 'd', name);
	linx_put_close(p);
}

static void put_file_time(struct linx_put *p, const struct linx_obj *o)
{
	bool micro = o->ty == &linx_ty_timeval;
	uint64_t part = (uint64_t)linx_member_num(p, o, micro ? "tv_usec" : "tv_nsec");
	const char *name = special_nsec(o->ty, part);

	if (name && linx_put_wants(p, LINX_WANT_DATA)) {
		put_special(p, o, (int64_t)part, name);
		return;
	}
	if (name && p->st->xlat == LINX_XLAT_ABBREV) {
		linx_put_text(p, name);
		return;
	}
	linx_put_typed(p, o->ty, NULL, o->data, o->size, o->addr);
	if (!name)
		linx_put_time_comment(p, linx_member_num(p, o, "tv_sec"), part, micro ? 6 : 9);
	else if (p->st->xlat == LINX_XLAT_VERBOSE)
		linx_put_comment(p, name);
}

void linx_put_file_times(struct linx_put *p, const struct linx_obj *o)
{
	const struct linx_ty *ty = o->ty->members[0].ty;
	size_t size = linx_type_size(ty, p->abi);

	linx_put_list(p);
	for (unsigned int i = 0; i < 2; i++) {
		struct linx_obj one = { ty, o->data + i * size, size, o->addr + i * size };

		linx_put_item(p);
		put_file_time(p, &one);
		p->plain = false;
	}
	linx_put_list_end(p);
}

/* ---- clock ticks and resource limits ------------------------------------------------------ */

/* Writes a number of clock ticks: "12 / * 0.12 s * /" */
void linx_num_ticks(struct linx_put *p, const struct linx_ty *ty, int64_t n)
{
	uint64_t ticks = (uint64_t)n;

	(void)ty;
	linx_put_u64(p, ticks);
	if (!ticks || !linx_put_remark_begin(p))
		return;
	linx_put_u64(p, ticks / TICKS_PER_SECOND);
	linx_put_text(p, ".");
	linx_strbuf_digits(p->o, ticks % TICKS_PER_SECOND, 2);
	linx_put_text(p, " s");
	linx_put_comment_end(p);
}

/* Writes a resource limit: "8192*1024" */
void linx_num_rlim(struct linx_put *p, const struct linx_ty *ty, int64_t n)
{
	size_t size = ty->size[p->abi];
	uint64_t lim = (uint64_t)n;
	bool verbose = p->st->xlat == LINX_XLAT_VERBOSE;

	if (lim == linx_ones(size)) {
		linx_put_symbol(p, n, 'u', size == 8 ? "RLIM64_INFINITY" : "RLIM_INFINITY");
		return;
	}
	bool whole = linx_put_wants(p, LINX_WANT_DATA | LINX_WANT_DECIMAL);

	if (whole || !linx_put_abbreviates(p) || lim <= 1024 || lim % 1024)
		linx_put_u64(p, lim);
	if (whole || p->st->xlat == LINX_XLAT_RAW || lim <= 1024 || lim % 1024)
		return;
	linx_put_text(p, verbose ? " /* " : "");
	linx_put_u64(p, lim / 1024);
	linx_put_text(p, verbose ? "*1024 */" : "*1024");
}

/* ---- calls with times ------------------------------------------------------------------------- */

/*
 * Writes the arguments of clock_nanosleep(2). With an absolute time the kernel stores no remaining time, so the last
 * argument is shown as an address.
 */
void linx_call_clock_nanosleep(struct linx_put *p)
{
	for (unsigned int i = 0; i < 3; i++)
		linx_put_arg(p, i);
	linx_put_arg_as(p, 3, linx_reg(p, 1) & TIMER_ABSTIME_BIT ? &linx_ty_addr :
								      p->ev->call->row->args[3].ty);
}

/*
 * Writes the arguments of adjtimex(2) and clock_adjtime(2). Text shows the structure only as it was at the return: it
 * then still includes the request.
 */
void linx_call_adjtime(struct linx_put *p)
{
	unsigned int last = p->ev->call->row->nargs - 1;

	for (unsigned int i = 0; i < last; i++)
		linx_put_arg(p, i);
	linx_put_arg_late(p, last);
}

/* Writes the argument of time(2), which points to memory where the call stores its result. */
void linx_call_time(struct linx_put *p)
{
	uint64_t addr = (uint64_t)linx_reg_as(p, 0, &linx_ty_addr);
	int64_t sec;

	p->late = true;
	if (linx_put_wants(p, LINX_WANT_DATA) || !linx_put_ok(p) ||
	    !linx_put_mem_int(p, addr, linx_type_size(&linx_ty_long, p->abi), true, &sec)) {
		linx_put_arg(p, 0);
	} else {
		linx_put_argname(p, 0);
		linx_put_text(p, "[");
		linx_put_i64(p, sec);
		linx_put_time_comment(p, sec, 0, 0);
		linx_put_text(p, "]");
	}
	p->late = false;
	if (p->aux && linx_put_ok(p))
		put_moment(p->aux, p->ev->ret, 0, 0);
}

/*
 * Writes the argument of stime(2). If the call failed, only formats that want all values show more than the
 * address.
 */
void linx_call_stime(struct linx_put *p)
{
	linx_put_arg_as(p, 0, linx_put_ok(p) || linx_put_wants(p, LINX_WANT_FULL) ? p->ev->call->row->args[0].ty : &linx_ty_addr);
}
