// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * A mount moves between two directories while a file in it is opened. Each recorded path must lie below one of the two
 * directories. Built for the 64-bit ABI only (native only).
 */
#include <sys/mount.h>
#include <sys/stat.h>
#include "rec.h"

#define OPENS 20000
#define SHOWN 5

static const char *const places[] = { "/place_a", "/place_b" };
static volatile enum { WAIT, MOVE, STOP } *state;

static pid_t mover(void)
{
	pid_t pid = fork();

	if (pid)
		return pid;
	on_cpu(0);
	while (*state == WAIT)
		sched_yield();
	for (int i = 0; *state != STOP; i = !i)
		if (mount(places[i], places[!i], NULL, MS_MOVE, NULL))
			_exit(1);
	_exit(0);
}

static void opens(void)
{
	int dir = open("/place_a", O_PATH | O_DIRECTORY | O_CLOEXEC), fd;

	if (dir < 0)
		_exit(1);
	*state = MOVE;
	for (int i = 0; i < OPENS; i++) {
		fd = openat(dir, "file", O_RDONLY | O_CLOEXEC);
		if (fd < 0)
			_exit(2);
		close(fd);
	}
	*state = STOP;
	_exit(0);
}

static void prepare(void)
{
	int fd;

	for (int i = 0; i < 2; i++)
		if (mkdir(places[i], 0700))
			die("%s", places[i]);
	if (mount(NULL, "/", NULL, MS_PRIVATE | MS_REC, NULL) || mount("moved", places[0], "tmpfs", 0, NULL))
		die("mount");
	fd = open("/place_a/file", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0)
		die("file");
	close(fd);
}

int main(void)
{
	unsigned int at[2] = { 0, 0 }, wrong = 0, none = 0;
	const struct linx_rec *rec = NULL;
	struct traced t;
	pid_t pid;

	state = shared(sizeof(*state));
	prepare();
	traced_everybody = true;
	pid = mover();
	traced_run(&t, (struct linx_setup){ .flags = LINX_SETUP_RESOLVED, .ring_size = 64 << 20 }, opens);
	is(t.status, 0, "the process that opens");
	is(reap(pid), 0, "the process that moves");
	while ((rec = rec_exit_of(&t.log, rec, t.pid, SYS_openat))) {
		const struct linx_val *v = rec_val(rec, LINX_FIELD_FD_RESULT);
		const struct linx_fd *fd = v ? (const struct linx_fd *)val_bytes(v) : NULL;
		char path[64];

		if (!fd || fd->path_state != LINX_WHOLE || fd->path_len >= sizeof(path)) {
			none++;
			continue;
		}
		memcpy(path, (const char *)(fd + 1) + (fd->detail + 7) / 8 * 8, fd->path_len);
		path[fd->path_len] = '\0';
		if (!strcmp(path, "/place_a/file"))
			at[0]++;
		else if (!strcmp(path, "/place_b/file"))
			at[1]++;
		else if (wrong++ < SHOWN)
			printf("# %s\n", path);
	}
	printf("# %u here, %u there, %u without a path\n", at[0], at[1], none);
	is(at[0] + at[1], dev_has_paths ? OPENS : 0, "paths of one of the places");
	ok(!dev_has_paths || (at[0] && at[1]), "both places are met");
	is(wrong, dev_has_paths ? 1 : 0, "other paths: that of the directory itself");
	traced_end(&t);
	return tap_end();
}
