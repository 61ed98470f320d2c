// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * For LD_PRELOAD: a live source without a module, so that the whole command can be tested on any machine. It delivers
 * an event "event N" every 5 ms, and writes the command's requests to the file FAKE_LOG. FAKE holds words:
 *
 *         flood      events without end, at once
 *         lossy      ten events are lost with each delivered one
 *         tampered   interference with each recording has been noticed twice
 *         absent     there is no module
 *         deaf       linx_open_live() returns -EINVAL
 *         attached   linx_add_pid() finds no process
 *         narrow     the module grants 128 MB to all rings together, and there is one CPU
 *         unstarted  linx_start() returns -EIO
 *         unsealed   the module has no linx_seal()
 *         brittle    linx_seal() returns -EIO
 *         picky      linx_filter() returns -EINVAL for a filter by status
 *         swap       when a source is opened, f.000002 becomes a link to the file victim
 *         quota      writes to a file are lost, which close() reports
 *         late       writes to a file are lost, which fsync() reports
 *         stuck      fsync() returns when there is a file "go"
 *         lazy       the disk has one free megabyte, also after files are removed
 *         ringless   the module cannot record operations of io_uring
 *         bare       there is no module, but the other engines can be opened
 *         guarded    opening the engine bpf is refused
 *         ringed     with "ringless": a traced program has made an io_uring
 *         looks      searches of a directory are logged
 *         NAME-crashes, NAME-exits, NAME-spins, NAME-stands  opening the engine NAME crashes, exits, loops or never returns
 *         hurried    no time passes while a signal is waited for
 *         hidden     no event comes by itself; a dump has three events, and at the end there are others, each after
 *                    many hidden ones, for which the descriptor is not readable
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/vfs.h>
#include <unistd.h>
#include <linx/http.h>
#include <linx/linx.h>
#include <linx/probe.h>

#include "event/event.h"
#include "record/fds.h"
#include "record/mem.h"
#include "table/table.h"

#define EVENTS_LEFT 3 /* events that are still in the rings when linx_stop() is called */
#define HIDDEN_TURNS 60 /* number of calls of linx_next() without an event before each event */

struct linx {
	int timer, pidfds[16], npids;
	uint64_t ring;
	bool stopped, certified, pending;
	unsigned int turns;
	uint64_t delivered, left;
	struct linx_counts cpu;
	struct linx_certificate cert;
	struct linx_error err;
};

struct linx_printer {
	char line[64];
};

struct linx_writer {
	struct linx *l;
	int fd;
	bool begun;
};

static uint64_t shown, held, granted;
static char opened[16] = "kmod";
static bool timed; /* times of calls were requested, so events have a duration */

static bool reported(const char *word)
{
	const char *words = getenv("FAKE");

	return words && strstr(words, word);
}

__attribute__((format(printf, 1, 2))) static void note(const char *fmt, ...)
{
	const char *path = getenv("FAKE_LOG");
	FILE *f = path ? fopen(path, "ae") : NULL;
	va_list args;

	if (!f)
		return;
	va_start(args, fmt);
	vfprintf(f, fmt, args);
	va_end(args);
	fclose(f);
}

/* Returns whether the file has content and is open for writing. */
static bool is_written(int fd)
{
	struct stat st;

	return !fstat(fd, &st) && S_ISREG(st.st_mode) && st.st_size && (fcntl(fd, F_GETFL) & O_ACCMODE) == O_WRONLY;
}

int fsync(int fd)
{
	while (reported("stuck") && access("go", F_OK))
		poll(NULL, 0, 20);
	if (!reported("late") || !is_written(fd))
		return (int)syscall(SYS_fsync, fd);
	errno = EIO;
	return -1;
}

DIR *opendir(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (reported("looks"))
		note("look %s\n", path);
	return fd < 0 ? NULL : fdopendir(fd);
}

int fstatvfs(int fd, struct statvfs *st)
{
	struct statfs fs;
	int rc = (int)syscall(SYS_fstatfs, fd, &fs);

	*st = (struct statvfs){ .f_frsize = (unsigned long)fs.f_bsize, .f_bavail = fs.f_bavail };
	if (reported("lazy"))
		st->f_bavail = (1ul << 20) / st->f_frsize;
	return rc;
}

