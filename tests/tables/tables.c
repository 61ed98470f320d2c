// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Compiles the tables in each of the ways in which they are used: as enumerators, as initialisers, as text. Prints
 * errors in rows, numbers and sets of constants, one line each, and the tables themselves for tests/tables/check: "row
 * ROW NAME:TYPE:CAPTURE ...", "nr ARCH NUMBER NAME ROW", "set SET", "item SET NAME VALUE" and, for every type that a
 * row uses, "type WORD".
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "kmod/tables/blob.h"
#include "libuser/base/array_size.h"

#define ARGS 6

enum class_bits {
	FILE_BIT = 1 << 0,
	PROCESS_BIT = 1 << 1,
	ENTRY_BIT = 1 << 2,
	ENTRY_TOO = 1 << 3, /* class of rows that must also have the class ENTRY: NORETURN, SIGRETURN, EXEC */
};
#define FILE FILE_BIT
#define DESC 0
#define PROCESS PROCESS_BIT
#define NETWORK 0
#define SIGNAL 0
#define IPC 0
#define MEMORY 0
#define CREDS 0
#define CLOCK 0
#define STAT 0
#define STATFS 0
#define ENTRY ENTRY_BIT
#define ENTRYBY 0
#define NORETURN ENTRY_TOO
#define SIGRETURN ENTRY_TOO
#define FORK PROCESS_BIT
#define EXEC ENTRY_TOO
#define CONTEXT 0
#define PRIO 0

/* The words that describe a capture, with the kinds of their parameters. */
static const struct capture {
	const char *word;
	/*
	 * Kinds of parameters: k: an argument that is a length or a count, a: any argument, p: a pointer to a length,
	 * n: a size, s: a shape.
	 */
	const char *params;
	/* types that the word can capture; NULL: all except strings, which have words of their own */
	const char *types;
} captures[] = {
	/* clang-format off */
	{ "V", "", NULL },          { "BY", "", "" },          { "STR", "", "path str" },
	{ "STRV", "", "argv envp" }, { "IN_BUF", "k", "" },    { "OUT_BUF", "", "" },
	{ "OUT_BUFN", "k", "" },    { "OUT_LENP", "p", "" },   { "OUT_LP", "sp", NULL },
	{ "IN_FIX", "n", NULL },    { "OUT_FIX", "n", NULL },  { "INOUT_FIX", "n", NULL },
	{ "IN", "s", NULL },        { "OUT", "s", NULL },      { "INOUT", "s", NULL },
	{ "IN_N", "sk", NULL },     { "OUT_N", "sk", NULL },   { "INOUT_N", "sk", NULL },
	{ "IN_SZ", "sk", NULL },    { "OUT_SZ", "sk", NULL },  { "INOUT_SZ", "sk", NULL },
	{ "IN_BITS", "k", NULL },   { "OUT_BITS", "k", NULL }, { "INOUT_BITS", "k", NULL },
	{ "IN_MASK", "k", NULL },   { "OUT_MASK", "k", NULL }, { "IN_MSG", "k", NULL },
	{ "OUT_MSG", "k", NULL },   { "OUT_PAGES", "k", NULL }, { "OUT_R", "sk", NULL },
	{ "ERR", "s", NULL },       { "OUT_ALL", "k", NULL },  { "IN_ARGS", "s", NULL },
	{ "IN_IOC", "a", NULL },    { "OUT_IOC", "a", NULL },  { "INOUT_IOC", "a", NULL },
	{ "IN_AT", "an", NULL },    { "OUT_AT", "an", NULL },  { "OUT_FIT", "", "" },
	/* clang-format on */
};

#define SHAPE(name, ...) #name,
static const char *const shapes[] = {
#include "kmod/tables/shapes.def"
};
#undef SHAPE

/* A row that is there twice, or a number without a row, makes the compilation fail here. */
enum row_id {
#define SYSCALL(row, classes, args) ROW_##row,
#include "kmod/tables/syscalls.def"
#undef SYSCALL
	ROWS
};

