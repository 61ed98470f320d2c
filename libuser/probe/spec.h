/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The language of probes, "kprobe:tcp_connect(sk, sk->__sk_common.skc_dport)": text becomes a struct linx_probe_spec.
 * docs/probes.md describes the language.
 *
 * The folder probe/ holds everything about probes that needs no source of records: the language, types of the kernel
 * (BTF, format files of tracepoints), fetch lists, and prototypes, which a stream carries. It uses no engine.
 */
#ifndef LINX_PROBE_SPEC_H
#define LINX_PROBE_SPEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <linux/linx.h>

#include "base/error.h"

/* Limits of a specification: bytes of its text, bytes of a name in it, operators in an argument's expression. */
#define LINX_SPEC_TEXT_MAX 4096u
#define LINX_SPEC_WORD_MAX 127u
#define LINX_SPEC_STEPS_MAX 24u
/* Most tests behind "if". */
#define LINX_SPEC_TESTS_MAX 8u

enum linx_spec_kind { LINX_SPEC_KPROBE, LINX_SPEC_KRETPROBE, LINX_SPEC_TRACEPOINT, LINX_SPEC_RAWTP, LINX_SPEC_LSM, LINX_SPEC_KINDS };

/* Root of an expression: the operand to which all its operators apply. */
enum linx_spec_root {
	LINX_ROOT_NAME, /* argument of the function, or field of the tracepoint, by name */
	LINX_ROOT_NUMBER, /* $1: argument of the function by number, counted from 1 */
	LINX_ROOT_RET, /* return value: the only root that can follow "=>" */
	LINX_ROOT_CURRENT, /* task_struct of the current task */
	LINX_ROOT_REG, /* %ax: register by name */
};

enum linx_spec_op {
	LINX_SPEC_DOT, /* .word */
	LINX_SPEC_ARROW, /* ->word */
	LINX_SPEC_INDEX, /* [number] */
	LINX_SPEC_DEREF, /* *EXPRESSION */
	LINX_SPEC_CAST, /* (TYPE)EXPRESSION; word: the type in C without its stars, number: how many stars it has */
};

struct linx_spec_step {
	enum linx_spec_op op;
	uint32_t at; /* position in the text, for messages */
	uint32_t number; /* INDEX: the index; CAST: how many * follow the type's name */
	char *word;
};

/* Form of a value, as its hint says (":x"); without a hint its type decides. */
enum linx_spec_form {
	LINX_FORM_TYPE, /* no hint */
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
	uint32_t number; /* NUMBER: counted from 1 */
	char *word; /* NAME, REG */
	struct linx_spec_step *steps;
	size_t nsteps;
	enum linx_spec_form form;
	bool user; /* hint :user: the pointer is an address of user space */
	uint8_t size; /* NUMBER: bytes; else 0 */
	bool is_signed; /* NUMBER */
	uint32_t bound; /* STR, BYTES: most bytes to read; 0: not given */
};

enum linx_spec_compare { LINX_SPEC_EQ, LINX_SPEC_NE, LINX_SPEC_GT, LINX_SPEC_GE, LINX_SPEC_LT, LINX_SPEC_LE };

/* A test behind "if", of an argument that is a number. */
struct linx_spec_test {
	char *name; /* name of the argument, or "ret" */
	uint32_t at; /* position in the text, for messages */
	enum linx_spec_compare op;
	uint64_t number; /* minus: its two's complement */
	bool minus;
};

struct linx_probe_spec {
	char *text; /* specification as the user gave it */
	enum linx_spec_kind kind;
	char *module; /* module of a function or raw tracepoint, or subsystem of a tracepoint; NULL: none */
	char *name; /* function, tracepoint or LSM hook */
	uint64_t offset;
	bool has_args; /* the user wrote parentheses; without them all arguments of the prototype are recorded */
	struct linx_spec_arg args[LINX_PROBE_ARGS_MAX]; /* if the return value is asked for, it is the last one */
	size_t nargs;
	struct linx_spec_test tests[LINX_SPEC_TESTS_MAX]; /* all must hold for a hit to be recorded */
	size_t ntests;
};

/* Parses a specification. -EINVAL: it is wrong, *err shows the place; -ENOMEM. */
int linx_spec_parse(const char *text, struct linx_probe_spec **spec, struct linx_error *err);
void linx_spec_free(struct linx_probe_spec *spec);
/* Writes an error with its position in the specification's text to *err. Returns -EINVAL. */
int linx_spec_fail(const struct linx_probe_spec *spec, uint32_t at, struct linx_error *err, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));
/* Returns the word of a kind: "kprobe" ... */
const char *linx_spec_kind_word(enum linx_spec_kind kind);
/* Writes the name of the kernel's function that calls an LSM hook, such as security_file_open. false: too long. */
bool linx_spec_hook_function(const char *hook, char *to, size_t size);
/* Returns the name of LSM hook i, counted from 0; NULL: there are not so many. */
const char *linx_spec_hook(unsigned int i);
/*
 * Returns the function in whose middle a hook is called, if no function has just the hook's arguments. NULL: there is a
 * function that has them.
 */
const char *linx_spec_hook_within(const char *hook);

#endif
