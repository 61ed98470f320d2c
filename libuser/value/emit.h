/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * How a value is written. A decoder says what there is (a structure, its
 * members, flags, an address); this writes it as text or as JSON. So a decoder
 * is written once, and what depends on the format is in value/emit_ops.h.
 *
 * As text:  {tv_sec=1, tv_nsec=0}      [{fd=0, events=POLLIN}]    O_RDONLY|O_CLOEXEC
 * As JSON:  {"tv_sec":1,"tv_nsec":0}   [{"fd":0,"events":{...}}]  {"value":524288,"names":[...]}
 *
 * The room value/ writes values of any type as text or JSON, and caches what it wrote.
 * It knows no system call and names no decoder: it calls them through the types of
 * table/type.h.
 */
#ifndef LINX_EMIT_H
#define LINX_EMIT_H

#include <string.h>

#include "table/table.h"
#include "table/names.h"
#include "event/event.h"
#include "base/strbuf.h"
#include "value/emit_ops.h"
#include "value/style.h"
#include "table/type.h"

#define LINX_PATH_SHOWN 4095u /* bytes shown of a path: the longest there is */

/* Contents that are shown of a vector of buffers. */
enum linx_iov {
	LINX_IOV_ADDR, /* no contents: addresses */
	LINX_IOV_GIVEN, /* contents at entry */
	LINX_IOV_FILLED, /* contents at return */
};

/* More brackets than are ever open: messages in messages, with four for each of LINX_NL_DEPTH, go deepest. */
#define LINX_PUT_DEPTH 128u

/* Place of one argument's value among the texts of all arguments. */
struct linx_put_span {
	unsigned int arg;
	bool found, open; /* open: the value was begun, and what is written next belongs to it */
	size_t from, to; /* in the string buffer */
};

struct linx_put {
	struct linx_strbuf *o;
	const struct linx_style *st;
	const struct linx_event *ev;
	const struct linx_put_ops *format;
	const struct linx_put_ops *ops; /* operations of format; inside of linx_put_packed() and linx_put_quoted() those of text */
	unsigned int abi; /* layout of structures */
	uint8_t wants; /* ops->wants */
	bool bare; /* text: arguments have no names, and all that the call has are known */
	bool brief; /* structures are abbreviated (strace without -v); never in JSON */
	bool plain; /* no separator before the next member or element */
	/* strace: where the arguments end that are known when the call begins; SIZE_MAX: all are. Other formats do not ask. */
	size_t known_end;
	/* From here on all is zero when it begins. */
	struct linx_strbuf *aux; /* text: what is said behind the result, " (Timeout)"; NULL: nobody wants it */
	struct linx_put_span *span; /* NULL: nobody asks. Arguments have names then */
	bool late; /* memory is read as the call left it */
	bool fixed; /* the argument's type was given by hand */
	bool ret_hex; /* text: the result in base 16 */
	bool aux_empty; /* " ()" is said too */
	uint8_t iov; /* enum linx_iov; linx_put_iov() */
	unsigned int arg; /* that is being written */
	size_t arg_from; /* where it begins, with its separator */
	unsigned int states; /* 1 << enum linx_state of what was shown */
	unsigned int depth, rest_depth; /* brackets that are open */
	uint64_t lists[LINX_PUT_DEPTH / 64]; /* a bit for each bracket that is open: 1 a list, 0 a structure */
	uint64_t iov_bytes; /* that are left to be shown */
	/* Behind the known members of a structure that carries its size; linx_put_ptr_sized() */
	uint64_t rest_addr; /* address of the structure */
	uint64_t rest_from, rest_size; /* 0: nothing */
};

/* The layout of its structures. An ABI that the machine does not have has that of the machine's first. */
static inline unsigned int linx_put_abi(const struct linx_event *ev)
{
	unsigned int abi;

	if (ev->call)
		return ev->call->layout;
	abi = linx_table_abi(ev->table, ev->abi);
	return ev->abi < LINX_ABI_NR && abi < LINX_LAYOUTS ? abi : linx_table_abi(ev->table, 0);
}

