// SPDX-License-Identifier: LGPL-2.1-or-later
/* Sets of rules that refuse, as the module has them: see engine/kmod/deny.h. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "engine/kmod/deny.h"
#include "engine/kmod/kmod.h"
#include "record/rule_names.h"

int linx_kmod_deny_open(struct linx_error *err)
{
	int fd = open(LINX_DEVICE, O_RDWR | O_CLOEXEC);

	if (fd >= 0)
		return fd;
	if (errno == ENOENT)
		return linx_fail(err, -ENOENT, LINX_DEVICE " is not there: load the module (modprobe linx)");
	return linx_fail(err, -errno, LINX_DEVICE ": %s", strerror(errno));
}

/* Writes "rule 'NAME': " for the rule at which the module found a fault, or nothing. */
static void put_rule(const struct linx_deny *set, const struct linx_deny_error *error, char *to, size_t size)
{
	const struct linx_deny_rule *rules = (const void *)(uintptr_t)set->rules;
	const char *name = (const void *)(uintptr_t)set->about, *end = name + set->about_len;
	uint64_t skip = error->rule < set->nrules ? rules[error->rule].id * LINX_ABOUT_TEXTS : UINT64_MAX;

	for (; name < end && skip; skip--)
		name += strlen(name) + 1;
	*to = '\0';
	if (name < end)
		snprintf(to, size, "rule '%.200s': ", name);
}

/* Writes " (PATH)" if the condition that has the fault names one file by its path, or nothing. */
static void put_path(const struct linx_deny *set, const struct linx_deny_error *error, char *to, size_t size)
{
	const struct linx_deny_cond *c = (const struct linx_deny_cond *)(uintptr_t)set->conds + error->cond;
	const char *operands = (const void *)(uintptr_t)set->operands;
	const struct linx_deny_file *f;

	*to = '\0';
	if (error->cond >= set->nconds || c->test != LINX_DENY_PLACED || c->count != 1)
		return;
	f = (const void *)(operands + c->offset);
	if (f->fd == LINX_DENY_BY_PATH)
		snprintf(to, size, " (%.*s)", f->name_len > 200 ? 200 : (int)f->name_len, operands + f->name);
}

/* Sets the error for a set of rules that the module refused. */
static int fail_deny(const struct linx_deny *set, const struct linx_deny_error *error, int code, struct linx_error *err)
{
	static const char *const reasons[] = {
		[LINX_DENY_OFF] = "refusing is off: as root, write 1 to /sys/module/linx/parameters/enforce",
		[LINX_DENY_WRONG] = "the module does not understand the rule; it may be older than linxcap",
		[LINX_DENY_NOT_BUILT] = "this module cannot judge that; update the module",
		[LINX_DENY_NO_HOOK] = "this kernel has no such check, or no way to refuse there",
		[LINX_DENY_HELD] = "livepatch or something alike holds this check of the kernel",
		[LINX_DENY_NOT_HERE] = "the check does not have what the rule tests, or cannot do what it says",
		[LINX_DENY_NO_FILE] = "a file that the rule names is gone, or has no place in a directory",
	};
	const char *check = linx_check_name(error->hook);
	const char *why = error->reason < sizeof(reasons) / sizeof(reasons[0]) ? reasons[error->reason] : NULL;
	char rule[256], path[256];

	put_rule(set, error, rule, sizeof(rule));
	put_path(set, error, path, sizeof(path));
	if (why)
		return linx_fail(err, code, "%scannot refuse%s%s: %s%s", rule, check ? " at " : "", check ? check : "", why, path);
	if (code == -EPERM)
		return linx_fail(err, code, "rules that refuse need CAP_SYS_ADMIN each time that they are set");
	if (code == -EEXIST)
		return linx_fail(err, code, "there is a policy of this name: delete it first, or choose another name");
	if (code == -ENOENT)
		return linx_fail(err, code, "the policy was ended: start anew to set it again");
	if (code == -E2BIG)
		return linx_fail(err, code, "%sthe rules compare with too much, or with a file more than 32 directories below the root of its file system where it is renamed or mounted over%s", rule, path);
	return linx_fail(err, code, LINX_DEVICE ": cannot set the rules that refuse: %s",
			 code == -EBUSY ? "another reader has this policy, or there are too many" : strerror(-code));
}

