// SPDX-License-Identifier: LGPL-2.1-or-later
/* Follows open files through descriptors: see page/follow.h. */
#include <stdlib.h>
#include <string.h>

#include "base/array_size.h"
#include "page/follow.h"

#define PROCESSES_MIN 256u
/* Most descriptors of a process that are followed, and most open files. */
#define FDS_MAX (1u << 20)
#define FILES_MAX (1u << 26)
/*
 * Most descriptors for which the lists of all processes together have room. Without this limit, a recording that was
 * made to do so could take all memory.
 */
#define ROOM_MAX (1u << 25)
/* Arguments of fcntl() and close_range(). */
#define DUPFD 0
#define DUPFD_CLOEXEC 1030
#define RANGE_CLOEXEC 4u

/* The descriptors of a process. files: number of the open file of each descriptor; 0: no open file is known. */
struct process {
	uint32_t pid; /* 0: this place of the table is free */
	uint32_t room;
	uint32_t *files;
};

struct page_follow {
	struct process *processes; /* a hash table by pid, of mask + 1 places */
	uint32_t mask, n;
	uint32_t all; /* sum of the member "room" of all processes */
	uint32_t *uses; /* how many descriptors stand for an open file; the index is the number of the file */
	uint32_t nfiles, room;
};

/* ---- processes -------------------------------------------------------------------------------- */

static struct process *place_of(const struct page_follow *f, uint32_t pid)
{
	uint32_t i = pid * 2654435761u & f->mask;

	while (f->processes[i].pid && f->processes[i].pid != pid)
		i = (i + 1) & f->mask;
	return &f->processes[i];
}

static bool grow(struct page_follow *f)
{
	struct page_follow larger = { .mask = 2 * f->mask + 1 };

	larger.processes = calloc((size_t)larger.mask + 1, sizeof(*larger.processes));
	if (!larger.processes)
		return false;
	for (uint32_t i = 0; i <= f->mask; i++)
		if (f->processes[i].pid)
			*place_of(&larger, f->processes[i].pid) = f->processes[i];
	free(f->processes);
	f->processes = larger.processes;
	f->mask = larger.mask;
	return true;
}

/* Returns a process, which is added if it is new. NULL: out of memory. */
static struct process *process_of(struct page_follow *f, uint32_t pid)
{
	struct process *p = place_of(f, pid);

	if (p->pid)
		return p;
	if (f->n >= f->mask / 2) {
		if (!grow(f))
			return NULL;
		p = place_of(f, pid);
	}
	p->pid = pid;
	f->n++;
	return p;
}

struct page_follow *page_follow_new(void)
{
	struct page_follow *f = calloc(1, sizeof(*f));

	if (!f)
		return NULL;
	f->mask = PROCESSES_MIN - 1;
	f->processes = calloc(PROCESSES_MIN, sizeof(*f->processes));
	if (f->processes)
		return f;
	free(f);
	return NULL;
}

void page_follow_free(struct page_follow *f)
{
	for (uint32_t i = 0; f && i <= f->mask; i++)
		free(f->processes[i].files);
	if (f) {
		free(f->processes);
		free(f->uses);
	}
	free(f);
}

/* ---- descriptors ------------------------------------------------------------------------------ */

uint32_t page_follow_find(const struct page_follow *f, uint32_t pid, int64_t fd)
{
	const struct process *p = place_of(f, pid);

	return p->pid && fd >= 0 && fd < p->room ? p->files[fd] : 0;
}

uint32_t page_follow_uses(const struct page_follow *f, uint32_t number)
{
	return number && number <= f->nfiles ? f->uses[number] : 0;
}

/*
 * Notes that a descriptor stands for an open file; file 0: for no known file. Descriptors beyond the limits are
 * ignored. False: out of memory.
 */
static bool set(struct page_follow *f, uint32_t pid, int64_t fd, uint32_t file)
{
	struct process *p;
	uint32_t room, *files;

	if (!pid || fd < 0 || fd >= FDS_MAX || (!file && !page_follow_find(f, pid, fd)))
		return true;
	p = process_of(f, pid);
	if (!p)
		return false;
	if (fd >= p->room) {
		room = 2 * (uint32_t)fd + 16;
		if (f->all + room - p->room > ROOM_MAX)
			return true;
		files = realloc(p->files, room * sizeof(*files));
		if (!files)
			return false;
		memset(files + p->room, 0, (room - p->room) * sizeof(*files));
		f->all += room - p->room;
		p->files = files;
		p->room = room;
	}
	if (p->files[fd])
		f->uses[p->files[fd]]--;
	if (file)
		f->uses[file]++;
	p->files[fd] = file;
	return true;
}