/* A row with more than six arguments makes the compilation fail here. */
#define ARG(name, type, capture) +1
#define SYSCALL(row, classes, args) _Static_assert(0 args <= ARGS, "arguments of " #row);
#include "kmod/tables/syscalls.def"
#undef SYSCALL
#undef ARG

struct arg {
	const char *name, *type, *capture;
};

struct row {
	const char *id;
	unsigned int classes;
	struct arg args[ARGS];
};

#define ARG(name, type, capture) { #name, #type, #capture },
#define SYSCALL(row, classes, args) [ROW_##row] = { #row, classes, { args } },
static const struct row rows[ROWS] = {
#include "kmod/tables/syscalls.def"
};
#undef SYSCALL
#undef ARG

/*
 * The lines of choices.def, which say how the arguments of calls with a selector (an argument that decides what the
 * other arguments are) are captured. If the row of a line is missing, or a key is there twice, this file does not
 * compile.
 */
struct selection {
	enum row_id row;
	const char *capture; /* NULL: the line is a KEY of a call; otherwise the capture of an argument */
	unsigned int value, arg;
	bool otherwise;
};

#define KEY(row, k, shift, mask) { ROW_##row, NULL, mask, k, false },
#define KEY2(row, high, low) { ROW_##row, NULL, 0xffffffff, high, false },
#define CHOICE(row, value, arg, capture) { ROW_##row, #capture, value, arg, false },
#define OTHERWISE(row, arg, capture) { ROW_##row, #capture, 0, arg, true },
#define OTHERWISE_IOC(row, dir, arg, capture) { ROW_##row, #capture, dir, arg, true },
static const struct selection choices[] = {
#include "kmod/tables/choices.def"
};
#undef KEY
#undef KEY2
#undef CHOICE
#undef OTHERWISE
#undef OTHERWISE_IOC

struct nr {
	int number;
	const char *name;
	enum row_id row;
};

#define NR(number, name, row) { number, #name, ROW_##row },
#define NR_FAR NR
static const struct nr x86_64[] = {
#include "kmod/tables/nr/x86_64.def"
};
static const struct nr i386[] = {
#include "kmod/tables/nr/i386.def"
};
static const struct nr x32[] = {
#include "kmod/tables/nr/x32.def"
};
static const struct nr arm64[] = {
#include "kmod/tables/nr/arm64.def"
};
static const struct nr arm[] = {
#include "kmod/tables/nr/arm.def"
};
#undef NR_FAR
#undef NR

enum item_kind { ITEM_C, ITEM_F, ITEM_Z, ITEM_N };

struct item {
	enum item_kind kind;
	const char *name;
	int64_t value;
	uint64_t mask;
};

#define FLAGS(set, prefix) static const struct item set##_items[] = {
#define CONSTS(set, prefix) FLAGS(set, prefix)
#define C(name, value) { ITEM_C, #name, (int64_t)(value), 0 },
#define CL(name, value) C(name, value)
#define CT(name, value, text) { ITEM_C, #name " " text, value, 0 },
#define F(mask, name, value) { ITEM_F, #name, value, mask },
#define Z(name) { ITEM_Z, #name, 0, 0 },
#define N(mask, shift, name) { ITEM_N, #name, shift, mask },
#define END(set) \
	}        \
	;
#include "libuser/table/flags/all.def"
#undef FLAGS
#undef CONSTS
#undef C
#undef CL
#undef CT
#undef F
#undef Z
#undef N
#undef END

struct set {
	const char *name;
	bool bits;
	unsigned int count;
	const struct item *items;
};

#define FLAGS(set, prefix) { #set, true, ARRAY_SIZE(set##_items), set##_items },
#define CONSTS(set, prefix) { #set, false, ARRAY_SIZE(set##_items), set##_items },
#define C(name, value)
#define CL(name, value)
#define CT(name, value, text)
#define F(mask, name, value)
#define Z(name)
#define N(mask, shift, name)
#define END(set)
static const struct set sets[] = {
#include "libuser/table/flags/all.def"
};

