// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Translates a condition to a program of classic BPF for the kernel.
 *
 * A test that the kernel cannot make counts as true, with or without "not" before it. So the program accepts all events
 * that the condition accepts, and more. For some calls the kernel may see other values than the event shows: exec and
 * sigreturn overwrite the registers with the arguments; the event of socketcall or ipc shows the call that was made
 * through it; and a number may have no row in the table of calls. The program never rejects these ("loose") calls. It
 * also rejects no event by ids that the call itself changes, and none by a result when the call enters.
 *
 * Programs are generated backwards, from the last instruction to the first, so that the target of each jump is known. A
 * label is the number of instructions after it.
 */
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/array_size.h"
#include "filter/calls.h"
#include "filter/program.h"
#include "table/select.h"
#include "table/type.h"

/* Limit of the instructions. A longer program would cost more time than the events that it rejects. */
#define LENGTH_MAX 1024u

enum tri { NO, YES, OPEN };

/* A number in struct linx_predicate_data, on which the program runs. */
struct load {
	uint32_t at;
	uint8_t size; /* bytes: 4 or 8 */
	bool is_signed;
	bool may_lack; /* the number may be unknown, which is shown by all bits set */
};

struct builder {
	struct linx_condition *c;
	const struct linx_table *table;
	/* selected: calls that may match; loose: calls that are never rejected */
	bool selected[LINX_NCALLS], loose[LINX_NCALLS];
	struct sock_filter code[LENGTH_MAX]; /* last instruction first */
	unsigned int n;
	bool too_long;
	bool uses_ids, uses_result;
	struct {
		unsigned int label, jump; /* jump: label of an instruction that jumps to "label" unconditionally */
	} bridges[4];
	unsigned int nbridges; /* number of bridges made so far; bridges[] has the newest four */
	struct {
		bool known;
		enum tri v; /* result of the test itself, without "not" */
		bool decided; /* false: the kernel cannot make the test */
		struct load load;
	} *tests; /* facts about tests, by index of the node */
	/* By node, without and with "not" before it: the result of value() + 1; 0: not computed yet. */
	uint8_t (*values)[2];
};

/* ---- calls ------------------------------------------------------------------------------------------ */

static void make_event(const struct builder *b, unsigned int key, struct linx_event *ev)
{
	linx_calls_make_event(b->table, key, ev);
}

static bool is_loose(const struct builder *b, unsigned int key)
{
	const struct linx_table_call *call = linx_table_lookup(b->table, key / LINX_NR_MAX, (int32_t)(key % LINX_NR_MAX));

	if (key % LINX_NR_MAX == LINX_NR_OTHER || linx_select_is_spare(b->table, key / LINX_NR_MAX, (int32_t)(key % LINX_NR_MAX)))
		return true;
	return call && (call->row->subcalls || call->row->restarts ||
			call->row->class_mask & (LINX_CLASS_EXEC | LINX_CLASS_SIGRETURN));
}

static bool is_call_test(const struct builder *b, const struct linx_cond_node *t)
{
	return linx_calls_decide(b->c, t);
}

static enum tri of_bool(bool b)
{
	return b ? YES : NO;
}

/* Joins two values by "and" (both), or by "or". */
static enum tri join(bool both, enum tri a, enum tri c)
{
	enum tri strong = both ? NO : YES;

	if (a == strong || c == strong)
		return strong;
	return a == OPEN || c == OPEN ? OPEN : a;
}

static uint64_t bit_of(unsigned int key)
{
	return 1ull << (key % 64);
}

/* Deselects calls that can never fulfil the condition. Without memory no call is deselected. */
static void narrow(struct builder *b, struct linx_select *sel)
{
	uint64_t *may = malloc(LINX_CALL_WORDS * sizeof(*may));

	if (may && linx_calls_of(b->c, b->table, &b->c->root, 1, may))
		memset(may, 0xff, LINX_CALL_WORDS * sizeof(*may));
	for (unsigned int key = 0; key < LINX_NCALLS; key++) {
		__u64 *enter = &sel->enter[key / LINX_NR_MAX][key % LINX_NR_MAX / 64];
		__u64 *exit = &sel->exit[key / LINX_NR_MAX][key % LINX_NR_MAX / 64];

		if (!((*enter | *exit) & bit_of(key)))
			continue;
		b->loose[key] = is_loose(b, key);
		b->selected[key] = b->loose[key] || !may || linx_calls_has(may, key);
		if (b->selected[key])
			continue;
		*enter &= ~bit_of(key);
		*exit &= ~bit_of(key);
	}
	free(may);
}