int linx_kmod_deny(int fd, const struct linx_deny *set, struct linx_error *err)
{
	struct linx_deny_error error = { .rule = UINT32_MAX, .cond = UINT32_MAX };
	struct linx_deny u = *set;
	int ret;

	u.size = sizeof(u);
	u.error = (uintptr_t)&error;
	ret = linx_kmod_ioctl(fd, LINX_IOC_DENY, &u);
	return ret < 0 ? fail_deny(set, &error, ret, err) : 0;
}

void linx_denied_free(struct linx_denied *d)
{
	free(d->about);
	free(d->texts);
	free(d->rules);
	free(d->programs);
	*d = (struct linx_denied){ 0 };
}

/* Makes room for as many elements as the module has said that there are. False: no memory. */
static bool make_room(struct linx_denied *to, const struct linx_deny_list *u)
{
	linx_denied_free(to);
	to->about = calloc(u->about_len + 1, 1);
	to->rules = calloc(u->nrules + 1, sizeof(*to->rules));
	to->programs = calloc(u->nprograms + 1, sizeof(*to->programs));
	return to->about && to->rules && to->programs;
}

/* Finds the texts in the buffer that the module has filled. False: no memory. */
static bool find_texts(struct linx_denied *to)
{
	const char *s = to->about, *end = s + to->list.about_len;

	for (const char *c = s; c < end; c++)
		to->ntexts += !*c;
	to->texts = calloc(to->ntexts + 1, sizeof(*to->texts));
	for (uint32_t i = 0; to->texts && i < to->ntexts; i++, s += strlen(s) + 1)
		to->texts[i] = s;
	return to->texts;
}

/*
 * Asks the module again as long as the set needs more room than there is: between two calls the module can add programs
 * to the set, or another set can take its place.
 */
int linx_kmod_deny_list(int fd, uint32_t flags, uint64_t number, struct linx_denied *to, struct linx_error *err)
{
	struct linx_deny_list u = { 0 }, room;
	int ret;

	*to = (struct linx_denied){ 0 };
	do {
		room = u;
		if (!make_room(to, &room))
			return linx_fail(err, -ENOMEM, "out of memory");
		u = (struct linx_deny_list){
			.size = sizeof(u), .flags = flags, .set = number, .about = (uintptr_t)to->about, .rules = (uintptr_t)to->rules,
			.programs = (uintptr_t)to->programs, .about_len = room.about_len, .nrules = room.nrules, .nprograms = room.nprograms,
		};
		ret = linx_kmod_ioctl(fd, LINX_IOC_DENY_LIST, &u);
	} while (!ret && (u.about_len > room.about_len || u.nrules > room.nrules || u.nprograms > room.nprograms));
	to->list = u;
	if (ret == -ENOENT)
		return ret;
	if (!ret && !find_texts(to))
		return linx_fail(err, -ENOMEM, "out of memory");
	return ret < 0 ? linx_fail(err, ret, LINX_DEVICE ": cannot list the rules that refuse: %s", strerror(-ret)) : 0;
}

int linx_kmod_deny_change(int fd, const struct linx_deny_change *change, struct linx_error *err)
{
	int ret = linx_kmod_ioctl(fd, LINX_IOC_DENY_CHANGE, (void *)(uintptr_t)change);

	if (ret >= 0)
		return 0;
	if (ret == -EPERM)
		return linx_fail(err, ret, "CAP_SYS_ADMIN is needed and, for rules that refuse, 1 in /sys/module/linx/parameters/enforce");
	return linx_fail(err, ret, LINX_DEVICE ": cannot change the policy: %s",
			 ret == -ENOENT ? "it is gone" : ret == -EALREADY ? "it is no trial" : ret == -EBUSY ? "another reader has its records" : strerror(-ret));
}
