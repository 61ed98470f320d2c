// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * A live source lists processes in steps and delivers events between two steps. This file's own open(), ioctl(), poll()
 * and epoll_ctl() simulate the module.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>
#include <linux/linx.h>
#include "fake_engine.h"
#include "libuser/engine/header.h"
#include "records.h"

#define PAGE 4096u
#define RING (64u << 10)
#define STEPS 5u

static struct {
	int fd; /* file whose mappings stand for those of the device */
	int device; /* descriptor of the opened device */
	unsigned int steps, left, waits, starts;
	uint64_t lost;
	bool runs, no_memory, no_watches;
} module;

static volatile sig_atomic_t came;

static void on_signal(int signo)
{
	came = signo;
}

int open(const char *path, int flags, ...)
{
	if (strcmp(path, LINX_DEVICE) == 0)
		return module.device = dup(module.fd);
	return (int)syscall(SYS_openat, AT_FDCWD, path, flags, 0);
}

/* Replaces poll(2). Nothing wakes the reader in this test, so a poll() that would sleep is only counted. */
int poll(struct pollfd *fds, nfds_t n, int timeout_ms)
{
	for (nfds_t i = 0; i < n; i++)
		fds[i].revents = 0;
	if (!timeout_ms)
		return 0;
	module.waits++;
	errno = EINTR;
	return -1;
}

/*
 * Replaces epoll_ctl(2). For the descriptor that stands for the device it succeeds without effect, or fails if
 * module.no_watches is set.
 */
int epoll_ctl(int fd, int op, int which, struct epoll_event *e)
{
	if (which != module.device)
		return (int)syscall(SYS_epoll_ctl, fd, op, which, e);
	errno = ENOSPC;
	return module.no_watches ? -1 : 0;
}

static int put_info(struct linx_info *info)
{
	size_t len;
	const char *text = linx_table_builtin_text(&len);

	*info = (struct linx_info){
		.size = sizeof(*info),
		.abi_version = LINX_ABI_VERSION,
		.format_major = LINX_FORMAT_MAJOR,
		.features = LINX_FEAT_FILES,
		.cpus = 1,
		.page_size = PAGE,
		.ring_max = 1u << 30,
		.memory_max = 1ull << 40,
		.table_size = len,
		.table_hash = linx_table_hash(text, len),
		.clock_id = 1,
	};
	return 0;
}

static int put_table(const struct linx_table_buf *t)
{
	size_t len;
	const char *text = linx_table_builtin_text(&len);

	memcpy((void *)(uintptr_t)t->buf, text, len);
	return 0;
}

static int put_counters(const struct linx_counters *c)
{
	struct linx_cpu_counters *cpu = (void *)(uintptr_t)c->cpus;

	if (cpu)
		*cpu = (struct linx_cpu_counters){ .lost_context = module.lost };
	return 0;
}

/* Stands for one call of LINX_IOC_SNAPSHOT, which a signal interrupts. */
static int snapshot_step(struct linx_snapshot *u)
{
	module.steps++;
	if (module.no_memory) {
		errno = ENOMEM;
		return -1;
	}
	if (module.left)
		module.left--;
	u->used = 0;
	u->cursor[0] = module.left;
	raise(SIGUSR1);
	return 0;
}

int ioctl(int fd, unsigned long request, ...)
{
	va_list args;
	void *p;

	(void)fd;
	va_start(args, request);
	p = va_arg(args, void *);
	va_end(args);
	switch (request) {
	case LINX_IOC_INFO:
		return put_info(p);
	case LINX_IOC_TABLE:
		return put_table(p);
	case LINX_IOC_COUNTERS:
		return put_counters(p);
	case LINX_IOC_START:
		module.starts++;
		module.runs = true;
		return 0;
	case LINX_IOC_STOP:
		module.runs = false;
		return 0;
	case LINX_IOC_SNAPSHOT:
		return snapshot_step(p);
	case LINX_IOC_FLOOR:
		((struct linx_floor *)p)->time = UINT64_MAX - 1;
		return 0;
	default:
		return 0;
	}
}

static void set_producer(const struct linx_producer *prod)
{
	assert_int_equal(pwrite(module.fd, prod, sizeof(*prod), LINX_MMAP_OFFSET(0, LINX_MMAP_PRODUCER)), sizeof(*prod));
}

static struct linx *open_module(void)
{
	struct linx_live_opts o = { .size = sizeof(o), .ring_size = RING };
	struct linx *l;

	memset(&module, 0, sizeof(module));
	module.fd = memfd_create("module", MFD_CLOEXEC);
	assert_true(module.fd >= 0);
	assert_int_equal(ftruncate(module.fd, LINX_MMAP_OFFSET(1, LINX_MMAP_PRODUCER)), 0);
	signal(SIGUSR1, on_signal);
	assert_int_equal(linx_open_live(&o, &l, NULL), 0);
	return l;
}

/* Opens a running source that has lost context: its next wait begins a snapshot of STEPS steps. */
static struct linx *open_live(void)
{
	struct linx *l = open_module();

	assert_int_equal(linx_start(l), 0);
	assert_int_equal(module.steps, 1);
	module.steps = 0;
	module.left = STEPS;
	module.lost = 1;
	set_producer(&(struct linx_producer){ .lost = 1 });
	came = 0;
	return l;
}