/* ---- loads of tests --------------------------------------------------------------------- */

static const struct {
	const char *field;
	struct load load;
	bool id, result;
} loads[] = {
#define AT(member) offsetof(struct linx_predicate_data, member)
	{ "pid", { AT(pid), 4, false, false }, false, false },
	{ "tid", { AT(tid), 4, false, false }, false, false },
	{ "cpu", { AT(cpu), 4, false, false }, false, false },
	{ "user", { AT(uid), 4, false, false }, true, false },
	{ "uid", { AT(uid), 4, false, false }, true, false },
	{ "group", { AT(gid), 4, false, false }, true, false },
	{ "gid", { AT(gid), 4, false, false }, true, false },
	{ "euser", { AT(euid), 4, false, false }, true, false },
	{ "egroup", { AT(egid), 4, false, false }, true, false },
	{ "res", { AT(ret), 8, true, false }, false, true },
	{ "ret", { AT(ret), 8, true, false }, false, true },
	{ "duration", { AT(duration), 8, true, true }, false, true },
	{ "proc.pid", { AT(pid), 4, false, false }, false, false },
	{ "thread.tid", { AT(tid), 4, false, false }, false, false },
	{ "evt.cpu", { AT(cpu), 4, false, false }, false, false },
	{ "user.uid", { AT(euid), 4, false, false }, true, false },
	{ "group.gid", { AT(egid), 4, false, false }, true, false },
	{ "evt.rawres", { AT(ret), 8, true, false }, false, true },
#undef AT
};

/*
 * Returns true if all operands are numbers that the program can compare. It would take a number above INT64_MAX for a
 * negative one.
 */
static bool all_numbers(const struct builder *b, const struct linx_cond_node *t)
{
	for (uint32_t i = 0; i < t->count; i++) {
		const struct linx_operand *o = &b->c->operands[t->first + i];

		if (!o->is_num || o->is_source || (o->is_large && linx_op_orders(t->op)))
			return false;
	}
	return !t->mod && (t->op <= LINX_OP_GE || t->op == LINX_OP_IN);
}

/* Finds the load of an argument. False: the argument does not have the same position and type in all selected calls. */
static bool load_of_arg(const struct builder *b, const struct linx_cond_node *t, struct load *load)
{
	struct linx_event ev;
	unsigned int at = 0;

	load->size = 0;
	for (unsigned int key = 0; key < LINX_NCALLS; key++) {
		const struct linx_arg *arg;
		struct load one;

		if (!b->selected[key] || b->loose[key])
			continue;
		make_event(b, key, &ev);
		arg = linx_calls_arg(&ev, &t->field, &at);
		if (!arg || arg->ty->kind != LINX_TY_NUM)
			return false;
		one = (struct load){ (uint32_t)(offsetof(struct linx_predicate_data, args) + 8 * at),
				     (uint8_t)linx_type_size(arg->ty, ev.abi), arg->ty->is_signed, false };
		if (one.size != 4 && one.size != 8)
			return false;
		if (load->size && (load->at != one.at || load->size != one.size || load->is_signed != one.is_signed))
			return false;
		*load = one;
	}
	load->is_signed |= load->size == 8; /* conditions compare 64-bit numbers as signed numbers */
	return load->size;
}

static bool load_of(struct builder *b, const struct linx_cond_node *t, struct load *load)
{
	if (!all_numbers(b, t))
		return false;
	if (t->field.desc->kind == LINX_FLD_ARG)
		return load_of_arg(b, t, load);
	for (size_t i = 0; i < ARRAY_SIZE(loads); i++) {
		if (strcmp(loads[i].field, t->field.desc->name) != 0)
			continue;
		*load = loads[i].load;
		b->uses_ids |= loads[i].id;
		b->uses_result |= loads[i].result;
		return true;
	}
	return false;
}

/*
 * Returns the value of a test of the call: YES or NO if the result is the same for all selected calls, else OPEN. Loose
 * calls, which the program never rejects, do not count.
 */
static enum tri value_of_calls(const struct builder *b, const struct linx_cond_node *t)
{
	bool any = false, all = true;
	struct linx_event ev;

	for (unsigned int key = 0; key < LINX_NCALLS; key++) {
		bool met;

		if (!b->selected[key] || b->loose[key])
			continue;
		make_event(b, key, &ev);
		met = linx_cond_test(b->c, &ev, t);
		any |= met;
		all &= met;
	}
	return all ? YES : any ? OPEN : NO;
}

