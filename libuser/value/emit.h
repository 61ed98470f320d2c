/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Writing of values. A decoder names what there is (a structure, its members, flags, an address); this part
 * writes it as text or as JSON. So a decoder is written once, and differences between formats are in
 * value/emit_ops.h.
 *
 *   As text:  {tv_sec=1, tv_nsec=0}      [{fd=0, events=POLLIN}]    O_RDONLY|O_CLOEXEC
 *   As JSON:  {"tv_sec":1,"tv_nsec":0}   [{"fd":0,"events":{...}}]  {"value":524288,"names":[...]}
 *
 * The room value/ writes values of any type as text or JSON, and caches what it wrote. It knows no system call
 * and names no decoder: it calls them through the types of table/type.h.
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

#define LINX_PATH_SHOWN 4095u /* most bytes shown of a path: the longest path there is */

/* Contents shown of a vector of buffers. */
enum linx_iov {
	LINX_IOV_ADDR, /* addresses without contents */
	LINX_IOV_GIVEN, /* contents at entry */
	LINX_IOV_FILLED, /* contents at return */
};

/* Bound of open brackets. The deepest are messages in messages, with four brackets for each of LINX_NL_DEPTH. */
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
	const struct linx_put_ops *ops; /* of the format; inside of linx_put_packed() and linx_put_quoted() those of text */
	unsigned int abi; /* layout of structures */
	uint8_t wants; /* ops->wants */
	bool bare; /* text: arguments have no names, and all arguments of the call are known */
	bool brief; /* structures are abbreviated (strace without -v); never in JSON */
	bool plain; /* no separator before the next member or element */
	/*
	 * strace: end of the arguments that are known when the call begins; SIZE_MAX: all are. Unused in other
	 * formats.
	 */
	size_t known_end;
	/* All further members are zero at the beginning. */
	struct linx_strbuf *aux; /* text: remarks behind the result, " (Timeout)"; NULL: not wanted */
	struct linx_put_span *span; /* NULL: not wanted. With it arguments have names */
	bool late; /* memory is read as the call left it */
	bool fixed; /* the argument's type was set explicitly */
	bool ret_hex; /* text: the result in base 16 */
	bool aux_empty; /* aux gets " ()" too, even without words */
	uint8_t iov; /* enum linx_iov; linx_put_iov() */
	unsigned int arg; /* argument that is being written */
	size_t arg_from; /* begin of that argument, with its separator */
	unsigned int states; /* 1 << enum linx_state of the shown values */
	unsigned int depth, rest_depth; /* open brackets */
	uint64_t lists[LINX_PUT_DEPTH / 64]; /* a bit for each open bracket: 1 a list, 0 a structure */
	uint64_t iov_bytes; /* bytes of the vector that are still to be shown */
	/* Members beyond the known ones of a structure that carries its size; linx_put_ptr_sized() */
	uint64_t rest_addr; /* address of the structure */
	uint64_t rest_from, rest_size; /* 0: nothing */
};

/* Layout of the event's structures. An ABI of another machine has the layout of this machine's first ABI. */
static inline unsigned int linx_put_abi(const struct linx_event *ev)
{
	unsigned int abi;

	if (ev->call)
		return ev->call->layout;
	abi = linx_table_abi(ev->table, ev->abi);
	return ev->abi < LINX_ABI_NR && abi < LINX_LAYOUTS ? abi : linx_table_abi(ev->table, 0);
}

/*
 * Begins writing. It sets *p member by member, since a copy of the whole would wait for the small stores.
 * wants: those of ops.
 */
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

/* Make a writer of values into a string buffer: of readable text; of JSON. */
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

/* True if the format wants any of these. */
static inline bool linx_put_wants(const struct linx_put *p, unsigned int wants)
{
	return p->wants & wants;
}

/* True if names and expressions may stand for a number. */
static inline bool linx_put_abbreviates(const struct linx_put *p)
{
	return !linx_put_wants(p, LINX_WANT_DATA) && p->st->xlat == LINX_XLAT_ABBREV;
}

