// SPDX-License-Identifier: GPL-2.0-only
/*
 * The cgroup of a task, and the session's list of cgroups whose calls it records.
 *
 * The list holds paths instead of ids, since a service that is started again gets a new cgroup under its old path. A
 * cgroup of the unified hierarchy keeps its path as long as it lives. Therefore each CPU caches the answer (listed or
 * not) under the cgroup's id, and the list is searched only where the cache lacks it. If the answer cannot be found,
 * the call is recorded, and the library decides.
 */
#include <linux/cgroup.h>
#include <linux/ctype.h>
#include <linux/hash.h>
#include <linux/kernfs.h>
#include <linux/limits.h>
#include <linux/percpu.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>
#include "core/probe_work.h"
#include "filter/cgroup.h"

struct cgroup *linx_cgroup_of(struct task_struct *p)
{
	struct css_set *set = task_css_set(p);
	unsigned int i;

	if (set->dfl_cgrp->level)
		return set->dfl_cgrp;
	for (i = 0; i < CGROUP_SUBSYS_COUNT; i++)
		if (set->subsys[i] && set->subsys[i]->cgroup->level)
			return set->subsys[i]->cgroup;
	return set->dfl_cgrp;
}

/*
 * Most levels (distance from the root) of a cgroup whose path is looked up. Where LINX_KERNFS_FROM_ROOT holds, the path
 * of a deeper cgroup would take too long, with interrupts off.
 */
#define LEVELS_MAX 256

/*
 * Work of looking up the path of a cgroup: a fixed part, and a part for each level. The unit is that of
 * core/probe_work.h. tests/vm/prog/rec_bound.c measured the numbers.
 */
#define WORK_OF_PATH 1000
#define WORK_OF_LEVEL 500
#define WORK_OF_STEP_DOWN 2 /* for each step from the root to a level, where LINX_KERNFS_FROM_ROOT holds */

/*
 * A cgroup of at most this many levels is always looked up, even if the probe has reached its limit of work, so that
 * the container of its tasks is known.
 */
#define LEVELS_ALWAYS 16

static u32 work_of_path(u32 level)
{
	return WORK_OF_PATH + level * WORK_OF_LEVEL + (LINX_KERNFS_FROM_ROOT ? level * level * WORK_OF_STEP_DOWN : 0);
}

int linx_cgroup_path(struct cgroup *cgroup, char *to, bool in_probe)
{
	int n;

	if (cgroup->level > LEVELS_MAX)
		return -E2BIG;
	if (in_probe && cgroup->level > LEVELS_ALWAYS && linx_probe_is_spent())
		return -EBUSY;
	if (in_probe)
		linx_probe_spend(work_of_path(cgroup->level));
	n = kernfs_path(cgroup->kn, to, PATH_MAX);
	return n < PATH_MAX ? n : -E2BIG;
}

/*
 * A cached answer is a u64: the cgroup's id, shifted left, and in bit 0 whether the list has the cgroup. The value 0
 * means no answer. Each CPU has a hash table of answers by id. Two cgroups with the same hash replace each other's
 * answer only when their tasks take turns on that CPU.
 */
#define ANSWERS_BITS 8

struct linx_cgroups {
	u64 __percpu *answers;
	u32 len;
	u32 scanning; /* number of words that may stand anywhere in a path */
	u32 comparing; /* bytes of all other words, which are compared with the beginning of a path */
	char words[]; /* each with its NUL; the first character selects the comparison: see matches() */
};

/* Is the path equal to "top", or below it? */
static bool is_below(const char *path, const char *top)
{
	size_t n = strlen(top);

	return !strncmp(path, top, n) && (!path[n] || path[n] == '/');
}

#define ID_LEN 64

/* Does the path have a container's id (ID_LEN or more hexadecimal digits in a row) that begins with these digits? */
static bool has_id(const char *path, const char *begins)
{
	size_t n = strlen(begins), run;

	for (; *path; path += run ? run : 1) {
		for (run = 0; isxdigit(path[run]); run++)
			;
		if (run >= ID_LEN && !strncmp(path, begins, n))
			return true;
	}
	return false;
}

static bool matches(const char *path, const char *word)
{
	switch (*word) {
	case '/':
		return is_below(path, word);
	case '#':
		return has_id(path, word + 1);
	default:
		return strstr(path, word + 1);
	}
}

