/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Writes values. A decoder calls the functions here with its value (a structure, its members, flags, an address), and
 * they write the value as text or as JSON. So a decoder is written once; the differences between formats are in
 * value/emit_ops.h.
 *
 *     As text:  {tv_sec=1, tv_nsec=0}      [{fd=0, events=POLLIN}]    O_RDONLY|O_CLOEXEC
 *     As JSON:  {"tv_sec":1,"tv_nsec":0}   [{"fd":0,"events":{...}}]  {"value":524288,"names":[...]}
 *
 * The room (source folder) value/ writes values of any type as text or JSON, and caches the texts. It knows no system
 * call and names no decoder: it calls the decoders through the types of table/type.h.
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

#define LINX_PATH_SHOWN 4095u /* limit of the bytes shown of a path: PATH_MAX without the NUL */

/* Ways in which the buffers of an iovec are shown. */
enum linx_iov {
	LINX_IOV_ADDR, /* only their addresses */
	LINX_IOV_GIVEN, /* the buffers with their contents when the call began */
	LINX_IOV_FILLED, /* the buffers with their contents when the call returned */
};

/*
 * Limit of the brackets that are open at the same time. The deepest nesting is netlink messages in netlink messages,
 * with four brackets for each of LINX_NL_DEPTH levels.
 */
#define LINX_PUT_DEPTH 128u

/* Place of one argument's value in the text of all arguments. */
struct linx_put_span {
	unsigned int arg;
	/* found: the argument was written; open: everything that is written now belongs to its value */
	bool found, open;
	/* offsets in the string buffer of the value's first byte, and of the byte after its last one */
	size_t from, to;
};

struct linx_put {
	struct linx_strbuf *o;
	const struct linx_style *st;
	const struct linx_event *ev;
	const struct linx_put_ops *format;
	/*
	 * the operations in use: "format", or the operations of text between linx_put_packed() or linx_put_quoted() and
	 * its end
	 */
	const struct linx_put_ops *ops;
	unsigned int abi; /* index, among the ABIs of all machines, of the ABI whose layout the structures have */
	uint8_t wants; /* copy of ops->wants */
	bool bare; /* in text: arguments are written without names, and all arguments are known */
	bool brief; /* structures are abbreviated, as by strace without -v; never in JSON */
	bool plain; /* nothing is before the next member or element, so no separator is written */
	/*
	 * strace: offset in the text at which the arguments end that are known when the call begins; SIZE_MAX: all
	 * arguments so far are known then. Unused in other formats.
	 */
	size_t known_end;
	/* linx_put_begin() sets this member and all that follow to zero. */
	/* text: receives the remarks after the result, such as " (Timeout)"; NULL: no remarks are wanted */
	struct linx_strbuf *aux;
	/* receives the place of one argument's value; NULL: not wanted. If it is set, arguments have names */
	struct linx_put_span *span;
	bool late; /* memory is shown as it was at the call's return; false: as it was at its entry */
	bool fixed; /* unused */
	bool ret_hex; /* text: the result is written in base 16 */
	bool aux_empty; /* text: " ()" is written after the result even if aux stays empty */
	uint8_t iov; /* enum linx_iov: how linx_put_iov() shows buffers */
	unsigned int arg; /* index of the argument that is being written */
	size_t arg_from; /* offset in the text at which argument "arg" begins, with its separator */
	unsigned int states; /* 1 << enum linx_state, for each state that a shown value has */
	/* depth: number of open brackets; rest_depth: the value of "depth" inside the structure at rest_addr */
	unsigned int depth, rest_depth;
	uint64_t lists[LINX_PUT_DEPTH / 64]; /* a bit for each open bracket: 1 for a list, 0 for a structure */
	uint64_t iov_bytes; /* number of bytes of the iovec that may still be shown */
	/*
	 * The bytes beyond the known members of a structure that has its size as a member, set by linx_put_ptr_sized():
	 */
	uint64_t rest_addr; /* address of the structure in the program's memory */
	/* offset of these bytes, and offset of their end; size 0: there are no such bytes */
	uint64_t rest_from, rest_size;
};