/* Into *p: what is stored in small pieces and copied as a whole has to be waited for. wants: those of ops. */
static inline void linx_put_begin(struct linx_put *p, struct linx_strbuf *o, const struct linx_style *st,
				  const struct linx_event *ev, const struct linx_put_ops *ops, uint8_t wants)
{
	p->o = o;
	p->st = st;
	p->ev = ev;
	p->format = p->ops = ops;
	p->abi = linx_put_abi(ev);
	p->wants = wants;
	p->bare = !(wants & LINX_WANT_DATA) && !st->names && !ev->args_gone;
	p->brief = !(wants & LINX_WANT_FULL) && !st->verbose;
	p->plain = true;
	p->known_end = st->strace ? SIZE_MAX : 0;
	memset(&p->aux, 0, sizeof(*p) - offsetof(struct linx_put, aux));
}

static inline void linx_put_begin_text(struct linx_put *p, struct linx_strbuf *o, const struct linx_style *st,
				       const struct linx_event *ev)
{
	linx_put_begin(p, o, st, ev, &linx_put_text_ops, LINX_PUT_TEXT_WANTS);
}

static inline void linx_put_begin_line(struct linx_put *p, struct linx_strbuf *o, const struct linx_style *st,
				       const struct linx_event *ev)
{
	linx_put_begin(p, o, st, ev, &linx_put_line_ops, LINX_PUT_LINE_WANTS);
}

static inline void linx_put_begin_json(struct linx_put *p, struct linx_strbuf *o, const struct linx_style *st,
				       const struct linx_event *ev)
{
	linx_put_begin(p, o, st, ev, &linx_put_json_ops, LINX_PUT_JSON_WANTS);
}

/* Writers of values in a string buffer: readable text; JSON. */
static inline struct linx_put linx_put_readable(struct linx_strbuf *o, const struct linx_style *st,
						const struct linx_event *ev)
{
	struct linx_put p;

	linx_put_begin_text(&p, o, st, ev);
	return p;
}

static inline struct linx_put linx_put_json(struct linx_strbuf *o, const struct linx_style *st,
					    const struct linx_event *ev)
{
	struct linx_put p;

	linx_put_begin_json(&p, o, st, ev);
	return p;
}

/* Does the format want any of these? */
static inline bool linx_put_wants(const struct linx_put *p, unsigned int wants)
{
	return p->wants & wants;
}

/* Names and expressions may stand for a number. */
static inline bool linx_put_abbreviates(const struct linx_put *p)
{
	return !linx_put_wants(p, LINX_WANT_DATA) && p->st->xlat == LINX_XLAT_ABBREV;
}

/* The number itself, or its bytes, comes first: names are in a comment, or not shown at all. */
static inline bool linx_put_spells_numbers(const struct linx_put *p)
{
	return !linx_put_wants(p, LINX_WANT_DATA) && p->st->xlat != LINX_XLAT_ABBREV;
}

/* The number is all there is. */
static inline bool linx_put_numbers_alone(const struct linx_put *p)
{
	return !linx_put_wants(p, LINX_WANT_DATA) && p->st->xlat == LINX_XLAT_RAW;
}

/* ---- a call's arguments (decoders/args.c) -------------------------------------------------------- */