/* True if the number itself, or its bytes, comes first: names are in a comment, or not shown. */
static inline bool linx_put_spells_numbers(const struct linx_put *p)
{
	return !linx_put_wants(p, LINX_WANT_DATA) && p->st->xlat != LINX_XLAT_ABBREV;
}

/* True if only the number is shown. */
static inline bool linx_put_numbers_alone(const struct linx_put *p)
{
	return !linx_put_wants(p, LINX_WANT_DATA) && p->st->xlat == LINX_XLAT_RAW;
}

/* ---- a call's arguments (decoders/args.c) -------------------------------------------------------- */

/* Writes all arguments, in the call's own way; text without the parentheses, JSON without the braces. */
void linx_put_args(struct linx_put *p);
/*
 * Writes the value of one argument, as linx_put_args() does in a style with names. Nothing if there is no such
 * argument.
 */
void linx_put_arg_alone(struct linx_put *p, unsigned int i);
/* Writes the arguments of a raced event, with the values that the kernel used, or the values at return. */
void linx_put_raced(struct linx_put *p);
/* Writes the result of a call that returned, and the remarks in p->aux. Text alone. */
void linx_put_result(struct linx_put *p);
/* Writes one argument, with its separator or JSON name. A hidden one is null in JSON and nothing in text. */
void linx_put_arg(struct linx_put *p, unsigned int i);
/* Writes an argument as linx_put_arg() does, as if it had the type ty. */
void linx_put_arg_as(struct linx_put *p, unsigned int i, const struct linx_ty *ty);
/*
 * Writes a structure that the call reads and writes. Readable text has only the one that it left, or only the
 * one that it found. JSON has both.
 */
void linx_put_arg_late(struct linx_put *p, unsigned int i);
void linx_put_arg_early(struct linx_put *p, unsigned int i);
/* Begins an argument without its decoder: separator, JSON name. False: the argument is not known ("?" was written). */
bool linx_put_argname(struct linx_put *p, unsigned int i);
/* Writes an argument that the kernel ignores. */
void linx_put_hidden(struct linx_put *p, unsigned int i);
/* Writes a label in text alone: "flags=" of clone. */
void linx_put_label(struct linx_put *p, const char *label);

/* The argument's register; cut to 32 bits and sign-extended; cut as the type says. 0 if there is no such argument. */
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

/* True if the call returned without an error, so that its output is known; false while it has not returned. */
static inline bool linx_put_ok(const struct linx_put *p)
{
	return p->ev->has_ret && !linx_event_errno(p->ev);
}

/* Marks the end of the arguments that are known when the call begins, unless that is marked already. */
static inline void linx_put_known_to(struct linx_put *p, size_t end)
{
	if (p->known_end == SIZE_MAX)
		p->known_end = end;
}

/*
 * True if the call has stored the argument that is being written. For arguments that the call stores depending
 * on another one: strace does not show them before the return.
 */
static inline bool linx_put_stored(struct linx_put *p)
{
	linx_put_known_to(p, p->arg_from);
	return linx_put_ok(p);
}

/*
 * linx_put_is_plain(): true if the result is a plain number with nothing behind it. The other function returns
 * that number: a result that is no error has no sign.
 */
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

/* True if the call has not returned, so that only arguments known at entry are wanted. */
bool linx_put_entering(const struct linx_put *p);

/* Write the siginfo of a signal event; a signal's name, or number, as text. */
void linx_put_signal_info(struct linx_put *p);
void linx_put_signal_name(struct linx_strbuf *o, unsigned int signo);

/* ---- structure of the output -------------------------------------------------------------- */