int close(int fd)
{
	bool lost = reported("quota") && fd > STDERR_FILENO && is_written(fd);
	int rc = (int)syscall(SYS_close, fd);

	if (lost)
		errno = EDQUOT;
	return lost ? -1 : rc;
}

static void swap(void)
{
	if (reported("swap") && !unlink("f.000002") && symlink("victim", "f.000002"))
		abort();
}

/*
 * Replaces sigtimedwait(2): returns at once if FAKE has the word "hurried", and otherwise waits as the real call does.
 */
int sigtimedwait(const sigset_t *set, siginfo_t *info, const struct timespec *most)
{
	static const struct timespec none;

	return (int)syscall(SYS_rt_sigtimedwait, set, info, reported("hurried") ? &none : most, 8);
}

static bool does(const char *engine, const char *what)
{
	char word[32];

	snprintf(word, sizeof(word), "%s-%s", engine, what);
	return reported(word);
}

static void misbehave(const char *engine)
{
	static volatile unsigned long turns;

	if (does(engine, "crashes"))
		raise(SIGSEGV);
	if (does(engine, "exits"))
		exit(7);
	while (does(engine, "spins"))
		turns = turns + 1;
	while (does(engine, "stands"))
		pause();
}

/* Sets the error text. err may be NULL. */
static void because(struct linx_error *err, const char *text)
{
	if (err)
		strcpy(err->text, text);
}

static int open_source(const struct linx_live_opts *o, struct linx **out, struct linx_error *err)
{
	struct itimerspec tick = { { 0, 5000000 }, { 0, 5000000 } };
	struct linx *l;

	timed = o->entry_time;
	note("open mode=%d ring=%llu bytes=%u str=%u times=%d env=%d alone=%d cpu=%d\n", (int)o->mode,
	     (unsigned long long)o->ring_size, o->snap_bytes, o->snap_str, o->entry_time, o->envp, o->no_snapshot,
	     o->cpu_time);
	if (reported("absent") || reported("deaf")) {
		because(err, reported("deaf") ? "impossible size: fake" : "no module: fake");
		return reported("deaf") ? -EINVAL : -ENOENT;
	}
	if (reported("narrow") && granted + o->ring_size > 128 << 20) {
		because(err, "no memory for rings: fake");
		return -ENOMEM;
	}
	swap();
	l = calloc(1, sizeof(*l));
	l->ring = o->ring_size;
	granted += l->ring;
	l->timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	if (!reported("hidden"))
		timerfd_settime(l->timer, 0, &tick, NULL);
	*out = l;
	return 0;
}

int linx_open_live(const struct linx_live_opts *o, struct linx **out, struct linx_error *err)
{
	misbehave("kmod");
	return open_source(o, out, err);
}

void linx_close(struct linx *l)
{
	note("close\n");
	granted -= l ? l->ring : 0;
	free(l);
}

const char *linx_error_text(const struct linx *l)
{
	return l->err.text;
}

int linx_select(struct linx *l, const char *expr)
{
	(void)l;
	note("select %s\n", expr);
	return 0;
}

int linx_select_entries(struct linx *l, bool on)
{
	(void)l;
	note("entries %d\n", on);
	return 0;
}

int linx_filter(struct linx *l, const struct linx_filter_opts *o)
{
	note("filter status=%d uid=%d:%u min=%llu pids=%d follow=%d\n", (int)o->status, o->by_uid,
	     o->uid, (unsigned long long)o->min_duration_ns, o->pids, o->follow);
	if (!reported("picky") || !o->status)
		return 0;
	strcpy(l->err.text, "the module refuses: fake");
	return -EINVAL;
}

int linx_skip_until_exec(struct linx *l, uint32_t tid)
{
	(void)l;
	note("skip\n");
	return tid ? 0 : -EINVAL;
}

