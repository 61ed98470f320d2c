/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The language of probes, "kprobe:tcp_connect(sk, sk->__sk_common.skc_dport)": text becomes a struct linx_probe_spec.
 * docs/probes.md describes the language.
 *
 * The folder probe/ holds everything about probes that needs no source of records: the language, types of the kernel
 * (BTF, format files of tracepoints), fetch lists, and prototypes, which a stream carries. It knows no engine.
 */
#ifndef LINX_PROBE_SPEC_H
#define LINX_PROBE_SPEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <linux/linx.h>

#include "base/error.h"

/* Limits of a specification: bytes of its text, bytes of a name in it, steps from an argument's root to its value. */
#define LINX_SPEC_TEXT_MAX 4096u
#define LINX_SPEC_WORD_MAX 127u
#define LINX_SPEC_STEPS_MAX 24u

enum linx_spec_kind { LINX_SPEC_KPROBE, LINX_SPEC_KRETPROBE, LINX_SPEC_TRACEPOINT, LINX_SPEC_RAWTP, LINX_SPEC_LSM, LINX_SPEC_KINDS };

/* Begin of an expression. */
enum linx_spec_root {
	LINX_ROOT_NAME, /* argument of the function, or field of the tracepoint, by name */
	LINX_ROOT_NUMBER, /* $1: argument by number, from 1 on */
	LINX_ROOT_RET, /* return value: the only root behind "=>" */
	LINX_ROOT_CURRENT, /* task_struct of the current task */
	LINX_ROOT_REG, /* %ax: register by name */
};

enum linx_spec_op {
	LINX_SPEC_DOT, /* .word */
	LINX_SPEC_ARROW, /* ->word */
	LINX_SPEC_INDEX, /* [number] */
	LINX_SPEC_DEREF, /* * in front of the rest */
	LINX_SPEC_CAST, /* (word * number of pointers) in front of the rest: type by its name in C */
};

struct linx_spec_step {
	enum linx_spec_op op;
	uint32_t at; /* position in the text, for messages */
	uint32_t number; /* INDEX; CAST: number of * behind the type */
	char *word;
};

/* Form of a value that a hint asks for in place of its type's. */
enum linx_spec_form {
	LINX_FORM_TYPE, /* the value's type decides */
	LINX_FORM_HEX,
	LINX_FORM_NUMBER, /* u8 to s64 */
	LINX_FORM_STR,
	LINX_FORM_BYTES,
	LINX_FORM_SOCK,
	LINX_FORM_PATH,
	LINX_FORM_CRED,
	LINX_FORM_SOCKADDR,
};

struct linx_spec_arg {
	char *name; /* name that the user gave in front of "="; else the text of the expression without its hints */
	enum linx_spec_root root;
	uint32_t at; /* position in the text, for messages */
	uint32_t number; /* NUMBER: from 1 on */
	char *word; /* NAME, REG */
	struct linx_spec_step *steps;
	size_t nsteps;
	enum linx_spec_form form;
	bool user; /* memory behind the pointer is the task's */
	uint8_t size; /* NUMBER: bytes; else 0 */
	bool is_signed; /* NUMBER */
	uint32_t bound; /* STR, BYTES: most bytes; 0: not given */
};

struct linx_probe_spec {
	char *text; /* specification as the user gave it */
	enum linx_spec_kind kind;
	char *module; /* module of a function, or subsystem of a tracepoint; NULL: none */
	char *name; /* function, tracepoint or LSM hook */
	uint64_t offset;
	bool has_args; /* the user wrote parentheses: without them the prototype's own arguments are taken */
	struct linx_spec_arg args[LINX_PROBE_ARGS_MAX]; /* the return value is the last one */
	size_t nargs;
};

/* Parses a specification. -EINVAL: an error that shows the place; -ENOMEM. */
int linx_spec_parse(const char *text, struct linx_probe_spec **spec, struct linx_error *err);
void linx_spec_free(struct linx_probe_spec *spec);
/* Reports an error at a position of the specification's text; -EINVAL. */
int linx_spec_fail(const struct linx_probe_spec *spec, uint32_t at, struct linx_error *err, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));
/* Returns the word of a kind: "kprobe" ... */
const char *linx_spec_kind_word(enum linx_spec_kind kind);
/* Returns the function of the kernel that calls an LSM hook, such as security_file_open. false: the hook's name is too long. */
bool linx_spec_hook_function(const char *hook, char *to, size_t size);
/* Returns the name of LSM hook i, counted from 0; NULL: there are not so many. */
const char *linx_spec_hook(unsigned int i);
/* Returns the function that calls a hook for which there is no function with its arguments. NULL: the hook has one. */
const char *linx_spec_hook_within(const char *hook);

#endif