void linx_put_open(struct linx_put *p); /* { */
void linx_put_close(struct linx_put *p); /* } */
void linx_put_named(struct linx_put *p, const char *name, size_t len); /* separator, name= */
/* Inline: a name that is a literal has a known length. */
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
/* Writes separator and name of a member that has no name in C. */
void linx_put_nameless(struct linx_put *p, const char *name);
/* Writes the separator of numbers in a set, [1 2 3]; and "..." at its end. */
void linx_put_set_item(struct linx_put *p);
void linx_put_set_more(struct linx_put *p);
/* Writes "...": there is more that is not shown. In JSON a state "truncated" of the list or structure. */
void linx_put_more(struct linx_put *p);
/* Writes "..." with a comment that has the address of the missing part. */
void linx_put_more_at(struct linx_put *p, uint64_t addr);
/*
 * Writes the address of an element that could not be read. in_list: other elements are before it, so text has
 * "..." and a comment.
 */
void linx_put_lost_at(struct linx_put *p, uint64_t addr, bool in_list);
/* Begin the value before the call, and the one after it: A => B. JSON {"before":A,"after":B} */
void linx_put_before(struct linx_put *p);
void linx_put_after(struct linx_put *p);
void linx_put_after_end(struct linx_put *p);
/* Writes " => " in front of a changed value. False: the format has both moments in one place. */
bool linx_put_change(struct linx_put *p);
/* Writes text that only formats for people have: the inside of a comment, an operator. */
static inline void linx_put_text(struct linx_put *p, const char *text)
{
	if (!linx_put_wants(p, LINX_WANT_DATA))
		linx_strbuf_str(p->o, text);
}

void linx_put_comment(struct linx_put *p, const char *text); /* " / * text * /" */
/* Begin and end a comment that is written in pieces. False: the format has no comments. */
bool linx_put_comment_begin(struct linx_put *p);
void linx_put_comment_end(struct linx_put *p);
/* Writes a comment that explains a number; nothing where numbers alone are wanted. */
void linx_put_remark(struct linx_put *p, const char *text);
bool linx_put_remark_begin(struct linx_put *p);
/* Begin and end text that is the "text" of JSON's {"value": n, "text": "..."}: makedev(1, 3), QCMD(a, b). */
void linx_put_packed(struct linx_put *p, int64_t n);
void linx_put_packed_end(struct linx_put *p);
/* Begin and end text that is a string of JSON. */
void linx_put_quoted(struct linx_put *p);
void linx_put_quoted_end(struct linx_put *p);
/*
 * Begin and end an expression that stands for n. Text has the number first, and the expression in a comment,
 * where the style says so; JSON has both as linx_put_packed(). fmt of the number: 'd', 'u' or 'x'. False: only
 * the number is shown.
 */
bool linx_put_expression(struct linx_put *p, int64_t n, char fmt);
void linx_put_expression_end(struct linx_put *p);

/* ---- numbers ------------------------------------------------------------------------------ */

void linx_put_i64(struct linx_put *p, int64_t n);
void linx_put_u64(struct linx_put *p, uint64_t n);
void linx_put_hex(struct linx_put *p, uint64_t n); /* JSON: the number */
void linx_put_octal(struct linx_put *p, uint64_t n); /* at least 0NN */
void linx_put_addr(struct linx_put *p, uint64_t addr); /* NULL; JSON null */
/* Writes a number. fmt: 'd', 'u', 'x', 'o'; formats for programs use base 10. */
void linx_put_number(struct linx_put *p, uint64_t n, char fmt);
/* Writes a number that has a name of its own: AT_FDCWD. fmt of the number: 'd', 'u' or 'x'. */
static inline void linx_put_symbol(struct linx_put *p, int64_t n, char fmt, const char *name)
{
	p->ops->symbol(p, n, fmt, name);
}
/* Write a number by the set: flags, or one constant out of many. size: bytes of the number. */
void linx_put_flags(struct linx_put *p, const struct linx_flagset *set, uint64_t n, size_t size);
/*
 * Writes flags as linx_put_flags() does. A number without a name, or where numbers are wanted, is in base 'd',
 * 'u' or 'x'.
 */
void linx_put_flags_fmt(struct linx_put *p, const struct linx_flagset *set, uint64_t n, size_t size,
			char fmt);
