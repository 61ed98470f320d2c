// SPDX-License-Identifier: GPL-2.0-only
/*
 * Finds the addresses of functions by their names. The kernel exports no function for this, and its internal ones must
 * not be called through a pointer, as the kernel has sealed them on processors with indirect branch tracking. Two
 * exported functions are used instead: sprint_symbol() gives the name for an address, and register_kprobe() looks up an
 * address by name.
 *
 * A table of the names of the kernel's functions is made by one walk through its text, symbol by symbol. For each
 * function it holds a hash of the name and the offset in the text; each match of the hash is checked with
 * sprint_symbol(). A name that is not in the table is passed to register_kprobe(): it can be a function of a module, or
 * a second name of a function. A function of a module is found only if its module is named.
 */
#include <linux/jhash.h>
#include <linux/kallsyms.h>
#include <linux/kprobes.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/sort.h>
#include <linux/string.h>
#include "core/ring.h"
#include "probe/symbol.h"

/* Most bytes of the kernel's text that are walked. */
#define TEXT_MAX (256ul << 20)

struct entry {
	u32 hash;
	u32 at; /* offset of the function from table.begin */
};

/* Table of the functions of the kernel's image, sorted by hash, then by address. linx_probes_lock protects it. */
static struct {
	unsigned long begin;
	struct entry *entries; /* NULL: not made yet */
	u32 n, room;
} table;

/* A symbol as sprint_symbol() prints it. */
struct symbol {
	char text[KSYM_SYMBOL_LEN]; /* the name with a NUL; bytes after the NUL have no meaning */
	const char *module; /* "" or "[NAME]" */
	unsigned long begin, size;
};

/* Finds the symbol at an address. Returns false if there is none. */
static bool name_address(unsigned long addr, struct symbol *s)
{
	unsigned long offset;
	char *plus, *end;

	sprint_symbol(s->text, addr);
	plus = strrchr(s->text, '+');
	if (!plus || strncmp(plus, "+0x", 3))
		return false;
	*plus = '\0';
	offset = simple_strtoul(plus + 1, &end, 16);
	if (*end != '/')
		return false;
	s->size = simple_strtoul(end + 1, &end, 16);
	s->module = *end == ' ' ? end + 1 : "";
	s->begin = addr - offset;
	return true;
}

/*
 * Asks register_kprobe() for a kprobe at the second byte of the function. It normally refuses such a kprobe, but stores
 * the address first. The kprobe is disabled, in case that an instruction begins at that byte and the kprobe is
 * accepted.
 */
unsigned long linx_symbol_address(const char *name)
{
	struct kprobe kp = { .symbol_name = name, .offset = 1, .flags = KPROBE_FLAG_DISABLED };

	if (!register_kprobe(&kp))
		unregister_kprobe(&kp);
	return kp.addr ? (unsigned long)kp.addr - 1 : 0;
}

unsigned long linx_symbol_size(unsigned long addr)
{
	struct symbol *s = kmalloc(sizeof(*s), LINX_GFP);
	unsigned long size = s && name_address(addr, s) && s->begin == addr ? s->size : 0;

	kfree(s);
	return size;
}

static u32 hash_of(const char *name)
{
	return jhash(name, strlen(name), 0);
}

static int compare(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;

	if (x->hash != y->hash)
		return x->hash < y->hash ? -1 : 1;
	return x->at < y->at ? -1 : x->at > y->at;
}

static int add_entry(u32 hash, u32 at)
{
	u32 room = table.room ? 2 * table.room : 1u << 16;
	struct entry *more;

	if (table.n == table.room) {
		more = kvmalloc_array(room, sizeof(*more), LINX_GFP);
		if (!more)
			return -ENOMEM;
		if (table.n)
			memcpy(more, table.entries, table.n * sizeof(*more));
		kvfree(table.entries);
		table.entries = more;
		table.room = room;
	}
	table.entries[table.n++] = (struct entry){ .hash = hash, .at = at };
	return 0;
}

void linx_symbol_forget(void)
{
	kvfree(table.entries);
	table.entries = NULL;
	table.n = table.room = 0;
}