int linx_open_engine(const char *name, const struct linx_engine_opts *o, struct linx **out, struct linx_error *err)
{
	if (strcmp(name, "kmod") && strcmp(name, LINX_ENGINE_AUTO))
		note("engine %s\n", name);
	misbehave(name);
	if (reported("bare") && !strcmp(name, "kmod")) {
		because(err, "no module: fake");
		return -ENOENT;
	}
	if (name != opened)
		snprintf(opened, sizeof(opened), "%s", name);
	if (reported("guarded") && !strcmp(name, "bpf")) {
		because(err, "engine bpf: no permission: fake");
		return -EPERM;
	}
	return open_source(o->live, out, err);
}

int linx_add_pid(struct linx *l, int pid)
{
	note("pid\n");
	if (reported("attached"))
		return -ESRCH;
	l->pidfds[l->npids++] = (int)syscall(SYS_pidfd_open, pid, 0);
	return 0;
}

/* Returns 0, for a source that needs no seccomp filter: the source of this file traces no real calls. */
int linx_get_command_filter(struct linx *l, struct sock_filter *filter, unsigned int room)
{
	(void)l, (void)filter, (void)room;
	return 0;
}

int linx_read_containers(struct linx *l, const char *root)
{
	(void)l, (void)root;
	return 0;
}

int linx_read_pods(struct linx *l, const char *path, uint32_t owner)
{
	(void)l, (void)path, (void)owner;
	return 0;
}

int linx_get_pods_error(struct linx *l)
{
	(void)l;
	return 0;
}

int linx_get_http_counts(const struct linx *l, struct linx_http_counts *counts)
{
	(void)l, (void)counts;
	return -ENODATA;
}

int linx_listed(struct linx *l)
{
	int alive = 0;

	for (int i = 0; i < l->npids; i++) {
		struct pollfd p = { .fd = l->pidfds[i], .events = POLLIN };

		alive += poll(&p, 1, 0) == 0;
	}
	return alive;
}

int linx_start(struct linx *l)
{
	note("start\n");
	if (!reported("unstarted"))
		return 0;
	strcpy(l->err.text, "no start: fake");
	return -EIO;
}

int linx_stop(struct linx *l)
{
	note("stop\n");
	l->stopped = true;
	l->left = EVENTS_LEFT;
	return 0;
}

int linx_seal(struct linx *l)
{
	note("seal\n");
	strcpy(l->err.text, "no seal: fake");
	return reported("unsealed") ? -EOPNOTSUPP : reported("brittle") ? -EIO : 0;
}

int linx_dump(struct linx *l)
{
	note("dump\n");
	if (reported("hidden"))
		l->left = EVENTS_LEFT;
	return 0;
}

int linx_fd(const struct linx *l)
{
	return reported("unwatched") ? -EMFILE : l->timer;
}

static int count(struct linx *l)
{
	l->cpu.selected++;
	l->cpu.committed++;
	l->cpu.delivered++;
	if (reported("lossy")) {
		l->cpu.selected += 10;
		l->cpu.lost[LINX_LOST_FULL] += 10;
	}
	return 1;
}

/* Takes the next event. Returns 1 if there is one. */
static int take(struct linx *l)
{
	uint64_t ticks;

	if (l->certified)
		return -ENODATA;
	l->pending = reported("hidden") && l->left && ++l->turns % HIDDEN_TURNS;
	if (l->pending)
		return 0;
	if (reported("hidden") && l->left && l->left--)
		return count(l);
	if (l->stopped)
		return l->left && l->left-- ? count(l) : -ENODATA;
	if (reported("flood") || read(l->timer, &ticks, sizeof(ticks)) == sizeof(ticks))
		return count(l);
	return 0;
}

const struct linx_stream_info *linx_get_stream_info(const struct linx *l)
{
	static struct linx_stream_info info = { .release = "5.17.0-fake", .live = true, .engine = opened };

	(void)l;
	info.files = strcmp(opened, "ptrace") != 0;
	info.uring_missed = reported("ringed");
	info.io_uring = !reported("ringless");
	return &info;
}