/* All arguments, in the call's own manner; text without the parentheses, JSON without the braces. */
void linx_put_args(struct linx_put *p);
/* The value of one of them, as linx_put_args() writes it for a style with names. Nothing if there is none. */
void linx_put_arg_alone(struct linx_put *p, unsigned int i);
/* Arguments of a raced event, with the values that the kernel took, or that stood there at return. */
void linx_put_raced(struct linx_put *p);
/* The result of a call that returned, and what p->aux says. Text alone. */
void linx_put_result(struct linx_put *p);
/* One of them, with its separator or JSON name. A hidden one is null in JSON and nothing in text. */
void linx_put_arg(struct linx_put *p, unsigned int i);
/* Writes an argument as linx_put_arg() does, as if it had the type ty. */
void linx_put_arg_as(struct linx_put *p, unsigned int i, const struct linx_ty *ty);
/*
 * A structure that the call reads and writes: of readable text only what it left
 * there, or only what it found. JSON has both.
 */
void linx_put_arg_late(struct linx_put *p, unsigned int i);
void linx_put_arg_early(struct linx_put *p, unsigned int i);
/* Begins an argument by hand: separator, JSON name. False: it is not known ("?" was written). */
bool linx_put_argname(struct linx_put *p, unsigned int i);
/* The kernel does not look at it. */
void linx_put_hidden(struct linx_put *p, unsigned int i);
/* Label in the text alone: "flags=" of clone. */
void linx_put_label(struct linx_put *p, const char *label);

/* The register; cut to 32 bits and sign-extended; as the type has it. 0 if there is no such argument. */
static inline uint64_t linx_reg(const struct linx_put *p, unsigned int i)
{
	return i < p->ev->nargs ? p->ev->args[i] : 0;
}

static inline int32_t linx_reg_int(const struct linx_put *p, unsigned int i)
{
	return (int32_t)linx_reg(p, i);
}

static inline int64_t linx_reg_as(const struct linx_put *p, unsigned int i, const struct linx_ty *ty)
{
	return linx_type_cut(ty, p->abi, linx_reg(p, i));
}

/* Did the call return without an error? Then what it wrote is there; false while it has not returned. */
static inline bool linx_put_ok(const struct linx_put *p)
{
	return p->ev->has_ret && !linx_event_errno(p->ev);
}

/* Marks where the arguments end that are known when the call begins, unless that is marked already. */
static inline void linx_put_known_to(struct linx_put *p, size_t end)
{
	if (p->known_end == SIZE_MAX)
		p->known_end = end;
}

/*
 * Has the call stored what is being written? For arguments of which another one tells that the call stores them:
 * with strace they are not known before the return.
 */
static inline bool linx_put_stored(struct linx_put *p)
{
	linx_put_known_to(p, p->arg_from);
	return linx_put_ok(p);
}

/* Is the result a number as it is, with nothing behind it? And that number: what is no error has no sign. */
static inline bool linx_put_is_plain(const struct linx_put *p)
{
	const struct linx_event *ev = p->ev;

	return linx_put_ok(p) && (!ev->call || ev->call->row->plain_result) && !p->ret_hex && !ev->fds->n &&
	       !p->aux_empty && !(p->aux && p->aux->len);
}

extern const struct linx_ty linx_ty_ulong;
static inline uint64_t linx_put_plain(const struct linx_put *p)
{
	return (uint64_t)linx_type_cut(&linx_ty_ulong, p->abi, (uint64_t)p->ev->ret);
}

/* Only what was known when the call began is wanted: the call has not returned. */
bool linx_put_entering(const struct linx_put *p);

/* The siginfo of a signal event; a signal's name, or number, as text. */
void linx_put_signal_info(struct linx_put *p);
void linx_put_signal_name(struct linx_strbuf *o, unsigned int signo);

/* ---- structure of the output -------------------------------------------------------------- */

void linx_put_open(struct linx_put *p); /* { */
void linx_put_close(struct linx_put *p); /* } */
void linx_put_named(struct linx_put *p, const char *name, size_t len); /* separator, name= */
/* In place: of a name that stands here its length is known. */
static inline void linx_put_name(struct linx_put *p, const char *name)
{
	linx_put_named(p, name, strlen(name));
}
void linx_put_list(struct linx_put *p); /* [ */
/* separator */
static inline void linx_put_item(struct linx_put *p)
{
	if (p->plain)
		p->plain = false;
	else
		linx_strbuf_short(p->o, p->ops->item, p->ops->item_len, sizeof(p->ops->item));
}