static unsigned int arg_count(const struct row *row)
{
	unsigned int n = 0;

	while (n < ARGS && row->args[n].name)
		n++;
	return n;
}

static void print_row(const struct row *row)
{
	printf("row %s", row->id);
	for (unsigned int i = 0; i < arg_count(row); i++)
		printf(" %s:%s:%s", row->args[i].name, row->args[i].type, row->args[i].capture);
	printf("\n");
}

static bool is(const char *word, const char *one_of)
{
	size_t len = strlen(word);

	for (const char *p = strstr(one_of, word); p; p = strstr(p + 1, word))
		if ((p == one_of || p[-1] == ' ') && (p[len] == ' ' || !p[len]))
			return true;
	return false;
}

static const struct capture *find_capture(const struct arg *arg)
{
	size_t len = strcspn(arg->capture, "(");

	for (size_t i = 0; i < ARRAY_SIZE(captures); i++)
		if (strlen(captures[i].word) == len && !memcmp(captures[i].word, arg->capture, len))
			return &captures[i];
	return NULL;
}

static bool is_shape(const char *name, size_t len)
{
	for (size_t i = 0; i < ARRAY_SIZE(shapes); i++)
		if (strlen(shapes[i]) == len && !memcmp(shapes[i], name, len))
			return true;
	return false;
}

/* Checks one parameter of a capture, which ends at a comma or a parenthesis. Returns an error text, or NULL. */
static const char *wrong_param(const struct row *row, char kind, const char *text)
{
	size_t len = strcspn(text, ",)");
	unsigned int n = 0;
	int used = 0;

	if (kind == 's')
		return is_shape(text, len) ? NULL : "has no such shape";
	if (sscanf(text, "%u%n", &n, &used) != 1 || (size_t)used != len)
		return "has a parameter that is no number";
	if (kind == 'n')
		return n && n <= 4096 ? NULL : "has no such size";
	if (n >= arg_count(row))
		return "has no such argument";
	if (kind == 'a')
		return NULL;
	if (kind == 'k' && is(row->args[n].capture, "BY"))
		return NULL; /* another argument selects what this argument is; therefore this one can be of any type */
	if (kind == 'k')
		return is(row->args[n].type, "size int uint long ulong") ? NULL : "has no such length";
	return is(row->args[n].capture, "INOUT_FIX(4)") ? NULL : "has no such pointer to a length";
}

static const char *wrong_params(const struct row *row, const struct arg *arg, const struct capture *cap)
{
	const char *text = arg->capture + strcspn(arg->capture, "("), *wrong = NULL;

	for (const char *p = cap->params; *p && !wrong; p++) {
		if (!*text)
			return "has too few parameters";
		wrong = wrong_param(row, *p, text + 1);
		text += 1 + strcspn(text + 1, ",)");
	}
	if (!wrong && (*cap->params ? strcmp(text, ")") : *text))
		return "has too many parameters";
	return wrong;
}

/* Checks the capture of an argument against its type and the other arguments. Returns an error text, or NULL. */
static const char *wrong_capture(const struct row *row, const struct arg *arg)
{
	const struct capture *cap = find_capture(arg);
	bool string = is(arg->type, "path str argv envp") && !is(arg->capture, "BY");

	if (!cap)
		return "has an unknown capture";
	if (cap->types && *cap->types ? !is(arg->type, cap->types) : string && !cap->types)
		return "is captured as another type";
	return wrong_params(row, arg, cap);
}

static const struct selection *find_key(enum row_id row)
{
	for (size_t i = 0; i < ARRAY_SIZE(choices); i++)
		if (choices[i].row == row && !choices[i].capture)
			return &choices[i];
	return NULL;
}