/* Writes flags without remarks: unnamed bits are a number, and an empty set is nothing. */
void linx_put_flags_bare(struct linx_put *p, const struct linx_flagset *set, uint64_t n, size_t size);
/* Writes the name if there is one, else the number alone, without "FOO_???". */
void linx_put_known(struct linx_put *p, const struct linx_flagset *set, int64_t n, size_t size,
		    char fmt);

/* Writes a number whose names are the kernel's own. Text always has the number itself, "0x1 / * PIDTYPE_TGID * /". */
void linx_put_explained(struct linx_put *p, const struct linx_flagset *set, uint64_t n, size_t size, char fmt);
/* Adds the names of a number to p->aux, as words behind the result, unless numbers are not to be named. */
void linx_put_aux_flags(struct linx_put *p, const struct linx_flagset *set, uint64_t n);
void linx_put_aux_name(struct linx_put *p, const struct linx_flagset *set, uint64_t n);
void linx_put_aux_text(struct linx_put *p, const char *text);

/* Writes a word that is a string of JSON, and has no quotes in text. */
void linx_put_word(struct linx_put *p, const char *word);
/*
 * Writes size bytes that have a word, such as an address of hardware: bytes, or the word, or both, by the
 * style. JSON: the word.
 */
void linx_put_worded_bytes(struct linx_put *p, const void *data, size_t size, const char *word);

/* ---- strings and bytes -------------------------------------------------------------------- */

/* Write a string. cut: it is longer. Limited by the style; linx_put_whole_string() has no limit. */
void linx_put_string(struct linx_put *p, const void *s, size_t n, bool cut);
static inline void linx_put_whole_string(struct linx_put *p, const void *s, size_t n, bool cut)
{
	p->ops->string(p, s, n, cut);
}
/* Writes every byte as \xNN. */
void linx_put_hexbytes(struct linx_put *p, const void *s, size_t n, bool cut);
static inline void linx_put_whole_hexbytes(struct linx_put *p, const void *s, size_t n, bool cut)
{
	p->ops->hexbytes(p, s, n, cut);
}
/* Writes a vector of strings: a list, or a structure with that list and its state. For formats that want states. */
void linx_put_vector(struct linx_put *p, const struct linx_value *v);
/* Writes a captured value with its state. */
static inline void linx_put_value(struct linx_put *p, const struct linx_value *v, bool path)
{
	p->states |= 1u << v->state;
	p->ops->value(p, v, path);
}

/* ---- memory ------------------------------------------------------------------------------- */

/* Gets n bytes at addr, all of them, or NULL. They may be unaligned. */
const uint8_t *linx_put_mem(struct linx_put *p, uint64_t addr, size_t n);
/* Gets bytes at addr, at most n; sets *n to their number. NULL: none. */
const uint8_t *linx_put_mem_some(struct linx_put *p, uint64_t addr, size_t *n);
/* Reads a number of size bytes; false: not captured. */
bool linx_put_mem_int(struct linx_put *p, uint64_t addr, size_t size, bool is_signed, int64_t *n);
/* Gets bytes at addr as they were when the call began. NULL: not certain. */
const uint8_t *linx_put_mem_before(struct linx_put *p, uint64_t addr, size_t n);

/* Writes an address, since the memory there is not known. JSON states where it could not be read. */
void linx_put_unread(struct linx_put *p, uint64_t addr);
/* Writes a value that could not be read although all around it could: "???", JSON null. */
void linx_put_unavailable(struct linx_put *p);
/* Writes members with the reason why a value is not whole, and its length; UINT32_MAX: not known. */
void linx_put_state_members(struct linx_put *p, unsigned int state, uint64_t len);
/*
 * Writes a state instead of a value, and the address where the value should be, 0: not known. For formats that
 * want states.
 */