void linx_put_list_end(struct linx_put *p); /* ] */
/* Separator and name of a member that has no name in C. */
void linx_put_nameless(struct linx_put *p, const char *name);
/* Separator of numbers in a set: [1 2 3]; and "..." at its end. */
void linx_put_set_item(struct linx_put *p);
void linx_put_set_more(struct linx_put *p);
/* "..." : there is more that is not shown. In JSON a state "truncated" of the list or structure. */
void linx_put_more(struct linx_put *p);
/* The same, with a comment that tells the address of what is missing. */
void linx_put_more_at(struct linx_put *p, uint64_t addr);
/* Address of an element that could not be read; in_list: others are before it, so that text has "..." and a comment. */
void linx_put_lost_at(struct linx_put *p, uint64_t addr, bool in_list);
/* Value before and after the call: A => B. JSON {"before":A,"after":B} */
void linx_put_before(struct linx_put *p);
void linx_put_after(struct linx_put *p);
void linx_put_after_end(struct linx_put *p);
/* " => " in front of what the caller shows of a change. False: the format has both moments in one place. */
bool linx_put_change(struct linx_put *p);
/* Text that data do not have: a comment's inside, an operator. */
static inline void linx_put_text(struct linx_put *p, const char *text)
{
	if (!linx_put_wants(p, LINX_WANT_DATA))
		linx_strbuf_str(p->o, text);
}

void linx_put_comment(struct linx_put *p, const char *text); /* " / * text * /" */
/* Begin and end of a comment that is written in pieces. False: the format has no comments. */
bool linx_put_comment_begin(struct linx_put *p);
void linx_put_comment_end(struct linx_put *p);
/* A comment that explains a number: none where numbers alone are wanted. */
void linx_put_remark(struct linx_put *p, const char *text);
bool linx_put_remark_begin(struct linx_put *p);
/* Text inside is the "text" of JSON's {"value": n, "text": "..."}: makedev(1, 3), QCMD(a, b). */
void linx_put_packed(struct linx_put *p, int64_t n);
void linx_put_packed_end(struct linx_put *p);
/* Text inside is a string of JSON. */
void linx_put_quoted(struct linx_put *p);
void linx_put_quoted_end(struct linx_put *p);
/*
 * Before the expression that stands for n, and after it: text has the number
 * first, and the expression in a comment, where the style says so; JSON has
 * both as linx_put_packed(). fmt of the number: 'd', 'u' or 'x'. False: the number is all.
 */
bool linx_put_expression(struct linx_put *p, int64_t n, char fmt);
void linx_put_expression_end(struct linx_put *p);

/* ---- numbers ------------------------------------------------------------------------------ */

void linx_put_i64(struct linx_put *p, int64_t n);
void linx_put_u64(struct linx_put *p, uint64_t n);
void linx_put_hex(struct linx_put *p, uint64_t n); /* JSON: the number */
void linx_put_octal(struct linx_put *p, uint64_t n); /* at least 0NN */
void linx_put_addr(struct linx_put *p, uint64_t addr); /* NULL; JSON null */
/* fmt: 'd', 'u', 'x', 'o'; data are in base 10. */
void linx_put_number(struct linx_put *p, uint64_t n, char fmt);
/* A number that has a name by itself: AT_FDCWD. fmt of the number: 'd', 'u' or 'x'. */
static inline void linx_put_symbol(struct linx_put *p, int64_t n, char fmt, const char *name)
{
	p->ops->symbol(p, n, fmt, name);
}
/* By the set: flags, or one constant out of many. size: bytes of the number. */
void linx_put_flags(struct linx_put *p, const struct linx_flagset *set, uint64_t n, size_t size);
/*
 * Writes flags as linx_put_flags() does; a number without a name, or one that is asked
 * for, is in base 'd', 'u' or 'x'.
 */