/*
 * Returns whether an earlier line of choices.def is about the same argument for the same value of the same row's key.
 */
static bool is_repeated(const struct selection *c)
{
	for (const struct selection *p = choices; p < c; p++)
		if (p->capture && p->row == c->row && p->arg == c->arg && p->otherwise == c->otherwise &&
		    p->value == c->value)
			return true;
	return false;
}

static const char *wrong_choice(const struct selection *c)
{
	const struct row *row = &rows[c->row];
	const struct selection *key = find_key(c->row);
	const struct capture *cap;
	struct arg arg;

	if (c->arg >= arg_count(row))
		return "has no such argument";
	if (!c->capture)
		return c == key ? NULL : "has two keys";
	arg = row->args[c->arg];
	if (!key || strcmp(arg.capture, "BY") != 0)
		return "has a choice without a key, or for an argument that is not captured BY";
	if (!c->otherwise && (c->value & ~key->value))
		return "has a value that its key never has";
	if (is_repeated(c))
		return "has two lines for one value";
	arg.capture = c->capture;
	cap = find_capture(&arg);
	return cap ? wrong_params(row, &arg, cap) : "has an unknown capture";
}

static unsigned int check_choices(void)
{
	bool by[ROWS] = { false };
	unsigned int bad = 0;

	for (size_t i = 0; i < ARRAY_SIZE(choices); i++) {
		const char *wrong = wrong_choice(&choices[i]);

		by[choices[i].row] |= choices[i].capture != NULL;
		if (wrong)
			bad += printf("wrong: choices.def: %s (%#x) %s\n", rows[choices[i].row].id,
				      choices[i].value, wrong) > 0;
	}
	for (unsigned int i = 0; i < ROWS; i++)
		for (unsigned int k = 0; k < arg_count(&rows[i]); k++)
			if (!strcmp(rows[i].args[k].capture, "BY") && !by[i])
				bad += printf("wrong: %s: nothing in choices.def\n", rows[i].id) > 0;
	return bad;
}

static unsigned int check_row(const struct row *row)
{
	unsigned int bad = 0, halves = 0;

	for (unsigned int i = 0; i < arg_count(row); i++) {
		const struct arg *arg = &row->args[i];
		const char *wrong = wrong_capture(row, arg);

		printf("type %s\n", arg->type);
		if (!wrong && !strcmp(arg->capture, "STR") && is(arg->type, "path") && !(row->classes & FILE))
			wrong = "is a path, but the row is not of class FILE";
		for (unsigned int j = 0; j < i && !wrong; j++)
			if (!strcmp(arg->name, row->args[j].name))
				wrong = "is there twice";
		if (wrong)
			bad += printf("wrong: %s: argument %s %s\n", row->id, arg->name, wrong) > 0;
		halves += is(arg->type, "loff_lo") - is(arg->type, "loff_hi");
	}
	if (halves)
		bad += printf("wrong: %s: half of a 64-bit argument is missing\n", row->id) > 0;
	if ((row->classes & ENTRY_TOO) && !(row->classes & ENTRY))
		bad += printf("wrong: %s: NORETURN, SIGRETURN and EXEC need ENTRY too\n", row->id) >
		       0;
	return bad;
}

static unsigned int check_numbers(const char *arch, const struct nr *nr, size_t count, bool *used)
{
	unsigned int bad = 0;

	for (size_t i = 0; i < count; i++) {
		printf("nr %s %d %s %s\n", arch, nr[i].number, nr[i].name, rows[nr[i].row].id);
		used[nr[i].row] = true;
		if (i && nr[i].number <= nr[i - 1].number)
			bad += printf("wrong: nr/%s.def: %d does not follow %d\n", arch,
				      nr[i].number, nr[i - 1].number) > 0;
		for (size_t j = 0; j < i; j++)
			if (!strcmp(nr[i].name, nr[j].name))
				bad += printf("wrong: nr/%s.def: %s has two numbers\n", arch,
					      nr[i].name) > 0;
	}
	return bad;
}

