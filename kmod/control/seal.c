// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sealed sessions. The reader of a session may process data from the network long after it has dropped the privileges
 * with which the session was opened. An attacker who takes over such a reader gets a session that the attacker could
 * not have opened. Therefore a sealed session refuses each request that would make it record more. Process context, may
 * sleep.
 */
#include <linux/delay.h>
#include <linux/ktime.h>
#include "control/seal.h"
#include "control/session_life.h"
#include "filter/rate.h"
#include "task/snapshot.h"

#define FLOOR_AGE_NS NSEC_PER_MSEC
#define SNAPSHOT_AGE_NS NSEC_PER_SEC
#define SNAPSHOT_REST_MS 10

int linx_session_seal(struct linx_session *s, u32 flags)
{
	if (flags & ~LINX_SEAL_SNAPSHOT)
		return -EINVAL;
	mutex_lock(&s->lock);
	s->seal_snapshot = flags & LINX_SEAL_SNAPSHOT && (!s->sealed || s->seal_snapshot);
	WRITE_ONCE(s->sealed, true);
	mutex_unlock(&s->lock);
	return 0;
}

int linx_seal_checks_any(const struct linx_session *s)
{
	lockdep_assert_held(&s->lock);
	return s->sealed ? -EPERM : 0;
}

static int refused_unless(const struct linx_session *s, bool narrows)
{
	lockdep_assert_held(&s->lock);
	return !s->sealed || narrows ? 0 : -EPERM;
}

/*
 * Does a change of one word of the selection only take calls away? linx_rate_sampled() leaves out the entry of a call
 * whose return is selected and sampled. If the entry stays selected and the return is taken away, the entry would be
 * recorded. Therefore, with sampling, such a change does not count as one that only takes calls away.
 */
static bool narrows_word(const struct linx_session *s, u64 enter, u64 exit, u64 new_enter, u64 new_exit)
{
	return !(new_enter & ~enter) && !(new_exit & ~exit) && !(s->every && new_enter & exit & ~new_exit);
}

int linx_seal_checks_select(const struct linx_session *s, const struct linx_select *u)
{
	bool narrows = u->flags & LINX_SELECT_CHOSEN || !s->entries_chosen;
	u32 abi, i;

	for (abi = 0; abi < LINX_ABI_NR; abi++)
		for (i = 0; i < LINX_NR_WORDS; i++)
			/* READ_ONCE: linx_session_owner_gone() clears these words in a probe. */
			narrows &= narrows_word(s, READ_ONCE(s->enter[abi][i]), READ_ONCE(s->exit[abi][i]),
						u->enter[abi][i], u->exit[abi][i]);
	return refused_unless(s, narrows);
}

/*
 * Does a new filter use the list of processes as the current filter does? Changes of the list itself are checked by
 * linx_seal_checks_pids().
 */
static bool keeps_list(const struct linx_session *s, const struct linx_filter *u)
{
	const u32 list = LINX_FILTER_PIDS | LINX_FILTER_PIDS_NOT;
	const u32 all = list | LINX_FILTER_THREADS | LINX_FILTER_FOLLOW;

	return !(s->filter & list) || !((s->filter ^ u->flags) & all);
}

/*
 * Does a new filter compare the same names of tasks? Only ncomms elements of comms[] count, and of each element all
 * but the last byte.
 */
static bool keeps_comms(const struct linx_session *s, const struct linx_filter *u)
{
	u32 i;

	if (!(s->filter & (LINX_FILTER_COMM | LINX_FILTER_COMM_NOT)))
		return true;
	if (s->ncomms != u->ncomms)
		return false;
	for (i = 0; i < s->ncomms; i++)
		if (memcmp(s->comms[i], u->comms[i], sizeof(s->comms[i]) - 1))
			return false;
	return true;
}

/*
 * Checks a new filter. Programs and lists of cgroups are not compared: if the current filter has one, it cannot be
 * replaced.
 */
int linx_seal_checks_filter(const struct linx_session *s, const struct linx_filter *u)
{
	bool narrows = !(s->filter & (LINX_FILTER_PREDICATE | LINX_FILTER_CGROUPS)) &&
		       !(s->filter & ~u->flags & ~(LINX_FILTER_THREADS | LINX_FILTER_FOLLOW));

	narrows &= keeps_list(s, u) && keeps_comms(s, u);
	narrows &= !(s->filter & LINX_FILTER_UID) || (u->uid_min >= s->uid_min && u->uid_max <= s->uid_max);
	narrows &= !(s->filter & LINX_FILTER_DURATION) || u->min_duration_ns >= s->min_duration;
	return refused_unless(s, narrows);
}