void linx_put_flags_fmt(struct linx_put *p, const struct linx_flagset *set, uint64_t n, size_t size,
			char fmt);
/* Flags of which those without a name are just a number, and none at all are nothing. */
void linx_put_flags_bare(struct linx_put *p, const struct linx_flagset *set, uint64_t n, size_t size);
/* The name if there is one, else the number alone, without "FOO_???". */
void linx_put_known(struct linx_put *p, const struct linx_flagset *set, int64_t n, size_t size,
		    char fmt);

/*
 * A number whose names no program can use: always with the number itself in
 * text, "0x1 / * PIDTYPE_TGID * /".
 */
void linx_put_explained(struct linx_put *p, const struct linx_flagset *set, uint64_t n, size_t size, char fmt);
/* Names of a number as words behind the result: in p->aux, unless numbers are not to be named. */
void linx_put_aux_flags(struct linx_put *p, const struct linx_flagset *set, uint64_t n);
void linx_put_aux_name(struct linx_put *p, const struct linx_flagset *set, uint64_t n);
void linx_put_aux_text(struct linx_put *p, const char *text);

/* A word that is a string of JSON, and has no quotes in text. */
void linx_put_word(struct linx_put *p, const char *word);
/* size bytes for which a word stands, an address of hardware: bytes, or the word, or both, by the style. JSON: the word. */
void linx_put_worded_bytes(struct linx_put *p, const void *data, size_t size, const char *word);

/* ---- strings and bytes -------------------------------------------------------------------- */

/* cut: it goes on. Limited by the style but where all of it is wanted. */
void linx_put_string(struct linx_put *p, const void *s, size_t n, bool cut);
static inline void linx_put_whole_string(struct linx_put *p, const void *s, size_t n, bool cut)
{
	p->ops->string(p, s, n, cut);
}
/* Every byte as \xNN. */
void linx_put_hexbytes(struct linx_put *p, const void *s, size_t n, bool cut);
static inline void linx_put_whole_hexbytes(struct linx_put *p, const void *s, size_t n, bool cut)
{
	p->ops->hexbytes(p, s, n, cut);
}
/* A vector of strings: a list, or a structure with that list and its state. For formats that want states. */
void linx_put_vector(struct linx_put *p, const struct linx_value *v);
/* A captured value with its state. */
static inline void linx_put_value(struct linx_put *p, const struct linx_value *v, bool path)
{
	p->states |= 1u << v->state;
	p->ops->value(p, v, path);
}

/* ---- memory ------------------------------------------------------------------------------- */

/* n bytes at addr, all of them, or NULL. They may be unaligned. */
const uint8_t *linx_put_mem(struct linx_put *p, uint64_t addr, size_t n);
/* Bytes at addr, as many of the n as there are, *n. NULL: none. */
const uint8_t *linx_put_mem_some(struct linx_put *p, uint64_t addr, size_t *n);
/* A number of size bytes; false: not there. */
bool linx_put_mem_int(struct linx_put *p, uint64_t addr, size_t size, bool is_signed, int64_t *n);
/* Bytes at addr as they were when the call began. NULL: not known for sure. */
const uint8_t *linx_put_mem_before(struct linx_put *p, uint64_t addr, size_t n);

/* An address, since what is there is not known. JSON says so where it could not be read. */
void linx_put_unread(struct linx_put *p, uint64_t addr);
/* A value that could not be read although all around it could: "???", JSON null. */
void linx_put_unavailable(struct linx_put *p);
/* Members that tell why a value is not whole, and how long it is; UINT32_MAX: nobody knows. */
void linx_put_state_members(struct linx_put *p, unsigned int state, uint64_t len);
/* Instead of a value: its state, and the address where it should be, 0: not known. For formats that want states. */
void linx_put_state(struct linx_put *p, const struct linx_value *v, uint64_t addr);
/* An address, since v, NULL: nothing, was not captured; or the state of that. */
void linx_put_missing(struct linx_put *p, const struct linx_value *v, uint64_t addr);
/* An address, since the call left what is there as it was. */
void linx_put_unfilled(struct linx_put *p, uint64_t addr);

