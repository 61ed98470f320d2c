// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * A snapshot and events describe a process that has a root directory of its own (chroot) in the same way: paths begin
 * at its root, and a place outside of the root has the path that the kernel reports for it. The same holds if the
 * process's parent, which has another root, changes the context of the process.
 * usage: rec_root [parent]
 */
#include <sys/sendfile.h>
#include <sys/stat.h>
#include "rec.h"

#define JAIL "/tmp/jail"

static struct talk {
	volatile int step;
} *talk;

static void until(int step)
{
	while (talk->step < step)
		sleep_ms(1);
}

/* Places in and outside of the root: a directory to enter, and a file to open. */
static const struct place {
	const char *dir, *file; /* names outside of the jail */
	const char *cwd, *path; /* expected paths in the records */
} places[] = {
	{ JAIL "/sub", JAIL "/sub/file", "/sub", "/sub/file" },
	{ JAIL, JAIL "/file", "/", "/file" },
	{ "/tmp/jail2", "/tmp/jail2/file", "/tmp/jail2", "/tmp/jail2/file" },
};

#define FILE_FD 50

static void target(const struct place *p)
{
	int dir = open(p->dir, O_PATH | O_DIRECTORY | O_CLOEXEC), file = open(p->file, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	if (dir < 0 || file < 0 || dup3(file, FILE_FD, 0) < 0 || chroot(JAIL) || fchdir(dir))
		_exit(2);
	talk->step = 1;
	until(2);
	if (fchdir(dir) || dup3(file, FILE_FD, 0) < 0)
		_exit(3);
	talk->step = 3;
	until(4);
	_exit(0);
}

/* Checks the last recorded working directory of the process, and the last recorded path of the file. */
static void look(const struct dev_log *log, pid_t pid, const struct place *p, const char *by)
{
	const struct linx_rec *rec = NULL, *task = NULL;
	const char *path = "?";

	while ((rec = rec_of(log, rec, pid, 0))) {
		const struct linx_val *v;

		if (rec->kind == LINX_REC_TASK)
			task = rec;
		if (rec->kind != LINX_REC_FILES)
			continue;
		v = (const struct linx_val *)((const struct linx_files_change *)(rec + 1) + 1);
		for (unsigned int i = 0; i < rec->nvals; i++, v = val_next(v)) {
			static char text[4096];
			const struct linx_fd *fd = (const struct linx_fd *)val_bytes(v);

			if (v->arg != LINX_FIELD_FD_RESULT || fd->fd != FILE_FD)
				continue;
			memcpy(text, (const char *)(fd + 1) + (fd->detail + 7) / 8 * 8, fd->path_len);
			text[fd->path_len] = '\0';
			path = text;
		}
	}
	if (ok(task != NULL, "%s: the task", by))
		ok(rec_path_is(task, LINX_FIELD_CWD, p->cwd), "%s: directory %s", by, rec_str(task, LINX_FIELD_CWD));
	if (dev_has_paths)
		ok(!strcmp(path, p->path), "%s: file %s", by, path);
}

static void snapshot(struct dev *d, struct dev_log *log)
{
	static uint64_t buf[(1 << 20) / 8];
	struct linx_snapshot u = { .size = sizeof(u), .buf = (uintptr_t)buf, .buf_size = sizeof(buf) };

	do {
		if (ioctl(d->fd, LINX_IOC_SNAPSHOT, &u))
			die("SNAPSHOT");
		for (uint64_t at = 0; at < u.used; at += LINX_REC_LEN((struct linx_rec *)((uint8_t *)buf + at)))
			dev_keep((struct linx_rec *)((uint8_t *)buf + at), log);
	} while (u.cursor[0]);
}

static void check(const struct place *p)
{
	struct dev_log log = { 0 };
	struct dev d;
	pid_t pid;

	talk->step = 0;
	pid = fork();
	if (!pid)
		target(p);
	until(1);
	dev_open(&d);
	dev_setup(&d, (struct linx_setup){ .flags = LINX_SETUP_FILES, .ring_size = 1 << 20 });
	dev_want_exit(&d, SYS_dup3);
	dev_apply(&d);
	dev_start(&d);
	snapshot(&d, &log);
	/*
	 * A snapshot has paths even without LINX_FEAT_PATHS (on PREEMPT_RT), but look() then expects that they are
	 * unavailable, as they are in events. Therefore look() is not called for a snapshot there.
	 */
	if (dev_has_paths)
		look(&log, pid, p, "snapshot");
	log.len = 0;
	talk->step = 2;
	until(3);
	dev_drain_all(&d, &log);
	look(&log, pid, p, "event");
	talk->step = 4;
	reap(pid);
	dev_stop(&d);
	dev_close(&d);
	free(log.bytes);
}

#define PROGRAM "/program"

static void copy_self(void)
{
	int from = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	int to = open(JAIL PROGRAM, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0755);

	while (sendfile(to, from, NULL, 1 << 20) > 0)
		;
	if (from < 0 || to < 0 || close(from) || close(to))
		die("a copy of the program");
}

/*
 * Runs in the copy of this program that lies below JAIL. Its child makes JAIL its root; then the parent puts the child
 * into a process group of its own, by which the child's context is recorded again.
 */
static int parent(void)
{
	int up[2], down[2];
	pid_t child;
	char c;

	if (pipe(up) || pipe(down))
		return 2;
	child = fork();
	if (!child)
		_exit(chroot(JAIL) || write(up[1], "", 1) != 1 || read(down[0], &c, 1) != 1 || syscall(SYS_getppid) < 0);
	if (read(up[0], &c, 1) != 1 || setpgid(child, child) || write(down[1], "", 1) != 1)
		return 3;
	return reap(child);
}

static void run_parent(void)
{
	execl(JAIL PROGRAM, "rec_root", "parent", (char *)NULL);
}

static void executable(void)
{
	const struct linx_rec *rec;
	unsigned int n = 0;
	struct traced t;
	pid_t child;

	copy_self();
	traced_run(&t, (struct linx_setup){ .flags = 0 }, run_parent);
	is(t.status, 0, "a parent and its child");
	rec = rec_of(&t.log, NULL, 0, LINX_REC_FORK);
	child = rec ? (pid_t)rec_ctx(rec)->tid : -1;
	for (rec = NULL; (rec = rec_of(&t.log, rec, child, LINX_REC_TASK)); n++)
		ok(rec_path_is(rec, LINX_FIELD_EXE, PROGRAM), "the child's executable %s", rec_str(rec, LINX_FIELD_EXE));
	ok(n > 1, "the child has %u context records", n);
	traced_end(&t);
}

int main(int argc, char **argv)
{
	if (argc > 1 && !strcmp(argv[1], "parent"))
		return parent();
	talk = shared(4096);
	mkdir(JAIL, 0755);
	mkdir(JAIL "/sub", 0755);
	mkdir("/tmp/jail2", 0755);
	for (unsigned int i = 0; i < sizeof(places) / sizeof(places[0]); i++)
		check(&places[i]);
	executable();
	return tap_end();
}