static void look_at_test(struct builder *b, uint32_t node)
{
	const struct linx_cond_node *t = &b->c->nodes[node];

	if (b->tests[node].known)
		return;
	b->tests[node].known = b->tests[node].decided = true;
	if (is_call_test(b, t)) {
		b->tests[node].v = value_of_calls(b, t);
	} else {
		b->tests[node].v = OPEN;
		b->tests[node].decided = load_of(b, t, &b->tests[node].load);
	}
}

static enum tri value(struct builder *b, uint32_t node, bool negated);

static enum tri work_out(struct builder *b, uint32_t node, bool negated)
{
	const struct linx_cond_node *n = &b->c->nodes[node];
	enum tri v;

	switch (n->kind) {
	case LINX_COND_NOT:
		return value(b, n->left, !negated);
	case LINX_COND_AND:
	case LINX_COND_OR:
		v = value(b, n->left, negated);
		return join((n->kind == LINX_COND_AND) != negated, v, value(b, n->right, negated));
	default:
		break;
	}
	look_at_test(b, node);
	v = b->tests[node].v;
	if (!b->tests[node].decided)
		return YES;
	return v == OPEN ? OPEN : of_bool((v == YES) != negated);
}

/* Returns the value of a node: NO and YES are constant and need no code; OPEN: the program must decide. */
static enum tri value(struct builder *b, uint32_t node, bool negated)
{
	uint8_t *known = &b->values[node][negated];

	if (!*known)
		*known = (uint8_t)(work_out(b, node, negated) + 1);
	return (enum tri)(*known - 1);
}

/* ---- code --------------------------------------------------------------------------------------------------- */

static unsigned int put(struct builder *b, uint16_t code, uint8_t jt, uint8_t jf, uint32_t k)
{
	if (b->n == LENGTH_MAX) {
		b->too_long = true;
		return 0;
	}
	b->code[b->n] = (struct sock_filter){ code, jt, jf, k };
	return b->n++;
}

/*
 * Largest distance at which a conditional jump goes to its target directly. BPF allows 255, but two more instructions
 * may be emitted between the check of the distance and the jump's use: a bridge for the other target, and the jump
 * itself.
 */
#define REACH 250u

/*
 * Returns a label that a conditional jump can reach from here: the label itself, or the label of a jump to it (a
 * bridge).
 */
static unsigned int reachable(struct builder *b, unsigned int label)
{
	unsigned int at;

	if (b->n - label <= REACH)
		return label;
	for (unsigned int i = 0; i < 4 && i < b->nbridges; i++)
		if (b->bridges[i].label == label && b->n - b->bridges[i].jump <= REACH)
			return b->bridges[i].jump;
	at = b->nbridges++ % 4;
	b->bridges[at].label = label;
	b->bridges[at].jump = put(b, BPF_JMP | BPF_JA, 0, 0, b->n - label - 1);
	return b->bridges[at].jump;
}

static unsigned int jump(struct builder *b, uint16_t op, uint32_t k, unsigned int yes, unsigned int no)
{
	if (yes == no)
		return yes;
	yes = reachable(b, yes);
	no = reachable(b, no);
	return put(b, (uint16_t)(BPF_JMP | BPF_K | op), (uint8_t)(b->n - yes - 1), (uint8_t)(b->n - no - 1), k);
}

/*
 * Makes the next emitted instruction continue at label. That instruction runs before label, since code is emitted
 * backwards.
 */
static void go_on(struct builder *b, unsigned int label)
{
	if (label + 1 != b->n)
		put(b, BPF_JMP | BPF_JA, 0, 0, b->n - label - 1);
}

/* Emits the load of a word. then: label at which the program continues after the load */
static unsigned int load_word(struct builder *b, size_t at, unsigned int then)
{
	go_on(b, then);
	return put(b, BPF_LD | BPF_W | BPF_ABS, 0, 0, (uint32_t)at);
}

static size_t low_of(uint32_t at)
{
	return at + (__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? 0 : 4);
}

static size_t high_of(uint32_t at)
{
	return at + (__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? 4 : 0);
}

#define SIGN 0x80000000u

/* Emits the load of a word. The sign bit of a signed word is inverted, so that the word can be compared as unsigned. */
static unsigned int load_signed(struct builder *b, size_t at, bool is_signed, unsigned int then)
{
	go_on(b, then);
	if (is_signed)
		then = put(b, BPF_ALU | BPF_XOR | BPF_K, 0, 0, SIGN);
	return load_word(b, at, then);
}

