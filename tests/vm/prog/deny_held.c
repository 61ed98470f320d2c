// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * A check of the kernel that the module "holder" holds, so that no rule can be on it, and one that tracers share with
 * rules.
 * usage: deny_held held     security_inode_unlink is held: a rule there is refused, others are in force
 *        deny_held shared   tracers are on security_inode_unlink, and the module "holder" cannot hold it: rules refuse
 *        deny_held fentry shares|alone   an eBPF program is on the function, attached before a rule and after it
 * Built for the 64-bit ABI only (native only; x86 only).
 */
#include "deny.h"
#include "deny_scene.h"
#include "fentry.h"

static struct dev d;
static struct deny b;

static int try_unlink(void) { return unlink(SECRET) ? errno : 0; }
static int try_open(void) { return scene_open(SECRET); }

static void add_rule(uint16_t hook)
{
	deny_rule(&b, hook, LINX_DENY_ENFORCE, LINX_DENY_ERRNO, EACCES);
	deny_file(&b, LINX_DENY_PLACED, SECRET);
}

static void when_held(void)
{
	add_rule(LINX_DENY_FILE_OPEN);
	deny_must_load(&d, &b);
	add_rule(LINX_DENY_FILE_OPEN);
	add_rule(LINX_DENY_UNLINK);
	fails(deny_load(&d, &b), EBUSY, "a check that is held");
	is(b.why.reason, LINX_DENY_HELD, "reason");
	is(b.why.hook, LINX_DENY_UNLINK, "hook");
	is(scene_run(try_open), EACCES, "the rules that were there before stay");
	is(scene_run(try_unlink), 0, "nothing of the new ones is in force");
}

static void with_tracers(void)
{
	int fd = open("/job/holder.ko", O_RDONLY | O_CLOEXEC);

	add_rule(LINX_DENY_UNLINK);
	deny_must_load(&d, &b);
	is(scene_run(try_unlink), EACCES, "with tracers on the same function");
	fails((int)syscall(SYS_finit_module, fd, "", 0), EBUSY, "a module that wants to hold it");
	is(scene_run(try_unlink), EACCES, "afterwards");
	deny_must_load(&d, &b); /* no rules */
	fails((int)syscall(SYS_finit_module, fd, "", 0), 0, "without rules it can");
	fails((int)syscall(SYS_delete_module, "holder", O_NONBLOCK), 0, "and is unloaded");
	is(scene_run(try_unlink), 0, "without rules");
}

/*
 * Attaches an eBPF program beside the rule, and expects err. Kernels before 6.0 have either such a program or a rule on
 * a function, and give EBUSY to the second one.
 */
static void beside(int err, const char *name)
{
	struct fentry f;
	int got = fentry_attach(&f, "security_inode_unlink");

	is(got, err, "%s: the program is attached", name);
	is(scene_run(try_unlink), EACCES, "%s: refused", name);
	is(scene_run(try_unlink), EACCES, "%s: refused again", name);
	if (!got)
		is((long long)fentry_runs(&f), 2, "%s: the program has seen each try", name);
	fentry_detach(&f);
	is(scene_run(try_unlink), EACCES, "%s: refused without the program", name);
}

/* shares: the kernel can have an eBPF program and a rule on one function. */
static void with_fentry(bool shares)
{
	struct fentry f;

	add_rule(LINX_DENY_UNLINK);
	deny_must_load(&d, &b);
	beside(shares ? 0 : -EBUSY, "a program after the rule");
	deny_must_load(&d, &b); /* no rules */
	is(fentry_attach(&f, "security_inode_unlink"), 0, "a program before the rule");
	add_rule(LINX_DENY_UNLINK);
	fails(deny_load(&d, &b), shares ? 0 : EBUSY, "the rule beside it");
	if (shares)
		is(scene_run(try_unlink), EACCES, "the rule beside it: refused");
	else
		is(b.why.reason, LINX_DENY_HELD, "the rule beside it: reason");
	deny_must_load(&d, &b);
	fentry_detach(&f);
	is(scene_run(try_unlink), 0, "without rules");
}

int main(int argc, char **argv)
{
	scene_build();
	deny_session(&d, 1 << 16);
	if (argc == 2 && !strcmp(argv[1], "held"))
		when_held();
	else if (argc == 2 && !strcmp(argv[1], "shared"))
		with_tracers();
	else if (argc == 3 && !strcmp(argv[1], "fentry"))
		with_fentry(!strcmp(argv[2], "shares"));
	else
		die("usage: deny_held held|shared|fentry shares|fentry alone");
	dev_close(&d);
	scene_end();
	return tap_end();
}
