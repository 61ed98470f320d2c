// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Rows, variants and call numbers from kmod/tables. A variant is a copy of its row in which the arguments that depend
 * on another one are filled in; variants are searched in a sorted array.
 */
#include <stdlib.h>
#include <string.h>

#include "engine/walk/rows.h"
#include "shared/choice_data.h"
#include "shared/fd_data.h"
#include "shared/row_data.h"

static const uint16_t row_of[LINX_ABI_NR][LINX_NR_MAX] = {
#include "shared/nr_data.h"
};

struct variant {
	uint32_t selector, value;
	struct linx_walker_row row;
};

struct linx_rows {
	struct linx_walker_row rows[LINX_ROW_ID_NR];
	struct linx_walker_row otherwise[LINX_SELECTOR_NR][LINX_CHOICE_DIRS];
	bool by_direction[LINX_SELECTOR_NR];
	struct variant variants[LINX_NCHOICES]; /* sorted */
	unsigned int nvariants;
};

static void complete(struct linx_walker_row *row)
{
	struct linx_row_bits bits = linx_args_complete(row->arg, row->flags, linx_shapes);

	row->in = bits.in;
	row->out = bits.out;
	row->err = bits.err;
	row->follow = bits.follow;
	row->entry = bits.entry;
}

static void copy_row(struct linx_rows *r, struct linx_walker_row *to, unsigned int selector)
{
	*to = r->rows[linx_selector_keys[selector].row];
	to->selector = 0;
	linx_args_undecide(to->arg);
}

static struct linx_walker_row *variant_for(struct linx_rows *r, const struct linx_choice *c)
{
	struct variant *v;

	if (c->otherwise) {
		r->by_direction[c->selector] |= c->value != 0;
		return &r->otherwise[c->selector][c->value];
	}
	for (unsigned int i = 0; i < r->nvariants; i++)
		if (r->variants[i].selector == c->selector && r->variants[i].value == c->value)
			return &r->variants[i].row;
	v = &r->variants[r->nvariants++];
	v->selector = c->selector;
	v->value = c->value;
	copy_row(r, &v->row, c->selector);
	return &v->row;
}

static int by_value(const void *a, const void *b)
{
	const struct variant *x = a, *y = b;

	if (x->selector != y->selector)
		return x->selector < y->selector ? -1 : 1;
	return x->value < y->value ? -1 : x->value > y->value;
}

static void make_variants(struct linx_rows *r)
{
	for (unsigned int s = 1; s < LINX_SELECTOR_NR; s++) {
		r->rows[linx_selector_keys[s].row].selector = (uint16_t)s;
		for (unsigned int d = 0; d < LINX_CHOICE_DIRS; d++)
			copy_row(r, &r->otherwise[s][d], s);
	}
	for (unsigned int i = 0; i < LINX_NCHOICES; i++)
		variant_for(r, &linx_choices[i])->arg[linx_choices[i].arg] |= linx_choices[i].def;
	for (unsigned int i = 0; i < r->nvariants; i++)
		complete(&r->variants[i].row);
	for (unsigned int s = 1; s < LINX_SELECTOR_NR; s++)
		for (unsigned int d = 0; d < LINX_CHOICE_DIRS; d++)
			complete(&r->otherwise[s][d]);
	qsort(r->variants, r->nvariants, sizeof(r->variants[0]), by_value);
}

/* Sets a row of the table of calls, without the members that follow from what is captured and from rules. */
static void init_row(struct linx_walker_row *row, unsigned int id)
{
	const struct linx_row_data *from = &linx_row_data[id];

	row->nargs = from->nargs;
	row->flags = linx_row_flags_of(id, from->flags);
	row->id = (uint16_t)id;
	row->resolved = linx_row_resolved[id];
	memcpy(row->arg, from->arg, sizeof(row->arg));
	for (unsigned int i = 0; i < LINX_NARGS; i++) {
		row->fds |= (uint8_t)(!!(linx_arg_types[id][i] & LINX_ARG_FD) << i);
		row->dirfds |= (uint8_t)(!!(linx_arg_types[id][i] & LINX_ARG_DIRFD) << i);
		row->pairs |= (uint8_t)(!!(linx_arg_types[id][i] & LINX_ARG_PAIR) << i);
		row->sets |= (uint8_t)(!!(linx_arg_types[id][i] & LINX_ARG_SET) << i);
	}
}

