// SPDX-License-Identifier: LGPL-2.1-or-later
/* The table of linxcap top: see top/table.h. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "top/table.h"

#define ROOT UINT32_MAX
/* Deepest level at which a row of the tree is drawn. Rows further down are drawn at this level too. */
#define DEPTH_MAX 60u

void top_table_begin(struct top_table *t, const struct view_def *view)
{
	*t = (struct top_table){ .view = view, .norder = view->norder };
	memcpy(t->order, view->order, sizeof(t->order));
	for (unsigned int i = 0; i < view->nitems; i++)
		if (view->norder && view->items[i].is_key == view->order[0].key && view->items[i].index == view->order[0].index) {
			t->item = i;
			break;
		}
}

void top_table_free(struct top_table *t)
{
	free(t->rows);
	t->rows = NULL;
	t->n = t->room = 0;
}

void top_table_forget(struct top_table *t)
{
	t->a = NULL;
	t->n = 0;
}

/* ---- rows ----------------------------------------------------------------------------------- */

static uint64_t mix(uint64_t hash, const void *data, size_t n)
{
	const unsigned char *at = data;
	uint64_t word;

	/* a table has far more rows than the screen, and each is hashed for each drawing */
	for (; n >= sizeof(word); n -= sizeof(word), at += sizeof(word)) {
		memcpy(&word, at, sizeof(word));
		hash = (hash ^ word) * 0x9e3779b97f4a7c15u;
		hash ^= hash >> 32;
	}
	while (n--)
		hash = (hash ^ *at++) * 0x100000001b3u;
	return hash;
}

static uint64_t id_of(const struct top_table *t, uint32_t group)
{
	uint64_t hash = 0xcbf29ce484222325u;
	struct linx_cell cell;

	for (unsigned int i = 0; i < t->view->nkeys; i++) {
		if (linx_aggregate_get_key(t->a, group, i, &cell))
			continue;
		hash = mix(hash, &cell.type, sizeof(cell.type));
		hash = cell.type == LINX_CELL_TEXT ? mix(hash, cell.text, cell.len) : mix(hash, &cell.num, sizeof(cell.num));
	}
	return hash;
}

static int reserve(struct top_table *t, unsigned int n)
{
	struct top_row *rows;

	if (n <= t->room)
		return 0;
	rows = reallocarray(t->rows, n + n / 4 + 16, sizeof(*rows));
	if (!rows)
		return -ENOMEM;
	t->rows = rows;
	t->room = n + n / 4 + 16;
	return 0;
}

bool top_table_has_tree(const struct top_table *t)
{
	return t->view->tree;
}

/* ---- the tree ------------------------------------------------------------------------------- */

/* A group as a node of the tree: its first key, such as its pid, and that of its parent. */
struct node {
	int64_t key, parent;
	uint32_t group;
	uint32_t child, next; /* indexes of the first child and of the next sibling; ROOT: none */
	bool placed;
};

static int by_key(const void *x, const void *y)
{
	const struct node *const *a = x, *const *b = y;

	if ((*a)->key != (*b)->key)
		return (*a)->key < (*b)->key ? -1 : 1;
	return ((*a)->group > (*b)->group) - ((*a)->group < (*b)->group);
}

static void read_nodes(const struct top_table *t, struct node *nodes, struct node **sorted, unsigned int n)
{
	const struct linx_aggregate_order *parent = &t->view->tree_by;
	struct linx_cell cell;

	for (unsigned int i = 0; i < n; i++) {
		nodes[i] = (struct node){ .group = i, .child = ROOT, .next = ROOT, .parent = -1 };
		if (!linx_aggregate_get_key(t->a, i, 0, &cell))
			nodes[i].key = cell.num;
		if (!(parent->key ? linx_aggregate_get_key(t->a, i, parent->index, &cell) : linx_aggregate_get_cell(t->a, i, parent->index, &cell)) &&
		    cell.type == LINX_CELL_NUMBER)
			nodes[i].parent = cell.num;
		sorted[i] = &nodes[i];
	}
	qsort(sorted, n, sizeof(struct node *), by_key);
}

