// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Rules do not apply to the reader of their session. They apply to another session's reader, a child of the reader,
 * workers of io_uring, and programs that the kernel starts. A reader that executes a program ends its rules.
 * Built for the 64-bit ABI only (native only; x86 only).
 */
#include <sys/resource.h>
#include "deny.h"
#include "deny_files.h"
#include "deny_scene.h"

static struct dev d;
static struct deny b;

static void protect(void)
{
	deny_rule(&b, LINX_DENY_FILE_OPEN, LINX_DENY_ENFORCE, LINX_DENY_ERRNO, EACCES);
	deny_file(&b, LINX_DENY_PLACED, SECRET);
	deny_rule(&b, LINX_DENY_EXEC, LINX_DENY_ENFORCE, LINX_DENY_ERRNO, EACCES);
	deny_file(&b, LINX_DENY_PLACED, PROGRAM);
	/* a process that the kernel starts executes no program yet when it opens its program's file */
	deny_rule(&b, LINX_DENY_FILE_OPEN, LINX_DENY_OBSERVE, LINX_DENY_ERRNO, EACCES);
	deny_file(&b, LINX_DENY_PLACED, PROGRAM);
	deny_file(&b, LINX_DENY_PLACED, PROGRAM)->what = LINX_DENY_EXE;
	deny_must_load(&d, &b);
}

/* Opens another session, by which a process does not become exempt. */
static int other_reader(void)
{
	struct dev other;

	deny_session(&other, 1 << 16);
	return scene_open(SECRET);
}

/* Opens the protected file in a child that shares the reader's memory, but is another process. */
static int shared_memory_child(void)
{
	volatile int got = 0;
	pid_t pid = vfork();

	if (!pid) {
		got = scene_open(SECRET);
		_exit(0);
	}
	reap(pid);
	return got;
}

static void *thread_opens(void *arg)
{
	*(int *)arg = scene_open(SECRET);
	return NULL;
}

static int thread_of_reader(void)
{
	pthread_t t;
	int got = -1;

	pthread_create(&t, NULL, thread_opens, &got);
	pthread_join(t, NULL);
	return got;
}

static void readers(void)
{
	int got;

	is(scene_open(SECRET), 0, "the reader");
	is(thread_of_reader(), 0, "a thread of it");
	is(scene_run(file_open), EACCES, "a child");
	is(shared_memory_child(), EACCES, "a child that shares its memory");
	is(scene_run(other_reader), EACCES, "the reader of another session");
	got = file_uring_worker();
	ok(got == 0 || got == ABSENT, "a worker of the reader's io_uring, which is a thread of the reader: %d", got);
	got = scene_run(file_uring_worker);
	ok(got == EACCES || got == ABSENT, "a worker of another's: %d", got);
}

static int crash(void)
{
	struct rlimit r = { RLIM_INFINITY, RLIM_INFINITY };

	setrlimit(RLIMIT_CORE, &r);
	abort();
}

static void write_file(const char *path, const char *text)
{
	FILE *f = fopen(path, "we");

	if (!f || fputs(text, f) < 0 || fclose(f))
		die("%s", path);
}

/* Makes the kernel start its handler of core dumps. A kernel thread executes the handler. */
static void kernel_helpers(void)
{
	uint64_t end = now_ns() + 30000000000ull;

	write_file("/proc/sys/kernel/core_pattern", "|" PROGRAM);
	is(scene_run(crash), -SIGABRT, "a program crashes");
	while (!deny_count(&d, 1).refused && now_ns() < end)
		sched_yield();
	is((long long)deny_count(&d, 1).refused, 1, "the handler of its core dump is refused");
	is((long long)deny_count(&d, 2).observed, 0, "and is not taken for a program before it is one");
	write_file("/proc/sys/kernel/core_pattern", "core");
}

static int exec_reader(void)
{
	deny_session(&d, 1 << 16);
	protect();
	if (scene_run(file_open) != EACCES)
		return 3;
	execl("/bin/true", "true", NULL);
	return errno;
}

int main(void)
{
	scene_build();
	deny_session(&d, 1 << 16);
	protect();
	readers();
	kernel_helpers();
	dev_close(&d);
	is(scene_run(file_open), 0, "without rules");
	is(scene_run(exec_reader), 0, "a reader executes a program");
	is(scene_run(file_open), 0, "its rules have ended");
	scene_end();
	return tap_end();
}