/* Sets, for each row, at which index its rules begin and how many they are. */
static void set_rules(struct linx_rows *r)
{
	struct linx_walker_row *row;

	for (unsigned int i = LINX_NFD_RULES; i-- > 0;) {
		row = &r->rows[linx_fd_rules[i].row];
		row->rule = (uint16_t)i;
		row->nrules++;
	}
	for (unsigned int i = 0; i < LINX_ROW_ID_NR; i++)
		linx_row_set_changes(&r->rows[i]);
}

struct linx_rows *linx_rows_new(void)
{
	struct linx_rows *r = calloc(1, sizeof(*r));

	if (!r)
		return NULL;
	for (unsigned int i = 0; i < LINX_ROW_ID_NR; i++)
		init_row(&r->rows[i], i);
	set_rules(r);
	make_variants(r);
	for (unsigned int i = 0; i < LINX_ROW_ID_NR; i++)
		complete(&r->rows[i]);
	return r;
}

void linx_rows_free(struct linx_rows *rows)
{
	free(rows);
}

const struct linx_walker_row *linx_rows_get(const struct linx_rows *rows, unsigned int abi, unsigned int nr)
{
	return &rows->rows[abi < LINX_ABI_NR && nr < LINX_NR_OTHER ? row_of[abi][nr] : LINX_ROW_ID_UNKNOWN];
}

const struct linx_walker_row *linx_rows_variant(const struct linx_rows *rows, const struct linx_walker_row *row,
					      const uint64_t *args)
{
	const struct linx_selector_key *s = &linx_selector_keys[row->selector];
	struct variant key = { .selector = row->selector };
	const struct variant *v;

	if (!row->selector)
		return row;
	key.value = (uint32_t)(args[s->low] >> s->shift) & s->mask;
	if (s->two)
		key.value |= (uint32_t)args[s->high] << 16;
	v = bsearch(&key, rows->variants, rows->nvariants, sizeof(*v), by_value);
	if (v)
		return &v->row;
	return &rows->otherwise[row->selector][rows->by_direction[row->selector] ? key.value >> 30 : 0];
}

bool linx_rows_get_selector(const struct linx_rows *rows, unsigned int i, struct linx_rows_selector *s)
{
	const struct linx_selector_key *from = &linx_selector_keys[i < LINX_SELECTOR_NR ? i : LINX_SELECTOR_NONE];

	*s = (struct linx_rows_selector){
		.low = from->low,
		.high = from->high,
		.shift = from->shift,
		.two = from->two,
		.by_direction = i < LINX_SELECTOR_NR && rows->by_direction[i],
		.mask = from->mask,
	};
	return i < LINX_SELECTOR_NR;
}

const struct linx_walker_row *linx_rows_get_variant(const struct linx_rows *rows, unsigned int i, uint32_t *selector,
						  uint32_t *value)
{
	if (i >= rows->nvariants)
		return NULL;
	*selector = rows->variants[i].selector;
	*value = rows->variants[i].value;
	return &rows->variants[i].row;
}

const struct linx_walker_row *linx_rows_get_otherwise(const struct linx_rows *rows, unsigned int selector,
						    unsigned int direction)
{
	return &rows->otherwise[selector][direction % LINX_CHOICE_DIRS];
}

unsigned int linx_fd_rules_get(const struct linx_fd_rule **rules)
{
	*rules = linx_fd_rules;
	return LINX_NFD_RULES;
}

bool linx_fd_place_get(unsigned int shape, uint16_t at[2])
{
	for (unsigned int i = 0; i < LINX_NFD_POSITIONS; i++) {
		if (linx_fd_positions[i].shape != shape)
			continue;
		memcpy(at, linx_fd_positions[i].at, sizeof(linx_fd_positions[i].at));
		return true;
	}
	return false;
}