/*
 * Returns the layout of the event's structures. An ABI of another machine than the table's has the layout of
 * the table's first ABI.
 */
static inline unsigned int linx_put_abi(const struct linx_event *ev)
{
	unsigned int abi;

	if (ev->call)
		return ev->call->layout;
	abi = linx_table_abi(ev->table, ev->abi);
	return ev->abi < LINX_ABI_NR && abi < LINX_LAYOUTS ? abi : linx_table_abi(ev->table, 0);
}

/*
 * Begins to write values of an event. Sets *p member by member, since copying a whole structure would stall until the
 * stores of its members are done. wants: ops->wants, passed separately so that it is a constant in the caller.
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

/*
 * Sets up a struct linx_put that writes values to a string buffer: linx_put_readable() as text, linx_put_json() as
 * JSON.
 */
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

/* True if the format wants at least one of these LINX_WANT_* bits. */
static inline bool linx_put_wants(const struct linx_put *p, unsigned int wants)
{
	return p->wants & wants;
}

/* True if names and expressions are written instead of a number. */
static inline bool linx_put_abbreviates(const struct linx_put *p)
{
	return !linx_put_wants(p, LINX_WANT_DATA) && p->st->xlat == LINX_XLAT_ABBREV;
}

/* True if the number itself, or its bytes, is written first: its names follow in a comment, or are not shown. */
static inline bool linx_put_spells_numbers(const struct linx_put *p)
{
	return !linx_put_wants(p, LINX_WANT_DATA) && p->st->xlat != LINX_XLAT_ABBREV;
}

/* True if numbers are written without any names. */
static inline bool linx_put_numbers_alone(const struct linx_put *p)
{
	return !linx_put_wants(p, LINX_WANT_DATA) && p->st->xlat == LINX_XLAT_RAW;
}

/* ---- a call's arguments (decoders/args.c) -------------------------------------------------------- */

/* Writes all arguments, each by its decoder; in text without the parentheses, in JSON without the braces. */
void linx_put_args(struct linx_put *p);
/*
 * Writes the value of one argument, as linx_put_args() does in a style with names of arguments. Writes nothing
 * if the call has no such argument.
 */
void linx_put_arg_alone(struct linx_put *p, unsigned int i);
/*
 * Writes the arguments whose memory changed during the call (LINX_EVENT_RACED): with the values that the kernel used if
 * these were captured, else with the values at the return.
 */
void linx_put_raced(struct linx_put *p);
/* Writes the result of a call that returned, followed by the remarks in p->aux. For text only. */
void linx_put_result(struct linx_put *p);
/*
 * Writes one argument, with its separator or JSON name. An argument that the kernel ignores is null in JSON,
 * and is left out in text.
 */
void linx_put_arg(struct linx_put *p, unsigned int i);
/* Writes an argument like linx_put_arg(), but as a value of the type ty. */
void linx_put_arg_as(struct linx_put *p, unsigned int i, const struct linx_ty *ty);
/*
 * Writes an argument that points to a structure which the call reads and writes. Text shows it once:
 * linx_put_arg_late() as it was after the call, linx_put_arg_early() as it was before. JSON shows both.
 */
void linx_put_arg_late(struct linx_put *p, unsigned int i);
void linx_put_arg_early(struct linx_put *p, unsigned int i);
/*
 * Writes the separator and the JSON name of an argument, before its value. Returns false if the value is not known. "?"
 * was then written instead of the value.
 */
bool linx_put_argname(struct linx_put *p, unsigned int i);
/* Writes an argument that the kernel ignores: nothing, null, or its register, as the format wants. */
void linx_put_hidden(struct linx_put *p, unsigned int i);
/* Writes a label such as the "flags=" of clone(2); in text only. */
void linx_put_label(struct linx_put *p, const char *label);

/*
 * linx_reg() returns the argument's register. linx_reg_int() returns its low 32 bits as a signed number. linx_reg_as()
 * returns as many of its bits as the type has, extended as the type requires. All return 0 if there is no such
 * argument.
 */
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

