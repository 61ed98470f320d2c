// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * A call overwrites the pointer to one of its lengths with its own result. Therefore the pointer is random or invalid
 * at the return. Of the calls whose arguments lie in memory, socketcall of i386 alone has such pointers; the 64-bit
 * program makes it by int $0x80 (x86 only, native only).
 */
#include <asm/socket.h>
#include <linux/net.h>
#include <sys/socket.h>
#include "raw.h"
#include "rec.h"

#define SOCKETCALL 102 /* number of the call in the i386 table */
#define ARGS(...) ((const uint64_t[6]){ __VA_ARGS__ })
#define P(p) ((uintptr_t)(p))

/* Indices of words in the page, which begins with the arguments: the length that the call finds, and a good length. */
#define LENGTH 16
#define GOOD 32
#define NOWHERE 0xff000001 /* an unmapped address whose lower bytes are also a valid beginning of an AF_UNIX address */

static uint32_t *page; /* shared memory in the lowest 4 GB, with an inaccessible page behind it */
static int fd;

struct test {
	const char *name;
	int call;
	uint32_t pointer; /* value with which the call overwrites the pointer to the length */
	int state, size; /* expected state and bytes of the recorded value, without its address; size 0: no value */
};

static struct test tests[6];

static void make_tests(void)
{
	const struct test all[] = {
		{ "a length that is there", SYS_GETSOCKOPT, P(page + GOOD), LINX_WHOLE, 4 },
		{ "a length of nothing", SYS_GETSOCKOPT, P(page + GOOD + 1), 0, 0 },
		{ "no page", SYS_GETSOCKOPT, NOWHERE, LINX_UNREADABLE, 0 },
		{ "a null pointer", SYS_GETSOCKOPT, 0, LINX_UNREADABLE, 0 },
		{ "half of it behind the page", SYS_GETSOCKOPT, P(page) + 4094, LINX_UNREADABLE, 0 },
		{ "no page, of a name", SYS_GETSOCKNAME, NOWHERE, LINX_UNREADABLE, 0 },
	};

	memcpy(tests, all, sizeof(all));
}

#define TESTS (sizeof(tests) / sizeof(*tests))

/* Returns the index of the argument that the call overwrites, which is the pointer to the length. */
static unsigned int overwritten(const struct test *t)
{
	return t->call == SYS_GETSOCKOPT ? 4 : 2;
}

/* Makes the call. No other call in this program is socketcall. */
static bool make(const struct test *t)
{
	uint32_t *args = page, *to = args + overwritten(t);

	page[LENGTH] = t->call == SYS_GETSOCKOPT ? sizeof(int) : 6;
	if (t->call == SYS_GETSOCKOPT) {
		if (setsockopt(fd, SOL_SOCKET, SO_MARK, &t->pointer, sizeof(t->pointer)))
			return false;
		memcpy(args, (const uint32_t[]){ fd, SOL_SOCKET, SO_MARK, P(to), P(page + LENGTH) }, 20);
	} else {
		memcpy(args, (const uint32_t[]){ fd, P(to), P(page + LENGTH) }, 12);
	}
	return !raw_i386(SOCKETCALL, ARGS(t->call, P(args))) && *to == t->pointer;
}

static void target(void)
{
	int bad = 0;

	for (unsigned int i = 0; i < TESTS; i++)
		bad += !make(&tests[i]);
	_exit(bad);
}

static void prepare(void)
{
	const uint32_t name[2] = { NOWHERE, 0 };

	page = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS | MAP_32BIT | MAP_POPULATE, -1, 0);
	if (page == MAP_FAILED || munmap(page + 1024, 4096))
		die("mmap");
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || bind(fd, (const struct sockaddr *)name, 6))
		die("bind");
	page[GOOD] = 4;
	page[GOOD + 1] = 0;
	page[1023] = 4 << 16; /* the last two bytes of the page: the lower half of a valid length */
	make_tests();
}