static void close_live(struct linx *l)
{
	linx_close(l);
	close(module.fd);
}

static void add_call(void)
{
	struct linx_producer prod = { .lost = 1 };
	struct record r;

	record_init(&r);
	record_exit(&r, 100, 1, 0, NO_ARGS);
	prod.half[0].head = r.len;
	assert_int_equal(pwrite(module.fd, r.words, r.len, LINX_MMAP_OFFSET(0, LINX_MMAP_DATA)), r.len);
	set_producer(&prod);
	record_end(&r);
}

/* The source returns to its caller after each step, also after the last one, and waits only in the call after that. */
static void each_step_is_a_turn(void **state)
{
	const struct linx_event *ev;
	struct linx *l = open_live();

	(void)state;
	for (unsigned int i = 1; i <= STEPS; i++) {
		came = 0;
		assert_int_equal(linx_next(l, &ev, i % 2 ? -1 : 0), 0);
		assert_true(linx_pending(l));
		assert_int_equal(came, SIGUSR1);
		assert_int_equal(module.steps, i);
		assert_int_equal(module.waits, 0);
	}
	assert_int_equal(linx_next(l, &ev, -1), -EINTR);
	assert_int_equal(module.waits, 1);
	assert_int_equal(linx_next(l, &ev, 0), 0);
	assert_false(linx_pending(l));
	assert_int_equal(module.steps, STEPS);
	close_live(l);
}

static void each_step_is_a_turn_of_a_writer(void **state)
{
	struct linx *l = open_live();
	int fd = memfd_create("copy", MFD_CLOEXEC);
	struct linx_writer *w;

	(void)state;
	assert_int_equal(linx_writer_new(l, fd, NULL, &w, NULL), 0);
	for (unsigned int i = 1; i <= STEPS; i++) {
		assert_int_equal(linx_writer_step(w, -1), 0);
		assert_true(linx_pending(l));
		assert_int_equal(module.steps, i);
	}
	assert_int_equal(module.waits, 0);
	assert_int_equal(linx_writer_step(w, -1), -EINTR);
	linx_writer_free(w);
	close_live(l);
	close(fd);
}

/* Records too few to wake a reader are read after each step. */
static void rings_are_read_after_each_step(void **state)
{
	const struct linx_event *ev;
	struct linx *l = open_live();

	(void)state;
	add_call();
	assert_int_equal(linx_next(l, &ev, 0), 1);
	assert_int_equal(linx_event_get_kind(ev), LINX_EVENT_SYSCALL);
	assert_int_equal(module.steps, 1);
	close_live(l);
}

static int readable(const struct linx *l)
{
	struct epoll_event e;

	return epoll_wait(linx_fd(l), &e, 1, 0);
}

/* The source's descriptor stays readable until the last step, even if a child holds copies of it. */
static void the_descriptor_is_readable_until_the_last_step(void **state)
{
	const struct linx_event *ev;
	struct linx *l = open_live();
	pid_t child;
	int after;

	(void)state;
	assert_int_equal(readable(l), 0);
	assert_int_equal(linx_next(l, &ev, 0), 0);
	assert_int_equal(readable(l), 1);
	child = fork();
	assert_true(child >= 0);
	while (!child)
		pause();
	while (module.steps < STEPS)
		linx_next(l, &ev, 0);
	after = readable(l);
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	assert_int_equal(after, 0);
	close_live(l);
}

static void a_start_that_cannot_list_has_ended(void **state)
{
	const struct linx_event *ev;
	struct linx *l = open_module();

	(void)state;
	module.no_memory = true;
	assert_int_equal(linx_start(l), -ENOMEM);
	assert_non_null(strstr(linx_error_text(l), "cannot list processes"));
	assert_int_equal(module.starts, 1);
	assert_false(module.runs);
	module.no_memory = false;
	assert_int_equal(linx_start(l), -EINVAL);
	assert_non_null(strstr(linx_error_text(l), "stopped"));
	assert_int_equal(module.starts, 1);
	assert_int_equal(linx_stop(l), 0);
	assert_int_equal(linx_next(l, &ev, -1), 1);
	assert_int_equal(linx_event_get_kind(ev), LINX_EVENT_CERTIFICATE);
	assert_int_equal(linx_next(l, &ev, -1), -ENODATA);
	close_live(l);
}

/*
 * linx_fd() fails if the source cannot watch the device's descriptor. Without that error, the caller would wait
 * forever.
 */
static void a_descriptor_that_cannot_be_watched(void **state)
{
	struct linx *l = open_module();

	(void)state;
	module.no_watches = true;
	assert_int_equal(linx_fd(l), -ENOSPC);
	module.no_watches = false;
	assert_true(linx_fd(l) >= 0);
	close_live(l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_step_is_a_turn),
		cmocka_unit_test(each_step_is_a_turn_of_a_writer),
		cmocka_unit_test(rings_are_read_after_each_step),
		cmocka_unit_test(the_descriptor_is_readable_until_the_last_step),
		cmocka_unit_test(a_start_that_cannot_list_has_ended),
		cmocka_unit_test(a_descriptor_that_cannot_be_watched),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