void linx_put_state(struct linx_put *p, const struct linx_value *v, uint64_t addr);
/* Writes an address instead of v, which was not captured (NULL: nothing was); or the state of v. */
void linx_put_missing(struct linx_put *p, const struct linx_value *v, uint64_t addr);
/* Writes an address, since the call left the memory there unchanged. */
void linx_put_unfilled(struct linx_put *p, uint64_t addr);

/* ---- pointers: memory that is not there is shown as its address ------------------------- */

void linx_put_strp(struct linx_put *p, uint64_t addr);
void linx_put_pathp(struct linx_put *p, uint64_t addr);
/* Writes a string of at most max bytes without the NUL, captured as a string or as bytes. */
void linx_put_strn(struct linx_put *p, uint64_t addr, size_t max);
void linx_put_bufp(struct linx_put *p, uint64_t addr, uint64_t len);
/*
 * Writes a buffer of len bytes at addr, of which n are known, at data. JSON marks an incomplete one. hex: as
 * linx_put_hexbytes().
 */
void linx_put_there(struct linx_put *p, uint64_t addr, const void *data, size_t n, uint64_t len, bool hex);
/* Write the target of a pointer: a structure; a number in brackets. */
void linx_put_ptr(struct linx_put *p, const struct linx_ty *ty, uint64_t addr);
/* Writes a number behind a pointer with the names of a set, flags as [A|B]. */
void linx_put_ptr_named(struct linx_put *p, const struct linx_ty *ty, const struct linx_flagset *set,
			uint64_t addr);
/*
 * Writes size bytes of a structure that carries its size. If the type has a least size, the bytes behind the
 * known members are shown as bytes.
 */
void linx_put_ptr_sized(struct linx_put *p, const struct linx_ty *ty, uint64_t addr, uint64_t size);
/* Write count elements: [a, b, ...]; numbers in hexadecimal or as their type says. */
void linx_put_array(struct linx_put *p, const struct linx_ty *ty, uint64_t addr, uint64_t count);
/* Writes at most the first max of count elements. */
void linx_put_array_max(struct linx_put *p, const struct linx_ty *ty, uint64_t addr, uint64_t count,
			uint64_t max);

/*
 * Writes bytes from..to-1 of a structure, behind its known members, unless they are zero: / * bytes 88..95 * /
 * "\x01..."; JSON "rest". False: nothing was written.
 */
bool linx_put_rest(struct linx_put *p, uint64_t addr, size_t from, size_t to);

/* ---- types -------------------------------------------------------------------------------- */

/* Writes a number from memory, or a structure, at data. set: names of the number, NULL: the type's own. */
void linx_put_typed(struct linx_put *p, const struct linx_ty *ty, const struct linx_flagset *set,
		    const uint8_t *data, size_t size, uint64_t addr);
void linx_put_num(struct linx_put *p, const struct linx_ty *ty, const struct linx_flagset *set,
		  int64_t n);

/* Writes a structure, with its members in order. */
void linx_put_struct(struct linx_put *p, const struct linx_obj *o);
/* Writes all members in the order of the structure, without braces. */
void linx_put_members(struct linx_put *p, const struct linx_obj *o);
/* Writes the members with these names, in that order. NULL ends the list. */
void linx_put_members_of(struct linx_put *p, const struct linx_obj *o, const char *const *names);
void linx_put_member(struct linx_put *p, const struct linx_obj *o, const char *name);
/* Writes a member. JSON also has the value after the call, if that differs; in text the caller writes that. */
void linx_put_member_both(struct linx_put *p, const struct linx_obj *o, const char *name);
/* Finds a member and its place; NULL: no such member, or it was not captured. */
const struct linx_type_member *linx_member_find(const struct linx_put *p, const struct linx_obj *o,
					   const char *name, size_t *at);
/* Finds the member at a place, for the functions of custom members. */
const struct linx_type_member *linx_member_at(const struct linx_put *p, const struct linx_obj *o, size_t at);
/* Reads a member that is a number; 0 if it was not captured. */
int64_t linx_member_num(const struct linx_put *p, const struct linx_obj *o, const char *name);

#endif