int linx_next(struct linx *l, const struct linx_event **ev, int timeout_ms)
{
	static const struct linx_mem mem;
	static const struct linx_fds fds;
	/*
	 * The only event of this source: a read that returned 1. Its structure is the library's own, because functions
	 * of the library that group events read its members.
	 */
	static struct linx_event event = {
		.kind = LINX_EVENT_SYSCALL, .abi = LINX_ABI_X86_64, .has_ret = true, .ret = 1, .mem = &mem, .fds = &fds,
	};
	struct pollfd p = { .fd = l->timer, .events = POLLIN };
	int rc = take(l);

	if (!rc && !l->pending && timeout_ms) {
		if (poll(&p, 1, timeout_ms) < 0)
			return -errno;
		rc = take(l);
	}
	event.table = linx_borrow_table(l);
	event.call = linx_table_lookup(event.table, event.abi, event.nr);
	*ev = &event;
	return rc;
}

bool linx_pending(const struct linx *l)
{
	return l->pending;
}

enum linx_event_kind linx_event_get_kind(const struct linx_event *ev)
{
	return (enum linx_event_kind)ev->kind;
}

/* Functions that `linxcap strace` uses: each event is a read by task 7 that returned 1. */
bool linx_event_is_entry(const struct linx_event *ev)
{
	(void)ev;
	return false;
}

uint32_t linx_event_get_tid(const struct linx_event *ev)
{
	(void)ev;
	return 7;
}

unsigned int linx_event_get_flags(const struct linx_event *ev)
{
	(void)ev;
	return 0;
}

int linx_event_get_ret(const struct linx_event *ev, int64_t *ret)
{
	(void)ev;
	*ret = 1;
	return 0;
}

int linx_event_get_nr(const struct linx_event *ev)
{
	(void)ev;
	return 0;
}

unsigned int linx_event_get_abi(const struct linx_event *ev)
{
	(void)ev;
	return LINX_ABI_X86_64;
}

const char *linx_event_get_name(const struct linx_event *ev)
{
	(void)ev;
	return "read";
}

int linx_event_get_duration_ns(const struct linx_event *ev, uint64_t *ns)
{
	(void)ev;
	*ns = 2000000;
	return timed ? 0 : -ENODATA;
}

int linx_event_get_cpu_ns(const struct linx_event *ev, uint64_t *ns)
{
	(void)ev;
	*ns = 1000;
	return 0;
}

const struct linx_table *linx_borrow_table(const struct linx *l)
{
	static struct linx_table *table;

	(void)l;
	if (!table)
		linx_table_new_builtin(&table);
	return table;
}

int linx_next_probe(const struct linx *l, uint32_t from)
{
	(void)l;
	return from > 1 || !reported("probes") ? -ENOENT : (int)from;
}

int linx_get_probe_account(struct linx *l, uint32_t number, struct linx_probe_account *account)
{
	(void)l;
	if (number > 1 || !reported("probes"))
		return -ENOENT;
	*account = number ? (struct linx_probe_account){ .spec = "rawtp:t", .delivered = 3 } :
			    (struct linx_probe_account){ .spec = "kprobe:f(a)", .known = true, .selected = UINT64_MAX, .committed = 4,
							 .filtered = 5, .sampled = 6, .missed = 7, .at_least = true, .delivered = 2,
							 .lost = { 8, 9 } };
	return 0;
}

uint64_t linx_get_tampers(const struct linx *l)
{
	(void)l;
	return reported("tampered") ? 2 : 0;
}

int linx_event_get_tamper(const struct linx_event *ev, struct linx_tamper *tamper)
{
	(void)ev, (void)tamper;
	return -ENODATA;
}

const char *linx_tamper_name(unsigned int what)
{
	(void)what;
	return NULL;
}

int linx_get_counts(struct linx *l, struct linx_counts *counts)
{
	*counts = l->cpu;
	return 0;
}

int linx_get_certificate(struct linx *l, const struct linx_certificate **cert)
{
	static struct linx_call_counts calls[] = {
		{ .name = "read", .selected = UINT64_MAX, .abi = LINX_ABI_X86_64 },
		{ .name = "read", .selected = 7, .lost = 7, .abi = LINX_ABI_I386 },
		{ .name = "write", .abi = LINX_ABI_X86_64 },
	};

	*cert = &l->cert;
	if (l->certified)
		return 0;
	note("certificate\n");
	/* the events left in the rings count as selected, as committed and as unread */
	l->certified = true;
	l->cpu.committed += l->left;
	l->cpu.selected += l->left;
	l->cpu.unread = l->left;
	l->cert = (struct linx_certificate){ .complete = true,
					     .total = l->cpu,
					     .ncpus = 1,
					     .cpus = &l->cpu,
					     .ncalls = 3,
					     .calls = calls };
	return 0;
}