/*
 * Checks a change of the list of processes. A list that no filter uses cannot be changed in any way, since a later
 * filter could use it.
 */
int linx_seal_checks_pids(const struct linx_session *s, bool remove)
{
	return refused_unless(s, remove ? s->filter & LINX_FILTER_PIDS : s->filter & LINX_FILTER_PIDS_NOT);
}

int linx_seal_checks_sample(const struct linx_session *s, const u16 *every)
{
	bool narrows = true;
	u32 key;

	for (key = 0; key < LINX_KEYS; key++)
		narrows &= max_t(u16, every[key], 1) >= (s->every ? max_t(u16, s->every[key], 1) : 1);
	return refused_unless(s, narrows);
}

int linx_seal_checks_budget(const struct linx_session *s, u64 per_second)
{
	u64 quota = per_second / LINX_BUDGET_WINDOWS;

	return refused_unless(s, quota && (!s->quota || quota <= s->quota));
}

/*
 * Calls linx_session_floor() at most once in FLOOR_AGE_NS, since that function interrupts all CPUs. An older floor is
 * still valid: a record that becomes visible from now on becomes visible after that floor was found, too.
 */
u64 linx_seal_floor(struct linx_session *s)
{
	u64 now, floor;

	mutex_lock(&s->lock);
	now = ktime_get_mono_fast_ns();
	if (!s->seal_floor || now - s->seal_floor_at >= FLOOR_AGE_NS) {
		s->seal_floor = linx_session_floor(s);
		s->seal_floor_at = now;
	}
	floor = s->seal_floor;
	mutex_unlock(&s->lock);
	return floor;
}

static bool is_begin(const struct linx_snapshot *u)
{
	return !(u->cursor[0] | u->cursor[1] | u->cursor[2] | u->cursor[3]);
}

/*
 * Writes the next part of a snapshot of a sealed session. A snapshot may begin once in SNAPSHOT_AGE_NS, and each part
 * begins where the last part ended. If a snapshot begins too early, returns -EAGAIN, with no records and with the
 * cursor at its beginning.
 */
static int snapshot_locked(struct linx_session *s, struct linx_snapshot *u, void *buf, u32 size)
{
	static const u32 begin[ARRAY_SIZE(u->cursor)] = { 1 };
	bool begins = is_begin(u) || !memcmp(u->cursor, begin, sizeof(begin));
	u64 now = ktime_get_mono_fast_ns();
	int err;

	if (!s->seal_snapshot)
		return -EPERM;
	if (!begins && memcmp(u->cursor, s->seal_cursor, sizeof(u->cursor)))
		return -EPERM;
	if (begins && s->seal_snapshot_at && now - s->seal_snapshot_at < SNAPSHOT_AGE_NS) {
		memcpy(u->cursor, begin, sizeof(begin));
		u->used = 0;
		return -EAGAIN;
	}
	if (begins)
		s->seal_snapshot_at = now;
	err = linx_session_snapshot(s, u, buf, size);
	memcpy(s->seal_cursor, u->cursor, sizeof(u->cursor));
	return err;
}

/*
 * Writes the next part of a snapshot of a session that is not sealed. The session's lock is not held meanwhile, so that
 * other requests do not wait for the snapshot. The cursor is stored, since the reader may continue the snapshot after
 * the session was sealed.
 */
static int snapshot_unsealed(struct linx_session *s, struct linx_snapshot *u, void *buf, u32 size)
{
	int err = linx_session_snapshot(s, u, buf, size);

	mutex_lock(&s->lock);
	if (!s->sealed)
		memcpy(s->seal_cursor, u->cursor, sizeof(u->cursor));
	mutex_unlock(&s->lock);
	return err;
}

int linx_seal_snapshot(struct linx_session *s, struct linx_snapshot *u, void *buf, u32 size)
{
	int err;

	if (!READ_ONCE(s->sealed))
		return snapshot_unsealed(s, u, buf, size);
	mutex_lock(&s->lock);
	err = snapshot_locked(s, u, buf, size);
	mutex_unlock(&s->lock);
	if (err != -EAGAIN)
		return err;
	msleep_interruptible(SNAPSHOT_REST_MS);
	return 0;
}