/* Emits the comparison of a word with an operand; op is BPF_JEQ, BPF_JGT or BPF_JGE. */
static unsigned int compare_word(struct builder *b, const struct load *l, uint16_t op, int64_t operand, unsigned int yes,
				 unsigned int no)
{
	int64_t least = l->is_signed ? INT32_MIN : 0, most = l->is_signed ? INT32_MAX : UINT32_MAX;

	if (operand < least)
		return op == BPF_JEQ ? no : yes;
	if (operand > most)
		return no;
	yes = jump(b, op, (uint32_t)operand ^ (l->is_signed ? SIGN : 0), yes, no);
	return load_signed(b, low_of(l->at), l->is_signed, yes);
}

static unsigned int compare_long(struct builder *b, const struct load *l, uint16_t op, int64_t operand, unsigned int yes,
				 unsigned int no)
{
	uint32_t high = (uint32_t)((uint64_t)operand >> 32) ^ SIGN;
	unsigned int label = jump(b, op, (uint32_t)operand, yes, no);

	label = load_word(b, low_of(l->at), label);
	label = jump(b, BPF_JEQ, high, label, no);
	if (op != BPF_JEQ)
		label = jump(b, BPF_JGT, high, yes, label);
	return load_signed(b, high_of(l->at), true, label);
}

static unsigned int compare(struct builder *b, const struct load *l, enum linx_cond_op op, int64_t operand,
			    unsigned int yes, unsigned int no)
{
	unsigned int (*cmp)(struct builder *, const struct load *, uint16_t, int64_t, unsigned int, unsigned int) =
		l->size == 8 ? compare_long : compare_word;

	switch (op) {
	case LINX_OP_GT:
		return cmp(b, l, BPF_JGT, operand, yes, no);
	case LINX_OP_GE:
		return cmp(b, l, BPF_JGE, operand, yes, no);
	case LINX_OP_LT:
		return cmp(b, l, BPF_JGE, operand, no, yes);
	case LINX_OP_LE:
		return cmp(b, l, BPF_JGT, operand, no, yes);
	case LINX_OP_NE:
		return cmp(b, l, BPF_JEQ, operand, no, yes);
	default:
		return cmp(b, l, BPF_JEQ, operand, yes, no);
	}
}

/* Emits the comparison of a word with several operands ("in"); the word is loaded once. */
static unsigned int test_words(struct builder *b, const struct linx_cond_node *t, const struct load *l, unsigned int yes,
			       unsigned int no)
{
	unsigned int label = no;

	for (uint32_t i = t->count; i--;) {
		int64_t operand = b->c->operands[t->first + i].num;

		if (l->is_signed ? operand == (int32_t)operand : operand == (uint32_t)operand)
			label = jump(b, BPF_JEQ, (uint32_t)operand, yes, label);
	}
	return label == no ? no : load_word(b, low_of(l->at), label);
}

static unsigned int test_number(struct builder *b, const struct linx_cond_node *t, const struct load *l,
				unsigned int yes, unsigned int no)
{
	unsigned int label = no;

	if (l->size == 4 && t->op == LINX_OP_IN)
		return test_words(b, t, l, yes, no);
	for (uint32_t i = t->count; i--;)
		label = compare(b, l, t->op, b->c->operands[t->first + i].num, yes, label);
	if (!l->may_lack)
		return label;
	return compare(b, l, LINX_OP_EQ, -1, no, label);
}

/*
 * Finds the last run of chosen call numbers below *to, and sets *from and *to to its first and last number. Numbers
 * between them that are not chosen may be unselected ones, since the program never sees their calls. False: no chosen
 * number is below *to.
 */
static bool last_run(const struct builder *b, unsigned int abi, const bool *chosen, unsigned int *from, unsigned int *to)
{
	const bool *selected = b->selected + abi * LINX_NR_MAX;

	chosen += abi * LINX_NR_MAX;
	while (*to && !chosen[*to - 1])
		--*to;
	if (!*to)
		return false;
	*from = --*to;
	for (unsigned int nr = *to; nr && (chosen[nr - 1] || !selected[nr - 1]); nr--)
		*from = chosen[nr - 1] ? nr - 1 : *from;
	return true;
}

static unsigned int test_abi(struct builder *b, unsigned int abi, const bool *chosen, unsigned int yes, unsigned int no)
{
	unsigned int label = no, from, to = LINX_NR_MAX;
	bool any = false;

	for (; last_run(b, abi, chosen, &from, &to); to = from) {
		any = true;
		if (from == to)
			label = jump(b, BPF_JEQ, to, yes, label);
		else
			label = jump(b, BPF_JGE, from, jump(b, BPF_JGT, to, label, yes), label);
	}
	return any ? load_word(b, offsetof(struct linx_predicate_data, nr), label) : no;
}