static void note_strace(const struct linx_print_opts *o, const struct linx_strace_opts *s)
{
	note("strace tids=%d,%d tasks=%u separate=%d column=%u strings=%u names=%d hex=%d fds=%#x pids=%#x\n", o->tids,
	     (int)s->tids, s->tasks, s->separate, s->column, s->strings, (int)s->names, (int)s->hex, o->fds,
	     s->decode_pids);
	note("hide %#x status=%#x signals=%#llx digits=%u,%u,%u sets=%s,%s,%s dumps=%s,%s\n", s->hide,
	     s->hide_status, (unsigned long long)s->hide_signals, s->time_digits, s->relative_digits,
	     s->duration_digits, s->abbrev ? s->abbrev : "-", s->verbose ? s->verbose : "-", s->raw ? s->raw : "-",
	     s->dump_read ? s->dump_read : "-", s->dump_write ? s->dump_write : "-");
	for (unsigned int i = 0; s->uses && i < s->uses->npaths; i++)
		note("path %s\n", s->uses->paths[i]);
	for (unsigned int i = 0; s->uses && i < s->uses->nfds; i++)
		note("fd %d\n", s->uses->fds[i]);
}

int linx_printer_new(enum linx_format format, const struct linx_print_opts *o,
		     struct linx_printer **out)
{
	note("printer format=%d colour=%d verbose=%d durations=%d times=%d limit=%u width=%u\n",
	     (int)format, o->colour, o->verbose, o->durations, o->time_mode, o->string_limit,
	     o->width);
	if (o->cmdline_limit || o->files_limit)
		note("bounds cmdline=%u fds=%u\n", o->cmdline_limit, o->files_limit);
	if (o->strace)
		note_strace(o, o->strace);
	*out = calloc(1, sizeof(**out));
	return 0;
}

bool linx_printer_shows(const struct linx_printer *p, const struct linx_event *ev)
{
	(void)p;
	(void)ev;
	return true;
}

int linx_print_held(struct linx_printer *p, bool end, uint32_t *tid, const char **text, size_t *len)
{
	(void)p;
	*tid = 7;
	*text = "held\n";
	*len = 5;
	return end && !held++;
}

void linx_printer_free(struct linx_printer *p)
{
	free(p);
}

int linx_print(struct linx_printer *p, const struct linx_event *ev, const char **text, size_t *len)
{
	(void)ev;
	*len = (size_t)snprintf(p->line, sizeof(p->line), "event %llu\n",
				(unsigned long long)++shown);
	*text = p->line;
	return 0;
}

int linx_writer_new(struct linx *l, int fd, const struct linx_writer_opts *o,
		    struct linx_writer **out, struct linx_error *err)
{
	(void)o;
	(void)err;
	note("writer\n");
	*out = calloc(1, sizeof(**out));
	**out = (struct linx_writer){ l, fd, false };
	return 0;
}

/* Writes the beginning of a capture. */
static int begin(struct linx_writer *w)
{
	if (!w->begun && write(w->fd, "LINXCAP\n", 8) < 0)
		return -errno;
	w->begun = true;
	return 0;
}

int linx_writer_step(struct linx_writer *w, int timeout_ms)
{
	const struct linx_event *ev;
	int rc = linx_next(w->l, &ev, timeout_ms);

	if (rc > 0 && begin(w))
		return -errno;
	/* a signal does not interrupt the write, as in the library */
	while (rc > 0 && write(w->fd, "block\n", 6) < 0)
		if (errno != EINTR)
			return -errno;
	return rc;
}

int linx_writer_finish(struct linx_writer *w)
{
	note("finish\n");
	if (begin(w))
		return -errno;
	return write(w->fd, "end\n", 4) < 0 ? -errno : 0;
}

void linx_writer_free(struct linx_writer *w)
{
	free(w);
}