/* Returns the first group with this key; NULL: there is none. */
static struct node *find(struct node **sorted, unsigned int n, int64_t key)
{
	unsigned int low = 0, high = n;

	while (low < high) {
		unsigned int mid = low + (high - low) / 2;

		if (sorted[mid]->key < key)
			low = mid + 1;
		else
			high = mid;
	}
	return low < n && sorted[low]->key == key ? sorted[low] : NULL;
}

/* Adds each group to the children of its parent, which are in the order of the groups. parent of a root becomes -1. */
static void join(struct node *nodes, struct node **sorted, unsigned int n)
{
	for (unsigned int i = n; i-- > 0;) {
		struct node *parent = nodes[i].parent > 0 ? find(sorted, n, nodes[i].parent) : NULL;

		if (!parent || parent->key == nodes[i].key) {
			nodes[i].parent = -1;
			continue;
		}
		nodes[i].next = parent->child;
		parent->child = i;
	}
}

/*
 * Appends the row of a group to the table. lines: bits of struct top_row.lines for the row. Returns those for its
 * children.
 */
static uint64_t place(struct top_table *t, struct node *node, unsigned int depth, uint64_t lines)
{
	bool last = depth && node->next == ROOT;

	node->placed = true;
	depth = depth < DEPTH_MAX ? depth : DEPTH_MAX;
	t->rows[t->n++] = (struct top_row){ .id = id_of(t, node->group), .group = node->group, .depth = (uint16_t)depth, .last = last, .lines = lines };
	return depth && !last ? lines | 1ull << depth : lines;
}

/* Appends the rows of a root and of all its descendants. stack has room for all groups. */
static void place_all(struct top_table *t, struct node *nodes, uint32_t root, uint32_t *stack)
{
	unsigned int depth = 0;
	uint32_t at = nodes[root].child;
	uint64_t lines[DEPTH_MAX + 1];

	lines[0] = place(t, &nodes[root], 0, 0);
	for (stack[0] = root;;) {
		if (at != ROOT && !nodes[at].placed) {
			lines[depth < DEPTH_MAX ? depth + 1 : DEPTH_MAX] = place(t, &nodes[at], depth + 1, lines[depth < DEPTH_MAX ? depth : DEPTH_MAX]);
			stack[++depth] = at;
			at = nodes[at].child;
		} else if (at != ROOT) {
			at = nodes[at].next;
		} else if (depth) {
			at = nodes[stack[depth--]].next;
		} else {
			return;
		}
	}
}

static int make_tree(struct top_table *t, unsigned int n)
{
	struct node *nodes = calloc(n + 1, sizeof(*nodes)), **sorted = calloc(n + 1, sizeof(struct node *));
	uint32_t *stack = calloc(n + 1, sizeof(*stack));

	t->n = 0;
	if (nodes && sorted && stack) {
		read_nodes(t, nodes, sorted, n);
		join(nodes, sorted, n);
		for (unsigned int i = 0; i < n; i++)
			if (nodes[i].parent < 0)
				place_all(t, nodes, i, stack);
		/* reused pids can make groups each other's ancestors: one group of such a ring becomes a root */
		for (unsigned int i = 0; i < n; i++)
			if (!nodes[i].placed)
				place_all(t, nodes, i, stack);
	}
	free(stack);
	free(sorted);
	free(nodes);
	return nodes && sorted && stack ? 0 : -ENOMEM;
}

static int make_list(struct top_table *t, unsigned int n)
{
	for (unsigned int i = 0; i < n; i++)
		t->rows[i] = (struct top_row){ .id = id_of(t, i), .group = i };
	t->n = n;
	return 0;
}