static int walk_text(struct symbol *s)
{
	unsigned long end = linx_symbol_address("_etext"), at;
	int err = 0;

	table.begin = linx_symbol_address("_stext");
	if (!table.begin)
		return 0; /* without a table, each name is passed to register_kprobe() */
	if (end <= table.begin || end - table.begin > TEXT_MAX)
		end = table.begin + TEXT_MAX;
	for (at = table.begin; !err && at < end && name_address(at, s); at = s->begin + max(s->size, 1ul)) {
		if (s->begin == at)
			err = add_entry(hash_of(s->text), at - table.begin);
		if (s->begin + s->size <= at && s->size)
			break;
		if (fatal_signal_pending(current))
			err = -EINTR;
		cond_resched();
	}
	return err;
}

static int make_table(struct symbol *s)
{
	int err;

	if (table.entries)
		return 0;
	err = walk_text(s);
	if (err)
		linx_symbol_forget();
	else if (table.n)
		sort(table.entries, table.n, sizeof(*table.entries), compare, NULL);
	return err;
}

static int take(unsigned long addr, unsigned long *to, unsigned int *n, unsigned int max)
{
	if (*n == max)
		return -E2BIG;
	to[(*n)++] = addr;
	return 0;
}

/* Finds the functions of the kernel's image that have the name. */
static int find_in_table(struct symbol *s, const char *name, unsigned long *to, unsigned int *n, unsigned int max)
{
	u32 hash = hash_of(name), low = 0, high = table.n, mid;
	int err = 0;

	while (low < high) {
		mid = (low + high) / 2;
		if (table.entries[mid].hash < hash)
			low = mid + 1;
		else
			high = mid;
	}
	for (; !err && low < table.n && table.entries[low].hash == hash; low++) {
		unsigned long addr = table.begin + table.entries[low].at;

		if (name_address(addr, s) && s->begin == addr && !strcmp(s->text, name))
			err = take(addr, to, n, max);
	}
	return err;
}

/* Most symbols of a module that are walked. */
#define MODULE_SYMBOLS 100000

/*
 * Finds the functions of a module that have the name. addr: the address of one of them. Walks from there back to the
 * first symbol of the module's text, then forward over all symbols of the module. in_module: the caller has named the
 * module; if not, only a second name of a function of the kernel is found.
 */
static int find_in_module(struct symbol *s, const char *name, bool in_module, unsigned long addr, unsigned long *to,
			  unsigned int *n, unsigned int max)
{
	char module[MODULE_NAME_LEN + 2];
	unsigned long first = addr;
	unsigned int i;
	int err = 0;

	if (!name_address(addr, s) || !*s->module)
		return take(addr, to, n, max);
	if (!in_module)
		return -ENOENT; /* several modules may have the name, and types of the caller are those of the kernel */
	strscpy(module, s->module, sizeof(module));
	for (i = 0; i < MODULE_SYMBOLS && name_address(first - 1, s) && !strcmp(s->module, module) && s->begin < first; i++)
		first = s->begin;
	for (i = 0; !err && i < MODULE_SYMBOLS && name_address(first, s) && !strcmp(s->module, module); i++) {
		if (s->begin == first && !strcmp(s->text, name))
			err = take(first, to, n, max);
		if (s->begin + max(s->size, 1ul) <= first)
			break;
		first = s->begin + max(s->size, 1ul);
	}
	return *n || err ? err : take(addr, to, n, max);
}

int linx_symbol_find(const char *name, unsigned long *to, unsigned int max)
{
	const char *colon = strchr(name, ':');
	unsigned long addr;
	unsigned int n = 0;
	struct symbol *s;
	int err;

	s = kmalloc(sizeof(*s), LINX_GFP);
	if (!s)
		return -ENOMEM;
	err = make_table(s);
	if (!err && !colon)
		err = find_in_table(s, name, to, &n, max);
	if (!err && !n) {
		addr = linx_symbol_address(name);
		err = addr ? find_in_module(s, colon ? colon + 1 : name, colon, addr, to, &n, max) : -ENOENT;
	}
	kfree(s);
	return err ?: n;
}
