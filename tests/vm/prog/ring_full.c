// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Calls with structures longer than the fast paths capture, at the end of a ring that no reader empties, with every
 * amount of free space: no record is longer than the free space or half the ring, and earlier records stay unchanged.
 * The reserved share of the ring stays free, whatever length a structure claims. Built for the 64-bit ABI only
 * (native only).
 */
#include <linux/perf_event.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include "deep.h"
#include "load.h"
#include "rec.h"

#define LONG_PART 4096 /* captured bytes of a structure */
#define VECTORS 256
#define BUFFER 255 /* upper limit of the bytes that fast paths capture of a value */
#define STEP 23 /* number of records by whose size the free space shrinks in each round */

struct big {
	const char *name;
	int nr;
	unsigned int vectors;
};

struct sizes {
	uint64_t ring;
	uint32_t reserve, snap_str, snap_bytes;
};

static struct dev d;
static uint8_t memory[LONG_PART + BUFFER];
static struct iovec vectors[VECTORS];
static struct msghdr message = {
	.msg_name = memory, .msg_namelen = LONG_PART, .msg_iov = vectors, .msg_control = memory, .msg_controllen = LONG_PART
};
static uint64_t wrong, seen; /* number of wrong records and of all records of the call with the long structure */
static pid_t self, parent;

static void make_memory(void)
{
	for (unsigned int i = 0; i < sizeof(memory); i++)
		memory[i] = 1 + i * 31 % 255;
	for (unsigned int i = 0; i < VECTORS; i++)
		vectors[i] = (struct iovec){ memory + i, BUFFER };
}

/* Makes the call b on a closed descriptor, so that it has no effect. */
static void make(const struct big *b)
{
	message.msg_iovlen = b->vectors;
	if (b->nr == SYS_sendmsg)
		syscall(SYS_sendmsg, -1, &message, 0);
	else
		syscall(SYS_writev, -1, vectors, b->vectors);
}

/* ---- evaluation of the records */

static void complain(const struct linx_rec *rec, const char *what)
{
	if (wrong++ < 5) {
		rec_show(rec);
		printf("# %s\n", what);
	}
}

/* Returns whether the recorded bytes still equal the memory that the member points to. */
static bool is_true(const struct linx_val *v)
{
	uint64_t addr;

	if (LINX_VAL_KIND(v->info) != LINX_VAL_MEM)
		return true;
	memcpy(&addr, val_bytes(v), sizeof(addr));
	return v->size >= sizeof(addr) && !memcmp(val_bytes(v) + sizeof(addr), (void *)addr, v->size - sizeof(addr));
}

static void check_big(const struct linx_rec *rec)
{
	const struct linx_val *v = rec_first(rec);

	seen++;
	for (unsigned int i = 0; i < rec->nvals; i++, v = val_next(v))
		if (!is_true(v))
			complain(rec, "a value that is not what stands there");
	if (rec_ret(rec) != -EBADF || rec->nvals < 2)
		complain(rec, "not the call that was made");
}

static void look(const struct linx_rec *rec, void *arg)
{
	tally_rec(rec, arg);
	if (LINX_REC_LEN(rec) > d.ring_size / 2)
		complain(rec, "longer than half the ring");
	if (rec->kind != LINX_REC_EXIT || rec->tid != (uint32_t)self)
		return;
	if (!rec_is_tidy(rec))
		complain(rec, "not full, or padding that is not zero");
	else if (rec->nr != SYS_getppid)
		check_big(rec);
	else if (rec_ret(rec) != parent || LINX_REC_LEN(rec) != STORM_CALL_LEN)
		complain(rec, "not the call that was made");
}

/* ---- */

static void session(const struct sizes *s, const struct big *b)
{
	dev_open(&d);
	dev_setup(&d, (struct linx_setup){ .flags = LINX_SETUP_INCLUDE_SELF,
					   .ring_size = s->ring,
					   .reserve_percent = s->reserve,
					   .snap_str = s->snap_str,
					   .snap_bytes = s->snap_bytes });
	dev_want_exit(&d, SYS_getppid);
	dev_want_exit(&d, b->nr);
	dev_apply(&d);
	dev_start(&d);
}