static bool search(const struct linx_cgroups *c, const char *path)
{
	u32 at;

	for (at = 0; at < c->len; at += strlen(c->words + at) + 1)
		if (matches(path, c->words + at))
			return true;
	return false;
}

/*
 * Work of a search of the list: WORK_OF_STEP for each byte of the path and each word that may stand anywhere,
 * WORK_OF_COMPARING for each byte of a word that is compared with the path's beginning, and WORK_OF_LIST_BYTE for each
 * byte of the list. A path may have PATH_MAX bytes. A search that would need more than WORK_MAX is not made, and the call
 * is recorded.
 */
#define WORK_OF_STEP 20
#define WORK_OF_COMPARING 12
#define WORK_OF_LIST_BYTE 4
#define WORK_MAX (LINX_PROBE_WORK_MAX / 2)

static noinline bool find_answer(struct linx_cgroups *c, struct cgroup *cgroup, char *path, u64 *answer)
{
	u64 id = cgroup_id(cgroup), work;
	bool listed = true;
	int n;

	if (linx_probe_spent() + work_of_path(min(cgroup->level, LEVELS_MAX)) > LINX_PROBE_WORK_MAX - WORK_MAX)
		return true; /* the search might exceed the probe's limit of work: the next call tries again */
	n = linx_cgroup_path(cgroup, path, true);
	work = n < 0 ? 0 : (u64)n * c->scanning * WORK_OF_STEP + c->comparing * WORK_OF_COMPARING + c->len * WORK_OF_LIST_BYTE;
	if (n >= 0 && work <= WORK_MAX)
		listed = search(c, path);
	linx_probe_spend(min_t(u64, work, WORK_MAX));
	if (!(id >> 63))
		*answer = id << 1 | listed;
	return listed;
}

int linx_cgroup_listed(const struct linx_session *s, bool search)
{
	struct linx_cgroups *c = READ_ONCE(s->cgroups);
	struct linx_ring *r = this_cpu_ptr(s->ring);
	struct cgroup *cgroup;
	int listed = true;
	u64 *answer;

	lockdep_assert_preemption_disabled();
	if (!LINX_HAVE_PATHS || !c)
		return true; /* NULL: the list is being removed */
	/*
	 * A CPU without a ring has no scratch memory. The owner may be allocating the ring at this moment, and may
	 * fail.
	 */
	if (unlikely(!smp_load_acquire(&r->area))) /* pairs with linx_ring_open() */
		return true;
	rcu_read_lock();
	cgroup = linx_cgroup_of(current);
	/*
	 * A cgroup of another hierarchy counts as listed: cgroups of version 1 may be renamed, and hierarchies use the
	 * same ids.
	 */
	if (cgroup == task_css_set(current)->dfl_cgrp) {
		answer = this_cpu_ptr(c->answers) + hash_64(cgroup_id(cgroup), ANSWERS_BITS);
		if (*answer >> 1 == cgroup_id(cgroup))
			listed = *answer & 1;
		else if (search) /* the ring's scratch is free, as no record has been begun */
			listed = find_answer(c, cgroup, r->scratch, answer);
		else
			listed = -EAGAIN;
	}
	rcu_read_unlock();
	return listed;
}

static bool words_valid(const char *words, u32 len)
{
	u32 at;

	if (!len || words[len - 1])
		return false;
	for (at = 0; at < len; at += strlen(words + at) + 1)
		if (!words[at] || !strchr("/#*", words[at]) || (words[at] != '#' && !words[at + 1]))
			return false;
	return true;
}

int linx_cgroups_new(const char *words, u32 len, struct linx_cgroups **out)
{
	struct linx_cgroups *c;
	u32 at, n;

	might_sleep();
	if (!words_valid(words, len))
		return -EINVAL;
	c = kzalloc(sizeof(*c) + len, LINX_GFP);
	if (!c)
		return -ENOMEM;
	c->answers = __alloc_percpu_gfp(sizeof(u64) << ANSWERS_BITS, sizeof(u64), LINX_GFP);
	if (!c->answers) {
		kfree(c);
		return -ENOMEM;
	}
	c->len = len;
	memcpy(c->words, words, len);
	for (at = 0; at < len; at += n) {
		n = strlen(c->words + at) + 1;
		if (c->words[at] == '/')
			c->comparing += n;
		else
			c->scanning++;
	}
	*out = c;
	return 0;
}

void linx_cgroups_free(struct linx_cgroups *c)
{
	if (!c)
		return;
	free_percpu(c->answers);
	kfree(c);
}