/* True if the call has returned without an error. Its output is known then. */
static inline bool linx_put_ok(const struct linx_put *p)
{
	return p->ev->has_ret && !linx_event_errno(p->ev);
}

/* Marks the end of the arguments that are known when the call begins. Only the first mark counts. */
static inline void linx_put_known_to(struct linx_put *p, size_t end)
{
	if (p->known_end == SIZE_MAX)
		p->known_end = end;
}

/*
 * True if the call has stored the argument that is being written. For arguments which the call either stores or reads,
 * depending on another argument. strace does not show such an argument before the return, so this function marks it as
 * not known at entry.
 */
static inline bool linx_put_stored(struct linx_put *p)
{
	linx_put_known_to(p, p->arg_from);
	return linx_put_ok(p);
}

/*
 * linx_put_is_plain() is true if the result is a plain number without text after it. linx_put_plain() returns this
 * number. It is not an error, so it is taken as unsigned.
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

/* True if the call has not returned. Only the arguments that are known at entry are wanted then. */
bool linx_put_entering(const struct linx_put *p);

/*
 * linx_put_signal_info() writes the siginfo of a signal event. linx_put_signal_name() writes the name of a
 * signal, or its number if it has no name, as text.
 */
void linx_put_signal_info(struct linx_put *p);
void linx_put_signal_name(struct linx_strbuf *o, unsigned int signo);

/* ---- structures, lists and comments ------------------------------------------------------- */

void linx_put_open(struct linx_put *p); /* begins a structure: { */
void linx_put_close(struct linx_put *p); /* ends a structure: } */
void linx_put_named(struct linx_put *p, const char *name, size_t len); /* writes the separator, then name= or "name": */
/* Like linx_put_named(). Inline, so that the length of a literal is a constant. */
static inline void linx_put_name(struct linx_put *p, const char *name)
{
	linx_put_named(p, name, strlen(name));
}
void linx_put_list(struct linx_put *p); /* begins a list: [ */
/* Writes the separator before an element of a list, unless it is the first. */
static inline void linx_put_item(struct linx_put *p)
{
	if (p->plain)
		p->plain = false;
	else
		linx_strbuf_short(p->o, p->ops->item, p->ops->item_len, sizeof(p->ops->item));
}

void linx_put_list_end(struct linx_put *p); /* ends a list: ] */
/* Writes the separator of a member that has no name in C; in JSON, also writes "name". */
void linx_put_nameless(struct linx_put *p, const char *name);
/*
 * linx_put_set_item() writes the separator before a number in a set, [1 2 3]; linx_put_set_more() writes "..."
 * at the end of the set.
 */
void linx_put_set_item(struct linx_put *p);
void linx_put_set_more(struct linx_put *p);
/*
 * Writes "..." where part of a list or structure is not shown. In JSON the list or structure gets the state
 * "truncated" instead.
 */
void linx_put_more(struct linx_put *p);
/* Writes "..." like linx_put_more(), with the address of the part that is not shown in a comment. */
void linx_put_more_at(struct linx_put *p, uint64_t addr);
/*
 * Writes the address of an element that could not be read. in_list: elements were written before it, so text shows the
 * address in a comment after "..."
 */
void linx_put_lost_at(struct linx_put *p, uint64_t addr, bool in_list);
/*
 * Write the text around two values of a member, A before and B after the call: linx_put_before() before A,
 * linx_put_after() between A and B, linx_put_after_end() after B. Text: A => B. JSON: {"before":A,"after":B}
 */
void linx_put_before(struct linx_put *p);
void linx_put_after(struct linx_put *p);
void linx_put_after_end(struct linx_put *p);
/*
 * Writes " => " before the value that the call stored. Returns false if the format shows the values before and
 * after the call together, by itself.
 */
bool linx_put_change(struct linx_put *p);
/* Writes text that JSON does not have, such as the inside of a comment, or an operator. */
static inline void linx_put_text(struct linx_put *p, const char *text)
{
	if (!linx_put_wants(p, LINX_WANT_DATA))
		linx_strbuf_str(p->o, text);
}

