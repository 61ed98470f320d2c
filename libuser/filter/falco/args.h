/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Arguments of Falco's events: the rows of filter/falco/args.def, and the two texts of each argument. The plain text is
 * the number or the bytes. The name is what the plain text stands for: an absolute path, names of flags, the file of a
 * descriptor. evt.arg shows the name if there is one, evt.args shows both.
 */
#ifndef LINX_FALCO_ARGS_H
#define LINX_FALCO_ARGS_H

#include "filter/falco/falco.h"
#include "filter/falco/flags.h"

enum linx_falco_kind {
	LINX_FALCO_TEXT, /* a string; "<NA>": a null pointer, or Falco's driver gives none */
	LINX_FALCO_PATH, /* a string, whose name is the absolute path */
	LINX_FALCO_DATA, /* bytes, with a dot for each byte that is not printable; "NULL": no bytes */
	LINX_FALCO_ADDRESS, /* a struct sockaddr */
	LINX_FALCO_TUPLE, /* both ends of a socket */
	LINX_FALCO_FDS, /* an array of struct pollfd */
	LINX_FALCO_NUMBER,
	LINX_FALCO_FD,
	LINX_FALCO_PID,
	LINX_FALCO_UID,
	LINX_FALCO_GID,
	LINX_FALCO_ERRNO,
	LINX_FALCO_SIGNAL,
	LINX_FALCO_SIGNALS, /* a mask of the signals 1 to 32 */
	LINX_FALCO_RELTIME,
	LINX_FALCO_ABSTIME,
	LINX_FALCO_NAMED, /* flags or a constant */
	LINX_FALCO_DYN, /* the form is chosen for each event by a function */
};

struct linx_falco_form {
	enum linx_falco_kind kind;
	uint8_t bytes; /* size of the number in Falco's event */
	uint8_t base; /* base of a number's digits, for LINX_FALCO_NUMBER */
	uint8_t raw_base; /* base of the digits that evt.rawarg has in an output; 0: 10 */
	bool is_signed;
	bool converts; /* the kernel's number is converted to Falco's number in "set" */
	enum linx_falco_set set;
	enum linx_falco_naming naming;
};

struct linx_falco_shown {
	bool has_number;
	int64_t number; /* Falco's number, for evt.rawarg */
	char digits[48];
	const char *plain, *name; /* name NULL: no name. They point to digits, the event, scratch or constants */
	size_t plain_n, name_n;
};

struct linx_falco_arg;
/* Makes the texts of an argument that needs a function of its own. False: the value is not known. */
typedef bool linx_falco_maker(const struct linx_fld_env *e, const struct linx_falco_arg *a, struct linx_falco_shown *x);

enum linx_falco_source {
	LINX_FALCO_RESULT,
	LINX_FALCO_ARG,
	LINX_FALCO_MEMBER,
	LINX_FALCO_LEFT,
	LINX_FALCO_WORD,
	LINX_FALCO_FIELD,
	LINX_FALCO_MADE,
	LINX_FALCO_ZERO,
	LINX_FALCO_EMPTY,
	LINX_FALCO_ABSENT,
};

struct linx_falco_arg {
	const char *event, *name;
	enum linx_falco_source source;
	struct linx_falco_form form;
	const char *arg, *member;
	unsigned int index; /* offset of the value in bytes within the argument's memory, for LINX_FALCO_WORD */
	linx_fld_getter *get;
	linx_falco_maker *make;
};

/* Makes the texts of an argument. False: its value is not known. */
bool linx_falco_arg_show(const struct linx_fld_env *e, const struct linx_falco_arg *a, struct linx_falco_shown *x);
/* Makes the texts of a number in a form. n: the kernel's number, if the form converts it, else Falco's number. */
bool linx_falco_show_number(const struct linx_fld_env *e, const struct linx_falco_form *form, int64_t n, struct linx_falco_shown *x);
/* Makes the texts of n bytes: as a string, a path or data. */
bool linx_falco_show_bytes(const struct linx_fld_env *e, const struct linx_falco_form *form, const char *arg, const char *s, size_t n,
			   struct linx_falco_shown *x);
/* Makes the text of a value that Falco's driver does not give: "<NA>", or "NULL" for data. */
bool linx_falco_show_empty(const struct linx_falco_form *form, struct linx_falco_shown *x);
/* Gets an argument of the call, by the kernel's name. False: not known. */
bool linx_falco_arg_value(const struct linx_event *ev, const char *name, uint64_t *value);
/* Gets a number of "bytes" bytes at an offset of the memory at values[at]. False: not captured. */
bool linx_falco_read(const struct linx_value *values, int at, size_t offset, size_t bytes, uint64_t *n);

/* Makers of values: filter/falco/makers.c. */
#define LINX_FALCO_MAKERS(X)                                                                                             \
	X(open_flags) X(open_mode) X(socket_option) X(option_value) X(option_length) X(prctl_text) X(prctl_number)       \
	X(ptrace_addr) X(ptrace_data) X(keyctl_arg) X(semctl_value) X(quota_id) X(quota_format) X(device)                \
	X(llseek_offset) X(read_size) X(write_size) X(timeout) X(time_of) X(exec_flags) X(capabilities) X(exec_exe)      \
	X(exec_args)
#define DECLARE(name) linx_falco_maker linx_falco_make_##name;
LINX_FALCO_MAKERS(DECLARE)
#undef DECLARE

#endif