/* ---- checks of the records */

/*
 * Returns the last value that holds the memory at addr to which a member points, or NULL; *n is the number of such
 * values.
 */
static const struct linx_val *member_at(const struct linx_rec *rec, uint64_t addr, unsigned int *n)
{
	const struct linx_val *v = rec_first(rec), *found = NULL;
	uint64_t at;

	*n = 0;
	for (unsigned int i = 0; i < rec->nvals; i++, v = val_next(v)) {
		if (v->arg != 1 || LINX_VAL_KIND(v->info) != LINX_VAL_MEM || v->size < sizeof(at))
			continue;
		memcpy(&at, val_bytes(v), sizeof(at));
		if (at != addr)
			continue;
		found = v;
		++*n;
	}
	return found;
}

static void check(const struct test *t, const struct linx_rec *rec)
{
	uint64_t addr = P(page + overwritten(t));
	const struct linx_val *v;
	unsigned int n;

	is(rec_ret(rec), 0, "%s: result", t->name);
	ok(rec_is_tidy(rec), "%s: values and nothing else", t->name);
	v = member_at(rec, addr, &n);
	if (!is(n, t->state != 0, "%s: values of what was filled", t->name) || !v)
		return;
	is(LINX_VAL_STATE(v->info), t->state, "%s: state", t->name);
	is(v->size, 8 + t->size, "%s: bytes kept", t->name);
	is(v->orig, 8 + t->size, "%s: original length", t->name);
	is(memcmp(val_bytes(v) + 8, &t->pointer, t->size), 0, "%s: bytes", t->name);
}

/* Checks the entry record: at entry the pointer still leads to the length, so the value is recorded. */
static void check_entry(const struct test *t, const struct linx_rec *rec)
{
	uint32_t room = t->call == SYS_GETSOCKOPT ? sizeof(int) : 6;
	const struct linx_val *v;
	unsigned int n;

	v = member_at(rec, P(page + LENGTH), &n);
	if (is(n, 1, "%s: lengths at entry", t->name))
		ok(v->info == LINX_VAL_INFO(LINX_VAL_MEM, LINX_WHOLE) && v->size == 12 && !memcmp(val_bytes(v) + 8, &room, 4),
		   "%s: the length at entry", t->name);
	member_at(rec, P(page + overwritten(t)), &n);
	is(n, 0, "%s: nothing at entry of what will be filled", t->name);
}

static const struct linx_rec *next(const struct traced *t, const struct linx_rec *rec, unsigned int kind)
{
	do
		rec = rec_of(&t->log, rec, t->pid, kind);
	while (rec && (rec->nr != SOCKETCALL || rec->abi != LINX_ABI_I386));
	return rec;
}

static void run(bool everybody, unsigned int flags)
{
	const struct linx_rec *rec = NULL;
	struct traced t;

	printf("# %s%s\n", everybody ? "everybody" : "one process", flags ? ", with descriptors" : "");
	traced_everybody = everybody;
	traced_run(&t, (struct linx_setup){ .flags = flags }, target);
	is(t.status, 0, "calls that did not do what they should");
	for (unsigned int i = 0; i < TESTS; i++) {
		rec = next(&t, rec, LINX_REC_ENTER);
		if (ok(rec != NULL, "%s: entry", tests[i].name))
			check_entry(&tests[i], rec);
		rec = next(&t, rec, LINX_REC_EXIT);
		if (ok(rec != NULL, "%s: return", tests[i].name))
			check(&tests[i], rec);
	}
	traced_end(&t);
}

int main(int argc, char **argv)
{
	on_cpu(0);
	prepare();
	if (argc == 2 && !strcmp(argv[1], "calls"))
		target();
	run(false, 0);
	run(true, 0);
	run(true, LINX_SETUP_FD_PATHS | LINX_SETUP_FD_DETAILS);
	return tap_end();
}