static bool same_name(const struct item *a, const struct item *b)
{
	return a->kind == b->kind && !strcmp(a->name, b->name);
}

/* Prints the items of a set. An item's name ends at its first blank; the text after the blank is only for people. */
static void print_items(const struct set *set)
{
	for (unsigned int i = 0; i < set->count; i++)
		if (set->items[i].kind != ITEM_N)
			printf("item %s %.*s %lld\n", set->name,
			       (int)strcspn(set->items[i].name, " "), set->items[i].name,
			       (long long)set->items[i].value);
}

/* Returns whether an earlier item of the set takes the bits of this one, so that this one can never be printed. */
static bool hidden(const struct item *item, const struct item *before)
{
	return item->kind == ITEM_C && before->kind == ITEM_C &&
	       (item->value & before->value) == before->value;
}

static unsigned int check_set(const struct set *set)
{
	unsigned int bad = 0;
	/*
	 * The sets ioctl_cmd* may have one number several times, since it means another command on each device, and one
	 * name several times, since releases of the kernel may differ in the size that is part of the number.
	 */
	bool many = !strncmp(set->name, "ioctl_cmd", 9);

	printf("set %s\n", set->name);
	print_items(set);
	for (unsigned int i = 0; i < set->count; i++) {
		const struct item *item = &set->items[i];
		const char *wrong = NULL;

		if (set->bits && item->kind == ITEM_C && !item->value)
			wrong = "has no bit: use Z()";
		if (!set->bits && item->kind != ITEM_C)
			wrong = "needs FLAGS()";
		if (item->kind == ITEM_F && ((uint64_t)item->value & ~item->mask))
			wrong = "does not fit its field";
		if (!set->bits && i && item->value < item[-1].value)
			wrong = "is not sorted by value";
		if (!set->bits && i && item->value == item[-1].value &&
		    !(many && strcmp(item[-1].name, item->name) < 0))
			wrong = many ? "is not sorted by name" : "has the value of another one";
		for (unsigned int j = 0; j < i && !wrong; j++)
			if ((same_name(item, &set->items[j]) &&
			     !(many && item->value != set->items[j].value)) ||
			    (set->bits && hidden(item, &set->items[j])))
				wrong = "is hidden by an earlier one";
		if (wrong)
			bad += printf("wrong: flags: %s: %s %s\n", set->name, item->name,
				      wrong) > 0;
	}
	return bad;
}

int main(void)
{
	static bool used[ROWS];
	unsigned int bad = 0;

	for (unsigned int i = 0; i < ROWS; i++) {
		print_row(&rows[i]);
		bad += check_row(&rows[i]);
	}
	bad += check_choices();
	bad += check_numbers("x86_64", x86_64, ARRAY_SIZE(x86_64), used);
	bad += check_numbers("i386", i386, ARRAY_SIZE(i386), used);
	bad += check_numbers("x32", x32, ARRAY_SIZE(x32), used);
	bad += check_numbers("arm64", arm64, ARRAY_SIZE(arm64), used);
	bad += check_numbers("arm", arm, ARRAY_SIZE(arm), used);
	for (unsigned int i = 0; i < ROWS; i++)
		if (!used[i])
			bad += printf("wrong: %s: no number leads to this row\n", rows[i].id) > 0;
	for (unsigned int i = 0; i < ARRAY_SIZE(sets); i++)
		bad += check_set(&sets[i]);
	printf("counts %d rows, numbers: x86_64 %zu, i386 %zu, x32 %zu, arm64 %zu, arm %zu; %zu sets of constants, %zu bytes of text\n",
	       ROWS, ARRAY_SIZE(x86_64), ARRAY_SIZE(i386), ARRAY_SIZE(x32), ARRAY_SIZE(arm64), ARRAY_SIZE(arm), ARRAY_SIZE(sets),
	       sizeof(linx_table_text));
	return bad != 0;
}