void linx_put_comment(struct linx_put *p, const char *text); /* writes " / * text * /", where the format has comments */
/*
 * Write the beginning and the end of a comment, whose text the caller writes. linx_put_comment_begin() returns false if
 * the format has no comments.
 */
bool linx_put_comment_begin(struct linx_put *p);
void linx_put_comment_end(struct linx_put *p);
/*
 * linx_put_remark() writes a comment that explains a number, linx_put_remark_begin() begins one. They write nothing if
 * the user wants numbers only (-X raw).
 */
void linx_put_remark(struct linx_put *p, const char *text);
bool linx_put_remark_begin(struct linx_put *p);
/*
 * Begin and end text that explains the number n, such as makedev(1, 3) or QCMD(a, b). In JSON the text is the member
 * "text" of {"value": n, "text": "..."}.
 */
void linx_put_packed(struct linx_put *p, int64_t n);
void linx_put_packed_end(struct linx_put *p);
/* Begin and end text that is a string in JSON. */
void linx_put_quoted(struct linx_put *p);
void linx_put_quoted_end(struct linx_put *p);
/*
 * Begin and end an expression that stands for n. Depending on the style, text has the expression, n with the expression
 * in a comment, or n alone. JSON has n and the expression, as with linx_put_packed(). fmt: base of n, 'd', 'u' or 'x'.
 * False: only the number is shown, and the caller must not write the expression.
 */
bool linx_put_expression(struct linx_put *p, int64_t n, char fmt);
void linx_put_expression_end(struct linx_put *p);

/* ---- numbers ------------------------------------------------------------------------------ */

void linx_put_i64(struct linx_put *p, int64_t n);
void linx_put_u64(struct linx_put *p, uint64_t n);
void linx_put_hex(struct linx_put *p, uint64_t n); /* writes n in base 16; in JSON and log lines in base 10 */
/* writes n in base 8 with at least two digits, 0NN; in JSON and log lines in base 10 */
void linx_put_octal(struct linx_put *p, uint64_t n);
void linx_put_addr(struct linx_put *p, uint64_t addr); /* writes an address; NULL for 0, null in JSON */
/* Writes a number. fmt is its base, 'd' (signed), 'u', 'x' or 'o'; JSON and log lines always use base 10. */
void linx_put_number(struct linx_put *p, uint64_t n, char fmt);
/* Writes a number that has one name, such as AT_FDCWD: the name, the number in base fmt ('d', 'u' or 'x') or both. */
static inline void linx_put_symbol(struct linx_put *p, int64_t n, char fmt, const char *name)
{
	p->ops->symbol(p, n, fmt, name);
}
/*
 * Writes a number with the names of a set: as flags, or as one of several constants. size: bytes of the number.
 */
void linx_put_flags(struct linx_put *p, const struct linx_flagset *set, uint64_t n, size_t size);
/*
 * Writes a number like linx_put_flags(). fmt: base, 'd', 'u' or 'x', of a number that has no name, or that the style
 * wants as a number.
 */
void linx_put_flags_fmt(struct linx_put *p, const struct linx_flagset *set, uint64_t n, size_t size,
			char fmt);
/*
 * Writes flags without the comment "FOO_???". Bits without a name are written as a plain number, and for 0 nothing is
 * written.
 */
void linx_put_flags_bare(struct linx_put *p, const struct linx_flagset *set, uint64_t n, size_t size);
/* Writes the name of a constant, or the number alone if it has no name, without the comment "FOO_???". */
void linx_put_known(struct linx_put *p, const struct linx_flagset *set, int64_t n, size_t size,
		    char fmt);

/*
 * Writes a number whose names are kernel-internal and not used by programs. Text always shows the number too: "0x1 / *
 * PIDTYPE_TGID * /".
 */
void linx_put_explained(struct linx_put *p, const struct linx_flagset *set, uint64_t n, size_t size, char fmt);
/*
 * Add text to p->aux, the remarks after the result: names of flags, the name of a constant, or any text. Names are left
 * out if the user wants numbers only (-X raw).
 */
