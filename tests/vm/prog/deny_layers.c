// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Rules on files of an overlay and of its layers. An overlay acts on its layers with the credentials of the user who
 * mounted it. The kernel can forget the names of an overlay. Then an open with O_CREAT runs the check of the open
 * before the kernel knows whether the file exists.
 * usage: deny_layers; overlayfs has been loaded. Built for the 64-bit ABI only (native only; x86 only).
 */
#include <linux/limits.h>
#include "deny.h"
#include "deny_scene.h"
#include "ring_ops.h"

static struct dev d;
static struct deny b;

#define REFUSE LINX_DENY_ENFORCE, LINX_DENY_ERRNO, EACCES
#define OVER FREE "/over"
#define UPPER FREE "/upper"

static void mount_overlay(void)
{
	if (mkdir(OVER, 0755) || mkdir(UPPER, 0777) || chmod(UPPER, 0777) || mkdir(FREE "/work", 0755) ||
	    mount("overlay", OVER, "overlay", 0, "lowerdir=" VAULT ",upperdir=" UPPER ",workdir=" FREE "/work"))
		die("overlay");
}

/* ---- credentials */

static int open_over(void) { return scene_open(OVER "/secret"); }

static int open_over_as_user(void)
{
	return setresgid(1000, 1000, 1000) || setresuid(1000, 1000, 1000) ? ABSENT : open_over();
}

/* Opens the file as a user, but with credentials of root that the process had registered with an io_uring before. */
static int open_by_personality(void)
{
	struct ops o;
	int id, fd;

	if (ops_open(&o, 4, 0))
		return ABSENT;
	id = (int)syscall(SYS_io_uring_register, o.fd, IORING_REGISTER_PERSONALITY, NULL, 0);
	if (id < 0 || setresgid(1000, 1000, 1000) || setresuid(1000, 1000, 1000))
		return ABSENT;
	ops_entry(&o, IORING_OP_OPENAT, AT_FDCWD, SECRET, 0, 0)->personality = (uint16_t)id;
	fd = ops_do(&o);
	errno = fd < 0 ? -fd : 0;
	return scene_has(fd < 0 ? -1 : fd);
}

static void protect_from(uint64_t uid)
{
	deny_rule(&b, LINX_DENY_FILE_OPEN, REFUSE);
	deny_file(&b, LINX_DENY_PLACED, SECRET);
	deny_range(&b, LINX_DENY_EUID, uid, uid);
}

static void credentials(void)
{
	int got;

	protect_from(1000);
	deny_must_load(&d, &b);
	is(scene_run(open_over_as_user), EACCES, "a rule on a user: the user, by an overlay of root's");
	is(scene_run(open_over), 0, "root by the overlay");
	got = scene_run(open_by_personality);
	ok(got == EACCES || got == ABSENT, "the user with credentials of root's, by io_uring: %d", got);
	protect_from(0);
	deny_must_load(&d, &b);
	is(scene_run(open_over_as_user), 0, "a rule on root: a user by an overlay of root's");
	is(scene_run(open_over), EACCES, "root by the overlay");
	got = scene_run(open_by_personality);
	ok(got == EACCES || got == ABSENT, "a user with credentials of root's, by io_uring: %d", got);
}

static void exemptions(void)
{
	deny_rule(&b, LINX_DENY_FILE_OPEN, REFUSE);
	deny_file(&b, LINX_DENY_PLACED, SECRET);
	b.exempt = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	b.fds[b.nfds++] = b.exempt;
	deny_must_load(&d, &b);
	is(scene_run(open_over), 0, "an exempt program: root by the overlay");
	is(scene_run(open_over_as_user), EACCES, "a user by the overlay");
}

/* ---- names that the kernel has forgotten */

static int create(const char *name)
{
	char path[PATH_MAX];
	int fd;

	snprintf(path, sizeof(path), OVER "/%s", name);
	fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0)
		return errno;
	close(fd);
	return 0;
}

static int create_old(void) { return create("old"); }
static int create_new(void) { return create("new"); }
static int make_node(void) { return mknod(OVER "/node", S_IFIFO | 0600, 0) ? errno : 0; }

/* Loads a rule on the overlay alone, because the kernel's check also runs for the layer. */
static void protect_names(uint8_t mode)
{
	int fd = open(OVER, O_PATH | O_CLOEXEC);

	deny_rule(&b, LINX_DENY_CREATE, mode, LINX_DENY_KILL_TASK, 0);
	deny_text(&b, LINX_DENY_BEGINS, "/", fd);
	b.fds[b.nfds++] = fd;
	deny_must_load(&d, &b);
}

static void counted(unsigned int observed, unsigned int refused, unsigned int signalled, unsigned int undecided, const char *name)
{
	struct linx_deny_counters c = deny_count(&d, 0);

	ok(c.observed == observed && c.refused == refused && c.signalled == signalled && c.undecided == undecided,
	   "%s: %llu observed, %llu refused, %llu signalled, %llu undecided", name, c.observed, c.refused, c.signalled, c.undecided);
}

static void forgotten(void)
{
	is(scene_run(create_old), 0, "a file of the overlay is made");
	protect_names(LINX_DENY_ENFORCE);
	scene_forget_names();
	is(scene_run(create_old), 0, "a file whose name is forgotten can be opened with O_CREAT, and nobody is killed for it");
	counted(0, 1, 0, 1, "it is undecided");
	is(scene_run(create_old), 0, "once more");
	counted(0, 1, 0, 1, "the kernel knows the name, and does not ask");
	is(scene_run(create_new), EPERM, "a new file is refused");
	counted(0, 2, 0, 2, "and not killed: it might have been there");
	is(scene_run(create_new), -SIGKILL, "now the kernel knows that there is none");
	counted(0, 3, 1, 2, "which is certain");
	is(scene_run(make_node), -SIGKILL, "mknod never opens a file");
	counted(0, 4, 2, 2, "and is certain");
	protect_names(LINX_DENY_OBSERVE);
	scene_forget_names();
	is(scene_run(create_old), 0, "observed");
	counted(1, 0, 0, 1, "the file was there: undecided");
	deny_must_load(&d, &b);
}

int main(void)
{
	scene_build();
	mount_overlay();
	deny_session(&d, 1 << 16);
	credentials();
	exemptions();
	forgotten();
	dev_close(&d);
	umount2(OVER, MNT_DETACH);
	scene_end();
	return tap_end();
}