static unsigned int test_calls(struct builder *b, const bool *chosen, unsigned int yes, unsigned int no)
{
	unsigned int label = no;

	for (unsigned int abi = LINX_ABI_NR; abi--;) {
		unsigned int inside = test_abi(b, abi, chosen, yes, no);

		if (inside == no)
			continue;
		label = jump(b, BPF_JEQ, abi, inside, label);
		label = load_word(b, offsetof(struct linx_predicate_data, abi), label);
	}
	return label;
}

static unsigned int test_call(struct builder *b, const struct linx_cond_node *t, unsigned int yes, unsigned int no)
{
	bool *chosen = calloc(LINX_NCALLS, sizeof(*chosen));
	struct linx_event ev;
	unsigned int label;

	if (!chosen) {
		b->too_long = true;
		return yes;
	}
	for (unsigned int key = 0; key < LINX_NCALLS; key++) {
		make_event(b, key, &ev);
		chosen[key] = b->selected[key] && !b->loose[key] && linx_cond_test(b->c, &ev, t);
	}
	label = test_calls(b, chosen, yes, no);
	free(chosen);
	return label;
}

/* Emits the code for a node, which continues at the label yes or no. Returns the label at which the code begins. */
static unsigned int emit(struct builder *b, uint32_t node, bool negated, unsigned int yes, unsigned int no)
{
	const struct linx_cond_node *n = &b->c->nodes[node];
	enum tri v = value(b, node, negated);
	unsigned int right;

	if (v != OPEN || b->too_long)
		return v == NO ? no : yes;
	switch (n->kind) {
	case LINX_COND_NOT:
		return emit(b, n->left, !negated, yes, no);
	case LINX_COND_AND:
	case LINX_COND_OR:
		right = emit(b, n->right, negated, yes, no);
		if ((n->kind == LINX_COND_AND) != negated)
			return emit(b, n->left, negated, right, no);
		return emit(b, n->left, negated, yes, right);
	default:
		break;
	}
	if (is_call_test(b, n))
		return test_call(b, n, negated ? no : yes, negated ? yes : no);
	return test_number(b, n, &b->tests[node].load, negated ? no : yes, negated ? yes : no);
}

/*
 * Emits the code that runs if the condition is false for the data: the event is still accepted if the data may differ
 * from what the event shows, else it is rejected.
 */
static unsigned int emit_doubts(struct builder *b, unsigned int accept, unsigned int reject)
{
	uint32_t flags = (b->uses_ids ? LINX_PREDICATE_CONTEXT : 0) | (b->uses_result ? LINX_PREDICATE_ENTRY : 0);
	unsigned int label = test_calls(b, b->loose, accept, reject);

	label = jump(b, BPF_JGE, LINX_NR_OTHER, accept, label);
	label = load_word(b, offsetof(struct linx_predicate_data, nr), label);
	if (!flags)
		return label;
	label = jump(b, BPF_JSET, flags, accept, label);
	return load_word(b, offsetof(struct linx_predicate_data, flags), label);
}

static void build(struct builder *b)
{
	unsigned int reject = put(b, BPF_RET | BPF_K, 0, 0, 0), accept = put(b, BPF_RET | BPF_K, 0, 0, 1), entry;

	entry = emit(b, b->c->root, false, accept, emit_doubts(b, accept, reject));
	go_on(b, entry); /* The program is emitted backwards, so its first instruction is emitted last. */
}

static void give(const struct builder *b, struct linx_program *out)
{
	out->insns = malloc(b->n * sizeof(*out->insns));
	if (!out->insns)
		return;
	for (unsigned int i = 0; i < b->n; i++)
		out->insns[i] = b->code[b->n - 1 - i];
	out->len = b->n;
	out->uses_result = b->uses_result;
}

void linx_program_compile(struct linx_condition *c, const struct linx_table *t, struct linx_select *sel,
			    struct linx_program *out)
{
	struct builder *b = calloc(1, sizeof(*b));

	*out = (struct linx_program){ 0 };
	if (!b)
		return;
	b->tests = calloc(c->nnodes, sizeof(*b->tests));
	b->values = calloc(c->nnodes, sizeof(*b->values));
	if (!b->tests || !b->values)
		goto free_builder;
	b->c = c;
	b->table = t;
	narrow(b, sel);
	if (value(b, c->root, false) != YES) {
		build(b);
		if (!b->too_long)
			give(b, out);
	}
free_builder:
	free(b->values);
	free(b->tests);
	free(b);
}