void linx_put_aux_flags(struct linx_put *p, const struct linx_flagset *set, uint64_t n);
void linx_put_aux_name(struct linx_put *p, const struct linx_flagset *set, uint64_t n);
void linx_put_aux_text(struct linx_put *p, const char *text);

/* Writes a word: a string in JSON, without quotes in text. */
void linx_put_word(struct linx_put *p, const char *word);
/*
 * Writes size bytes that have a word, such as a hardware address: the bytes, the word, or both, depending on the style.
 * JSON has the word.
 */
void linx_put_worded_bytes(struct linx_put *p, const void *data, size_t size, const char *word);

/* ---- strings and bytes -------------------------------------------------------------------- */

/*
 * Writes a string of n bytes. cut: the program's string is longer. linx_put_string() shows no more bytes than the
 * style's limit, linx_put_whole_string() shows all bytes.
 */
void linx_put_string(struct linx_put *p, const void *s, size_t n, bool cut);
static inline void linx_put_whole_string(struct linx_put *p, const void *s, size_t n, bool cut)
{
	p->ops->string(p, s, n, cut);
}
/* Write n bytes as a string in which every byte is \xNN. linx_put_whole_hexbytes() ignores the style's limit. */
void linx_put_hexbytes(struct linx_put *p, const void *s, size_t n, bool cut);
static inline void linx_put_whole_hexbytes(struct linx_put *p, const void *s, size_t n, bool cut)
{
	p->ops->hexbytes(p, s, n, cut);
}
/*
 * Writes an array of strings (argv, envp): a list, or if the list is not whole, a structure with the list and its
 * state. Only for formats that want states.
 */
void linx_put_vector(struct linx_put *p, const struct linx_value *v);
/*
 * Writes a captured value, with its state if the format wants states. path: the value is not cut at the style's limit
 */
static inline void linx_put_value(struct linx_put *p, const struct linx_value *v, bool path)
{
	p->states |= 1u << v->state;
	p->ops->value(p, v, path);
}

/* ---- captured memory ---------------------------------------------------------------------- */

/* Returns the n captured bytes at addr, which may be unaligned; NULL: not all of them were captured. */
const uint8_t *linx_put_mem(struct linx_put *p, uint64_t addr, size_t n);
/* Returns the captured bytes at addr, at most *n, and sets *n to their number. NULL: no bytes were captured. */
const uint8_t *linx_put_mem_some(struct linx_put *p, uint64_t addr, size_t *n);
/* Reads a number of size bytes from captured memory. Returns false if it was not captured. */
bool linx_put_mem_int(struct linx_put *p, uint64_t addr, size_t size, bool is_signed, int64_t *n);
/* Returns the n bytes at addr as they were when the call began. NULL: they were not captured then. */
const uint8_t *linx_put_mem_before(struct linx_put *p, uint64_t addr, size_t n);

/*
 * Writes an address, because the memory there is not known. JSON adds the state if the kernel could not read
 * it.
 */
void linx_put_unread(struct linx_put *p, uint64_t addr);
/* Writes "???", in JSON null, for a value that could not be read although the values around it could be read. */
void linx_put_unavailable(struct linx_put *p);
/*
 * Writes the members "state" and "len" of a value that is not whole. len: its full length; UINT32_MAX: not
 * known.
 */
void linx_put_state_members(struct linx_put *p, unsigned int state, uint64_t len);
/*
 * Writes a state instead of a value, with the address where the value would be; addr 0: not known. Only for
 * formats that want states.
 */
void linx_put_state(struct linx_put *p, const struct linx_value *v, uint64_t addr);
/*
 * Writes the address of a value that could not be captured, or its state if the format wants states. v: the value;
 * NULL: nothing was captured
 */
void linx_put_missing(struct linx_put *p, const struct linx_value *v, uint64_t addr);
/* Writes the address of memory that the call should have written but did not write. */
void linx_put_unfilled(struct linx_put *p, uint64_t addr);

