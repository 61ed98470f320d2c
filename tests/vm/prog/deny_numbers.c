// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Rules on files whose numbers are used again, and on files that were opened by a handle: a file system of FUSE gives
 * each file the inode number and the generation that the test wants. Built for the 64-bit ABI only (native only; x86
 * only).
 */
#include <sys/prctl.h>
#include "deny.h"
#include "deny_scene.h"
#include "fuse_serve.h"

#define TOP "/tmp/numbers"
#define DIR TOP "/dir"

static struct dev d;
static struct deny b;
static struct fuse_served *served; /* shared with the server */
static pid_t server;

#define REFUSE LINX_DENY_ENFORCE, LINX_DENY_ERRNO, EACCES
#define FILE_MODE (S_IFREG | 0644)
#define DIR_ID 2

static void begin(void)
{
	int fuse = fuse_mount(TOP);

	if (fuse < 0)
		die("mount of " TOP);
	served = shared(sizeof(*served));
	served->text = SECRET_TEXT;
	served->size = strlen(SECRET_TEXT);
	server = fork();
	if (!server) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		while (fuse_serve(fuse, served))
			;
		exit(1);
	}
	close(fuse);
}

/* Makes the table one of these nodes. The server reads the table only while a call of this program waits for it. */
static void serve(const struct fuse_node *nodes, uint32_t count)
{
	memcpy(served->nodes, nodes, count * sizeof(*nodes));
	served->count = count;
}
#define SERVE(...) serve((const struct fuse_node[]){ __VA_ARGS__ }, sizeof((const struct fuse_node[]){ __VA_ARGS__ }) / sizeof(struct fuse_node))

static int open_key(void) { return scene_open(TOP "/key"); }
static int open_other(void) { return scene_open(TOP "/other"); }

/* ---- numbers that are used again */

static void counted(uint64_t refused, uint64_t undecided, const char *name)
{
	struct linx_deny_counters c = deny_count(&d, 0);

	ok(c.refused == refused && c.undecided == undecided, "%s: %llu refused, %llu undecided", name, c.refused, c.undecided);
}

/* Each node has an id of its own, as the kernel takes nodes of one id for one file. */
static void numbers(void)
{
	SERVE({ "key", FUSE_ROOT_ID, 10, 100, 1, FILE_MODE });
	deny_rule(&b, LINX_DENY_FILE_OPEN, REFUSE);
	deny_file(&b, LINX_DENY_PLACED, TOP "/key");
	deny_must_load(&d, &b);
	is(scene_run(open_key), EACCES, "the file");
	SERVE({ "other", FUSE_ROOT_ID, 11, 100, 1, FILE_MODE });
	is(scene_run(open_other), EACCES, "its number and generation at another place");
	SERVE({ "other", FUSE_ROOT_ID, 12, 100, 2, FILE_MODE });
	is(scene_run(open_other), 0, "another file that has got its number");
	SERVE({ "other", FUSE_ROOT_ID, 13, 101, 1, FILE_MODE });
	is(scene_run(open_other), 0, "a file with another number");
	SERVE({ "key", FUSE_ROOT_ID, 14, 100, 2, FILE_MODE });
	is(scene_run(open_key), EACCES, "another file at its place, with its number");
	SERVE({ "key", FUSE_ROOT_ID, 15, 101, 1, FILE_MODE });
	is(scene_run(open_key), EACCES, "another file at its place");
	counted(4, 0, "numbers");
}

/* A rule that lets one file pass. A file that has got its number must not pass. */
static void let_pass(void)
{
	SERVE({ "key", FUSE_ROOT_ID, 16, 100, 1, FILE_MODE });
	deny_rule(&b, LINX_DENY_FILE_OPEN, REFUSE);
	deny_file(&b, LINX_DENY_INSIDE, TOP);
	deny_file(&b, LINX_DENY_PLACED, TOP "/key")->flags = LINX_DENY_NOT;
	deny_must_load(&d, &b);
	is(scene_run(open_key), 0, "a file that may be opened");
	SERVE({ "other", FUSE_ROOT_ID, 17, 100, 2, FILE_MODE });
	is(scene_run(open_other), EACCES, "another file that has got its number");
	counted(1, 0, "files that may not be opened");
	deny_must_load(&d, &b); /* no rules */
}

/* ---- handles */

static union {
	struct file_handle h;
	char room[sizeof(struct file_handle) + MAX_HANDLE_SZ];
} handle;

static void take_handle(const char *path)
{
	int mount_id;

	handle.h.handle_bytes = MAX_HANDLE_SZ;
	if (name_to_handle_at(AT_FDCWD, path, &handle.h, &mount_id, 0))
		die("handle of %s", path);
}

static int open_handle(void)
{
	int at = open(TOP, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return scene_has(open_by_handle_at(at, &handle.h, O_RDONLY));
}

static void protect_directory(void)
{
	deny_rule(&b, LINX_DENY_FILE_OPEN, REFUSE);
	deny_file(&b, LINX_DENY_INSIDE, DIR);
	deny_must_load(&d, &b);
}

/*
 * A file whose directory is not known counts as one in the directory. Once a path has led to it, its directory is
 * known. keep: keeps it so.
 */
static void handles(void)
{
	int keep;

	SERVE({ "dir", FUSE_ROOT_ID, DIR_ID, 200, 0, S_IFDIR | 0755 }, { "secret", DIR_ID, 20, 201, 0, FILE_MODE },
	      { "other", FUSE_ROOT_ID, 21, 202, 0, FILE_MODE });
	served->valid = 1000;
	take_handle(TOP "/other");
	scene_forget_names();
	is(scene_run(open_handle), 0, "by handle, without rules");
	protect_directory();
	is(scene_run(open_other), 0, "a file beside the directory");
	counted(0, 0, "by its path");
	keep = open(TOP "/other", O_PATH | O_CLOEXEC);
	is(scene_run(open_handle), 0, "a file beside it, by a handle, while its path is known");
	counted(0, 0, "while its path is known");
	close(keep);
	take_handle(DIR "/secret");
	keep = open(DIR "/secret", O_PATH | O_CLOEXEC);
	is(scene_run(open_handle), EACCES, "a file of the directory by a handle, while its path is known");
	counted(1, 0, "which is certain");
	close(keep);
	scene_forget_names();
	is(scene_run(open_handle), EACCES, "a file of the directory by a handle alone");
	counted(2, 1, "which is undecided");
	take_handle(TOP "/other");
	scene_forget_names();
	is(scene_run(open_handle), EACCES, "a file beside it by a handle alone");
	counted(3, 2, "and might be in the directory");
}

int main(void)
{
	begin();
	deny_session(&d, 1 << 16);
	numbers();
	let_pass();
	handles();
	dev_close(&d);
	umount2(TOP, MNT_DETACH);
	kill(server, SIGKILL);
	reap(server);
	return tap_end();
}