static void one(const struct sizes *s, const struct big *b)
{
	unsigned int most = s->ring / STORM_CALL_LEN;
	struct tally t[DEV_CPUS] = { 0 };
	char name[100];

	snprintf(name, sizeof(name), "%llu bytes, %u%%, %u, %u: %s of %u", (unsigned long long)s->ring, s->reserve,
		 s->snap_str, s->snap_bytes, b->name, b->vectors);
	wrong = seen = 0;
	session(s, b);
	for (unsigned int n = 1; n < most; n += STEP) {
		for (unsigned int i = 0; i < n; i++)
			syscall(SYS_getppid);
		make(b);
		for (unsigned int cpu = 0; cpu < d.cpus; cpu++)
			dev_drain(&d, cpu, look, &t[cpu]);
	}
	dev_stop(&d);
	for (unsigned int cpu = 0; cpu < d.cpus; cpu++)
		dev_drain(&d, cpu, look, &t[cpu]);
	is(wrong, 0, "%s: wrong records", name);
	ok(seen > most / STEP / 4, "%s: %llu of them were written", name, (unsigned long long)seen);
	ok(t[0].lost[LINX_LOST_FULL] > 0, "%s: %llu calls found no room", name,
	   (unsigned long long)t[0].lost[LINX_LOST_FULL]);
	tally_check(&d, t, name);
	dev_close(&d);
}

/* ---- a structure that holds its own length, followed by a descriptor with a long path */

#define LEVEL 200 /* bytes in a directory's name */
#define LEVELS 16
#define ATTR_MAX 2000
#define GAP_LEN (sizeof(struct linx_rec) + sizeof(struct linx_gap)) /* a gap record, which counts losses */

/* Returns a descriptor of a file whose path has 3 KB. */
static int deep_file(void)
{
	int fd;

	if (!go_down(LEVELS, LEVEL))
		die("the directories");
	fd = open("f", O_CREAT | O_RDWR, 0600);
	if (fd < 0)
		die("the file");
	return fd;
}

/* Calls perf_event_open() with an event type that the kernel rejects, whatever the structure's length is. */
static void open_event(uint32_t size, int fd)
{
	static struct {
		struct perf_event_attr attr;
		uint8_t more[ATTR_MAX];
	} event;

	event.attr.type = INT32_MAX;
	event.attr.size = size;
	if (syscall(SYS_perf_event_open, &event, 0, -1, fd, 0) >= 0)
		die("perf_event_open");
}

static void keeps_share(uint64_t ring, uint32_t reserve, int fd)
{
	const uint64_t limit = ring - ring / 100 * reserve - GAP_LEN;
	struct tally t[DEV_CPUS] = { 0 };
	uint64_t whole, most;

	dev_open(&d);
	dev_setup(&d, (struct linx_setup){ .flags = LINX_SETUP_INCLUDE_SELF | LINX_SETUP_FD_PATHS,
					   .ring_size = ring, .reserve_percent = reserve });
	dev_list(&d, self);
	d.filter.flags = LINX_FILTER_PIDS;
	dev_want_exit(&d, SYS_getppid);
	dev_want_exit(&d, SYS_perf_event_open);
	dev_apply(&d);
	dev_start(&d);
	syscall(SYS_getppid); /* records the context of this process */
	whole = dev_head(&d, 0);
	open_event(ATTR_MAX, fd);
	whole = dev_head(&d, 0) - whole;
	while (dev_head(&d, 0) < limit - ATTR_MAX)
		syscall(SYS_getppid);
	for (uint32_t size = ATTR_MAX; size >= PERF_ATTR_SIZE_VER0; size--)
		open_event(size, fd);
	most = dev_head(&d, 0);
	ok(most <= limit, "%llu bytes, %u%%: %llu of %llu are taken", (unsigned long long)ring, reserve,
	   (unsigned long long)most, (unsigned long long)limit);
	dev_stop(&d);
	for (unsigned int cpu = 0; cpu < d.cpus; cpu++)
		dev_drain(&d, cpu, tally_rec, &t[cpu]);
	ok(whole > ATTR_MAX + (dev_has_paths ? LEVELS * LEVEL : 0), "with room, its record has all: %llu bytes", (unsigned long long)whole);
	ok(t[0].lost[LINX_LOST_FULL] > 0, "%llu found no room", (unsigned long long)t[0].lost[LINX_LOST_FULL]);
	tally_check(&d, t, "share");
	dev_close(&d);
}

int main(void)
{
	static const struct big bigs[] = {
		{ "sendmsg", SYS_sendmsg, VECTORS }, { "sendmsg", SYS_sendmsg, 100 }, { "writev", SYS_writev, 64 },
	};
	static const struct sizes sizes[] = {
		{ 32768, 1, 0, 40 }, { 32768, 0, 0, BUFFER }, { 65536, 1, 1024, 40 }, { 65536, 0, 1, BUFFER },
	};
	int fd;

	make_memory();
	self = getpid();
	parent = getppid();
	on_cpu(0);
	for (unsigned int i = 0; i < sizeof(sizes) / sizeof(*sizes); i++)
		for (unsigned int j = 0; j < sizeof(bigs) / sizeof(*bigs); j++)
			one(&sizes[i], &bigs[j]);
	fd = deep_file();
	/* reserves of these sizes leave each remainder modulo 8 except 0 */
	for (uint32_t reserve = 9; reserve < 16; reserve++)
		keeps_share(65536, reserve, fd);
	return tap_end();
}