/* ---- pointers: the address is shown where the memory was not captured -------------------- */

void linx_put_strp(struct linx_put *p, uint64_t addr);
void linx_put_pathp(struct linx_put *p, uint64_t addr);
/* Writes a string of at most max bytes, which may end without a NUL, captured as a string or as bytes. */
void linx_put_strn(struct linx_put *p, uint64_t addr, size_t max);
void linx_put_bufp(struct linx_put *p, uint64_t addr, uint64_t len);
/*
 * Writes a buffer of len bytes at addr, of which the first n were captured and are at data. JSON adds the state
 * if n < len. hex: write the bytes as linx_put_hexbytes() does.
 */
void linx_put_there(struct linx_put *p, uint64_t addr, const void *data, size_t n, uint64_t len, bool hex);
/* Writes the memory that a pointer points to: a structure, or a number in brackets. */
void linx_put_ptr(struct linx_put *p, const struct linx_ty *ty, uint64_t addr);
/* Writes the number that a pointer points to, with the names of a set; flags as [A|B]. */
void linx_put_ptr_named(struct linx_put *p, const struct linx_ty *ty, const struct linx_flagset *set,
			uint64_t addr);
/*
 * Writes size bytes of a structure that has its size as a member. If the type has a minimum size (linx_ty.min), the
 * bytes beyond the members that this library knows are shown as a string of bytes.
 */
void linx_put_ptr_sized(struct linx_put *p, const struct linx_ty *ty, uint64_t addr, uint64_t size);
/* Writes an array of count elements: [a, b, ...]. Numbers are in the base of their type. */
void linx_put_array(struct linx_put *p, const struct linx_ty *ty, uint64_t addr, uint64_t count);
/* Writes an array of count elements, but at most the first max. */
void linx_put_array_max(struct linx_put *p, const struct linx_ty *ty, uint64_t addr, uint64_t count,
			uint64_t max);

/*
 * Writes the bytes from..to-1 of a structure, beyond its known members, unless all are zero: / * bytes 88..95 *
 * / "\x01..."; in JSON a member "rest". Returns false if nothing was written.
 */
bool linx_put_rest(struct linx_put *p, uint64_t addr, size_t from, size_t to);

/* ---- types -------------------------------------------------------------------------------- */

/*
 * Writes a number or a structure: linx_put_typed() writes it from the memory at data, linx_put_num() writes the number
 * n. set: names of the number; NULL: the names of the type
 */
void linx_put_typed(struct linx_put *p, const struct linx_ty *ty, const struct linx_flagset *set,
		    const uint8_t *data, size_t size, uint64_t addr);
void linx_put_num(struct linx_put *p, const struct linx_ty *ty, const struct linx_flagset *set,
		  int64_t n);

/* Writes a structure with braces, and its members in order. */
void linx_put_struct(struct linx_put *p, const struct linx_obj *o);
/* Writes all members in the order of the structure, without braces. */
void linx_put_members(struct linx_put *p, const struct linx_obj *o);
/* Writes the members with these names, in the order of the names. names: the list ends with NULL */
void linx_put_members_of(struct linx_put *p, const struct linx_obj *o, const char *const *names);
void linx_put_member(struct linx_put *p, const struct linx_obj *o, const char *name);
/* Writes a member. If the value after the call differs, JSON has this value, too; for text the caller writes it. */
void linx_put_member_both(struct linx_put *p, const struct linx_obj *o, const char *name);
/* Finds a member by name, and its offset in *at. NULL: there is no such member, or it was not captured. */
const struct linx_type_member *linx_member_find(const struct linx_put *p, const struct linx_obj *o,
					   const char *name, size_t *at);
/* Finds the member at an offset, for functions that write custom members. NULL: there is no such member. */
const struct linx_type_member *linx_member_at(const struct linx_put *p, const struct linx_obj *o, size_t at);
/* Returns the value of a member that is a number; 0 if it was not captured. */
int64_t linx_member_num(const struct linx_put *p, const struct linx_obj *o, const char *name);

#endif