int top_table_update(struct top_table *t, struct linx_aggregate *a, uint64_t span_ns)
{
	const struct linx_aggregate_sorting o = { .size = sizeof(o), .order = t->order, .norder = t->norder, .span_ns = span_ns };
	int n, rc;

	t->a = a;
	n = linx_aggregate_sort(a, &o);
	rc = n < 0 ? n : reserve(t, (unsigned int)n);
	if (!rc)
		rc = t->tree && t->view->tree ? make_tree(t, (unsigned int)n) : make_list(t, (unsigned int)n);
	if (rc) {
		t->n = 0;
		return rc;
	}
	for (unsigned int i = 0; t->moved && i < t->n; i++)
		if (t->rows[i].id == t->wanted) {
			t->selected = i;
			break;
		}
	if (t->selected >= t->n)
		t->selected = t->n ? t->n - 1 : 0;
	return 0;
}

/* ---- selection ------------------------------------------------------------------------------ */

void top_table_scroll(struct top_table *t, unsigned int height)
{
	if (!height)
		return;
	if (t->selected < t->first)
		t->first = t->selected;
	else if (t->selected - t->first >= height)
		t->first = t->selected - height + 1;
	if (t->n <= height)
		t->first = 0;
	else if (t->first > t->n - height)
		t->first = t->n - height;
}

void top_table_select(struct top_table *t, unsigned int row, unsigned int height)
{
	if (!t->n)
		return;
	t->selected = row < t->n ? row : t->n - 1;
	top_table_hold(t);
	top_table_scroll(t, height);
}

void top_table_hold(struct top_table *t)
{
	if (t->selected >= t->n)
		return;
	t->wanted = t->rows[t->selected].id;
	t->moved = true;
}

void top_table_move(struct top_table *t, long by, unsigned int height)
{
	long to = (long)t->selected + by;

	top_table_select(t, to > 0 ? (unsigned int)to : 0, height);
	if (!t->selected && by < 0)
		/* the user moved up to the first row: from now on the first row is selected, whichever it is */
		t->moved = false;
}

/* ---- order ---------------------------------------------------------------------------------- */

bool top_table_descends(const struct top_table *t)
{
	return t->norder && t->order[0].descending;
}

void top_table_reverse(struct top_table *t)
{
	if (t->norder)
		t->order[0].descending = !t->order[0].descending;
}

void top_table_sort_by(struct top_table *t, unsigned int item)
{
	const struct view_item *i = &t->view->items[item];
	struct linx_aggregate_order first = { .index = i->index, .key = i->is_key, .descending = !top_table_is_text(t, item) };
	unsigned int n = 1;

	if (item == t->item && t->norder) {
		top_table_reverse(t);
		return;
	}
	/* rows that are equal in the new column stay in the view's order */
	for (unsigned int k = 0; k < t->view->norder && n < VIEW_ITEMS_MAX; k++)
		if (t->view->order[k].index != first.index || t->view->order[k].key != first.key)
			t->order[n++] = t->view->order[k];
	t->order[0] = first;
	t->norder = n;
	t->item = item;
}

/* ---- tags and search ------------------------------------------------------------------------ */

bool top_table_is_tagged(const struct top_table *t, uint64_t id)
{
	for (unsigned int i = 0; i < t->ntags; i++)
		if (t->tags[i] == id)
			return true;
	return false;
}

void top_table_tag(struct top_table *t)
{
	uint64_t id;

	if (t->selected >= t->n)
		return;
	id = t->rows[t->selected].id;
	for (unsigned int i = 0; i < t->ntags; i++)
		if (t->tags[i] == id) {
			t->tags[i] = t->tags[--t->ntags];
			return;
		}
	if (t->ntags < TOP_TAGS)
		t->tags[t->ntags++] = id;
}

static bool has_text(const struct top_table *t, const struct top_row *row, const char *text)
{
	char cell[SHEET_CELL];

	for (unsigned int i = 0; i < t->view->nitems; i++)
		if (top_table_text(t, row, i, cell) && strcasestr(cell, text))
			return true;
	return false;
}