/*
 * Notes that a descriptor stands for a new open file. If the descriptor already stands for a file, nothing changes unless
 * is_new is true, which means that the end of the old file was not seen, as at an exec. False: out of memory.
 */
static bool begin_file(struct page_follow *f, uint32_t pid, int64_t fd, bool is_new)
{
	uint32_t room, *uses;

	if ((!is_new && page_follow_find(f, pid, fd)) || fd < 0 || fd >= FDS_MAX || f->nfiles == FILES_MAX)
		return true;
	if (f->nfiles + 1 >= f->room) {
		room = 2 * f->room + 64;
		uses = realloc(f->uses, room * sizeof(*uses));
		if (!uses)
			return false;
		f->uses = uses;
		f->room = room;
	}
	f->uses[++f->nfiles] = 0;
	return set(f, pid, fd, f->nfiles);
}

/*
 * Gives a new process the descriptors of its parent. from: pid of the parent; 0: the process "to" gets no descriptors.
 * False: out of memory.
 */
static bool inherit(struct page_follow *f, uint32_t from, uint32_t to)
{
	bool good = true;
	uint32_t room;

	/*
	 * a standard descriptor that was open before the recording gets a file here, as most often only children use it
	 */
	for (int fd = 0; good && from && fd < 3; fd++)
		good = begin_file(f, from, fd, false);
	room = place_of(f, from)->room;
	/* an earlier process with this number is gone, and its descriptors are gone, too */
	for (uint32_t fd = place_of(f, to)->room; fd-- > 0;)
		set(f, to, fd, 0);
	for (uint32_t fd = 0; good && fd < room; fd++)
		good = set(f, to, fd, page_follow_find(f, from, fd));
	return good;
}

/* ---- calls ------------------------------------------------------------------------------------ */

/* Effects of a call on descriptors. */
enum effect {
	USES, /* moves data through the descriptor in the first argument */
	OPENS, /* the result is a new descriptor of a new open file */
	OPENS_PAIR, /* the call writes two new descriptors to the memory of an argument */
	CLOSES, /* closes the descriptor in the first argument */
	CLOSES_RANGE, /* closes the descriptors from the first argument to the second */
	COPIES, /* the result stands for the file of the first argument */
	COPIES_BY_COMMAND, /* same as COPIES, but only if the second argument is DUPFD or DUPFD_CLOEXEC */
};
/*
 * The calls that change descriptors. tests/tables/check verifies that no call is missing whose result is a descriptor
 * according to the tables, or that makes two descriptors.
 */
static const struct {
	const char *name;
	enum effect effect;
	unsigned int arg; /* OPENS_PAIR: index of the argument */
} calls[] = {
	{ "read", USES, 0 }, { "write", USES, 0 }, { "pread64", USES, 0 }, { "pwrite64", USES, 0 }, { "readv", USES, 0 }, { "writev", USES, 0 },
	{ "preadv", USES, 0 }, { "pwritev", USES, 0 }, { "preadv2", USES, 0 }, { "pwritev2", USES, 0 }, { "sendto", USES, 0 },
	{ "recvfrom", USES, 0 }, { "sendmsg", USES, 0 }, { "recvmsg", USES, 0 }, { "sendmmsg", USES, 0 }, { "recvmmsg", USES, 0 },
	{ "close", CLOSES, 0 }, { "close_range", CLOSES_RANGE, 0 }, { "dup", COPIES, 0 }, { "dup2", COPIES, 0 }, { "dup3", COPIES, 0 },
	{ "fcntl", COPIES_BY_COMMAND, 0 }, { "fcntl64", COPIES_BY_COMMAND, 0 }, { "pipe", OPENS_PAIR, 0 }, { "pipe2", OPENS_PAIR, 0 },
	{ "socketpair", OPENS_PAIR, 3 }, { "open", OPENS, 0 }, { "openat", OPENS, 0 }, { "openat2", OPENS, 0 }, { "creat", OPENS, 0 },
	{ "open_by_handle_at", OPENS, 0 }, { "socket", OPENS, 0 }, { "accept", OPENS, 0 }, { "accept4", OPENS, 0 }, { "eventfd", OPENS, 0 },
	{ "eventfd2", OPENS, 0 }, { "epoll_create", OPENS, 0 }, { "epoll_create1", OPENS, 0 }, { "memfd_create", OPENS, 0 },
	{ "pidfd_open", OPENS, 0 }, { "pidfd_getfd", OPENS, 0 }, { "timerfd_create", OPENS, 0 }, { "signalfd4", OPENS, 0 },
	{ "inotify_init", OPENS, 0 }, { "inotify_init1", OPENS, 0 }, { "fanotify_init", OPENS, 0 }, { "userfaultfd", OPENS, 0 },
	{ "perf_event_open", OPENS, 0 }, { "io_uring_setup", OPENS, 0 }, { "signalfd", OPENS, 0 }, { "memfd_secret", OPENS, 0 },
	{ "mq_open", OPENS, 0 }, { "fsopen", OPENS, 0 }, { "fspick", OPENS, 0 }, { "fsmount", OPENS, 0 }, { "open_tree", OPENS, 0 },
	{ "open_tree_attr", OPENS, 0 },
};