/* ---- pointers: memory that is not there is shown as its address ------------------------- */

void linx_put_strp(struct linx_put *p, uint64_t addr);
void linx_put_pathp(struct linx_put *p, uint64_t addr);
/* A string of at most max bytes, a NUL not counted, captured as a string or as bytes. */
void linx_put_strn(struct linx_put *p, uint64_t addr, size_t max);
void linx_put_bufp(struct linx_put *p, uint64_t addr, uint64_t len);
/*
 * Buffer of len bytes at addr, of which n are there, at data. JSON says so where that is
 * not all. hex: as linx_put_hexbytes().
 */
void linx_put_there(struct linx_put *p, uint64_t addr, const void *data, size_t n, uint64_t len, bool hex);
/* A structure; a number in brackets. */
void linx_put_ptr(struct linx_put *p, const struct linx_ty *ty, uint64_t addr);
/* Number behind a pointer with the names of a set, flags as [A|B]. */
void linx_put_ptr_named(struct linx_put *p, const struct linx_ty *ty, const struct linx_flagset *set,
			uint64_t addr);
/* size bytes of a structure that carries its size. If the type says how many it has at least, what follows the known members are bytes. */
void linx_put_ptr_sized(struct linx_put *p, const struct linx_ty *ty, uint64_t addr, uint64_t size);
/* count of them: [a, b, ...]; numbers in hexadecimal or as their type says. */
void linx_put_array(struct linx_put *p, const struct linx_ty *ty, uint64_t addr, uint64_t count);
/* The first max of them at most. */
void linx_put_array_max(struct linx_put *p, const struct linx_ty *ty, uint64_t addr, uint64_t count,
			uint64_t max);

/*
 * Bytes from..to-1 of a structure that goes on behind what is known of it, unless
 * they are zero: / * bytes 88..95 * / "\x01..."; JSON "rest". False: nothing.
 */
bool linx_put_rest(struct linx_put *p, uint64_t addr, size_t from, size_t to);

/* ---- types -------------------------------------------------------------------------------- */

/* A number out of memory or a structure at data. set: names of the number, NULL: the type's own. */
void linx_put_typed(struct linx_put *p, const struct linx_ty *ty, const struct linx_flagset *set,
		    const uint8_t *data, size_t size, uint64_t addr);
void linx_put_num(struct linx_put *p, const struct linx_ty *ty, const struct linx_flagset *set,
		  int64_t n);

/* A structure, with its members in order. */
void linx_put_struct(struct linx_put *p, const struct linx_obj *o);
/* All members in the order of the structure, without braces. */
void linx_put_members(struct linx_put *p, const struct linx_obj *o);
/* Members with these names, in that order. NULL ends the list. */
void linx_put_members_of(struct linx_put *p, const struct linx_obj *o, const char *const *names);
void linx_put_member(struct linx_put *p, const struct linx_obj *o, const char *name);
/* In JSON also what the call made of it, if that differs; in text that is for the caller to write. */
void linx_put_member_both(struct linx_put *p, const struct linx_obj *o, const char *name);
/* A member's place; NULL: no such member, or it was not captured. */
const struct linx_type_member *linx_member_find(const struct linx_put *p, const struct linx_obj *o,
					   const char *name, size_t *at);
/* The member that lies there, for the functions of custom members. */
const struct linx_type_member *linx_member_at(const struct linx_put *p, const struct linx_obj *o, size_t at);
/* A number; 0 if it is not there. */
int64_t linx_member_num(const struct linx_put *p, const struct linx_obj *o, const char *name);

#endif