bool top_table_search(struct top_table *t, const char *text, bool skip, unsigned int height)
{
	for (unsigned int i = 0; *text && i < t->n; i++) {
		unsigned int row = (t->selected + i + skip) % t->n;

		if (has_text(t, &t->rows[row], text)) {
			top_table_select(t, row, height);
			return true;
		}
	}
	return false;
}

/* ---- cells ---------------------------------------------------------------------------------- */

static void get_cell(const struct top_table *t, uint32_t group, unsigned int item, struct linx_cell *cell)
{
	const struct sheet s = { .view = t->view, .a = t->a };

	sheet_cell(&s, group, &t->view->items[item], cell);
}

size_t top_table_text(const struct top_table *t, const struct top_row *row, unsigned int item, char text[SHEET_CELL])
{
	struct linx_cell cell;

	get_cell(t, row->group, item, &cell);
	return sheet_cell_text(&t->view->items[item].look, &cell, text);
}

bool top_table_is_text(const struct top_table *t, unsigned int item)
{
	const struct view_item *i = &t->view->items[item];
	struct linx_cell cell;

	if (!i->is_key && t->view->columns[i->index].of.kind != LINX_COLUMN_LAST)
		return false;
	for (unsigned int row = 0; t->a && row < t->n && row < 100; row++) {
		get_cell(t, t->rows[row].group, item, &cell);
		if (cell.type != LINX_CELL_NONE)
			return cell.type == LINX_CELL_TEXT;
	}
	return true;
}

/* ---- conditions ----------------------------------------------------------------------------- */

int top_put_text(const struct linx_cell *cell, const char *field, char *to, size_t size, struct problem *why)
{
	size_t n = (size_t)snprintf(to, size, "%s %s \"", field, cell->len < LINX_AGGREGATE_TEXT ? "=" : "startswith");

	for (unsigned int i = 0; i < cell->len && n < size; i++)
		if (cell->text[i] == '"' || cell->text[i] == '\\')
			n += (size_t)snprintf(to + n, size - n, "\\%c", cell->text[i]);
		else if (!cell->text[i])
			n += (size_t)snprintf(to + n, size - n, "\\x00");
		else
			n += (size_t)snprintf(to + n, size - n, "%c", cell->text[i]);
	if (n < size)
		n += (size_t)snprintf(to + n, size - n, "\"");
	return n < size ? (int)n : problem_set(why, "cannot be chosen: the name is too long");
}

static int put_key(const struct top_table *t, uint32_t group, unsigned int key, char *to, size_t size, struct problem *why)
{
	const char *field = t->view->keys[key].field;
	struct linx_cell cell = { .type = LINX_CELL_NONE };
	int n = 0;

	if (strchr(field, '|'))
		return problem_set(why, "cannot be chosen: the view takes one of several fields");
	if (linx_aggregate_get_key(t->a, group, key, &cell))
		return problem_set(why, "this row stands for many: it has no events of its own");
	if (cell.type == LINX_CELL_TEXT)
		return top_put_text(&cell, field, to, size, why);
	if (cell.type == LINX_CELL_NUMBER)
		n = snprintf(to, size, "%s = %" PRId64, field, cell.num);
	else
		n = snprintf(to, size, "not %s exists", field);
	return n > 0 && (size_t)n < size ? n : problem_set(why, "cannot be chosen: the condition is too long");
}

int top_table_condition(const struct top_table *t, const struct top_row *row, char *text, size_t size, struct problem *why)
{
	size_t at = 0;
	int n;

	text[0] = '\0';
	for (unsigned int i = 0; i < t->view->nkeys; i++) {
		if (i && at + 6 < size)
			at += (size_t)snprintf(text + at, size - at, " and ");
		n = put_key(t, row->group, i, text + at, size - at, why);
		if (n < 0)
			return -1;
		at += (size_t)n;
	}
	return 0;
}