/* Returns an argument that is a number of 32 bits; -1: not known. */
static int64_t number_of(const struct linx_event *ev, unsigned int i)
{
	uint64_t value;

	return linx_event_get_arg(ev, i, &value) ? -1 : (int64_t)(uint32_t)value;
}

static bool open_pair(struct page_follow *f, const struct linx_event *ev, unsigned int arg)
{
	struct linx_value v;
	int32_t fds[2];

	if (linx_event_get_value(ev, arg, &v) || v.size < sizeof(fds))
		return true;
	memcpy(fds, v.data, sizeof(fds));
	return begin_file(f, linx_event_get_pid(ev), fds[0], true) && begin_file(f, linx_event_get_pid(ev), fds[1], true);
}

static bool copy(struct page_follow *f, uint32_t pid, int64_t from, int64_t to)
{
	if (from == to) /* dup2() of a descriptor to itself */
		return true;
	return begin_file(f, pid, from, false) && set(f, pid, to, page_follow_find(f, pid, from));
}

static bool close_range(struct page_follow *f, const struct linx_event *ev)
{
	int64_t from = number_of(ev, 0), to = number_of(ev, 1), flags = number_of(ev, 2);
	uint32_t pid = linx_event_get_pid(ev), room = place_of(f, pid)->room;

	if (flags > 0 && (uint32_t)flags & RANGE_CLOEXEC)
		return true;
	for (int64_t fd = from; fd >= 0 && fd <= to && fd < room; fd++)
		set(f, pid, fd, 0);
	return true;
}

static bool take_call(struct page_follow *f, const struct linx_event *ev)
{
	const char *name = linx_event_get_name(ev);
	uint32_t pid = linx_event_get_pid(ev);
	int64_t ret, command;
	size_t i = 0;

	while (i < ARRAY_SIZE(calls) && strcmp(calls[i].name, name) != 0)
		i++;
	if (i == ARRAY_SIZE(calls) || linx_event_get_ret(ev, &ret) || ret < 0)
		return true;
	switch (calls[i].effect) {
	case USES:
		return begin_file(f, pid, number_of(ev, 0), false);
	case OPENS:
		return begin_file(f, pid, ret, true);
	case OPENS_PAIR:
		return open_pair(f, ev, calls[i].arg);
	case CLOSES:
		return set(f, pid, number_of(ev, 0), 0);
	case CLOSES_RANGE:
		return close_range(f, ev);
	case COPIES_BY_COMMAND:
		command = number_of(ev, 1);
		if (command != DUPFD && command != DUPFD_CLOEXEC)
			return true;
		/* fall through */
	default:
		return copy(f, pid, number_of(ev, 0), ret);
	}
}

bool page_follow_event(struct page_follow *f, const struct linx_event *ev)
{
	uint32_t child;

	switch (linx_event_get_kind(ev)) {
	case LINX_EVENT_SYSCALL:
		return take_call(f, ev);
	case LINX_EVENT_FORK:
		return linx_event_get_child(ev, &child) || inherit(f, linx_event_get_pid(ev), child);
	case LINX_EVENT_EXIT:
		/* the copies for a thread, whose descriptors are those of its process, are not needed any more */
		if (linx_event_get_tid(ev) != linx_event_get_pid(ev))
			return inherit(f, 0, linx_event_get_tid(ev));
		return true;
	default:
		return true;
	}
}
