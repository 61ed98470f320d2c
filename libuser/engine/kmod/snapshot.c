// SPDX-License-Identifier: LGPL-2.1-or-later
/* Snapshots of processes: reads them from the kernel module, and stores them in memory. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>
#include "base/deadline.h"
#include "engine/kmod/kmod.h"

#define SNAP_STEP (1u << 20)

uint8_t *linx_snap_reserve(struct linx_snap *s, size_t more)
{
	size_t need = s->len + more, cap = s->cap * 2 > need ? s->cap * 2 : need;
	uint8_t *data;

	if (!linx_snap_fits(s, more))
		return NULL;
	if (need > s->cap) {
		data = realloc(s->data, cap);
		if (!data)
			return NULL;
		s->data = data;
		s->cap = cap;
	}
	return s->data + s->len;
}

int linx_snap_report(struct linx_snap *s, const struct linx_tamper *tamper, uint32_t tid, uint32_t pid, uint64_t now)
{
	const struct linx_rec head = {
		.words = (sizeof(head) + sizeof(*tamper)) / 8,
		.kind = LINX_REC_TAMPER,
		.nr = LINX_REC_NR_OTHER,
		.tid = tid,
		.pid = pid,
		.time = now,
	};
	uint8_t *to = linx_snap_reserve(s, sizeof(head) + sizeof(*tamper));

	if (!to)
		return -ENOMEM;
	memcpy(to, &head, sizeof(head));
	memcpy(to + sizeof(head), tamper, sizeof(*tamper));
	s->len += sizeof(head) + sizeof(*tamper);
	return 0;
}

void linx_snap_free_data(struct linx_snap *s)
{
	free(s->data);
	*s = (struct linx_snap){ .gen = s->gen };
}

/* Appends the records of one LINX_IOC_SNAPSHOT call to e.snap. */
static int take_step(struct linx_engine_kmod *k)
{
	struct linx_snapshot *u = &k->snapshot;
	struct linx_snap *s = &k->e.snap;
	uint8_t *buf;
	int ret;

	if (!linx_engine_snap_fits(&k->e, SNAP_STEP)) {
		/*
		 * Ends the snapshot without an error: a program with many open files must not end a recording. A task
		 * that was left out gets a context record from the module before its first event.
		 */
		u->cursor[0] = 0;
		return 0;
	}
	buf = linx_snap_reserve(s, SNAP_STEP);
	if (!buf)
		return linx_fail(&k->e.err, -ENOMEM, "out of memory for the list of processes");
	u->buf = (uintptr_t)buf;
	ret = linx_kmod_ioctl(k->fd, LINX_IOC_SNAPSHOT, u);
	if (ret < 0)
		return linx_fail(&k->e.err, ret, LINX_DEVICE ": cannot list processes: %s", strerror(-ret));
	s->len += u->used;
	k->e.worked = LINX_YIELD_BYTES;
	return 0;
}

/*
 * Makes the descriptor of linx_fd() readable while a snapshot is in progress, so that a caller that polls it comes back
 * for the next step.
 */
static void show_more(struct linx_engine_kmod *k)
{
	bool more = linx_kmod_snapshot_goes_on(k);

	if (more && k->more_fd < 0)
		k->more_fd = eventfd(1, EFD_CLOEXEC);
	else if (!more && k->more_fd >= 0) {
		/*
		 * Remove it explicitly: a child forked meanwhile may have a copy, which
		 * would leave it in the epoll set.
		 */
		if (k->epoll_fd >= 0)
			epoll_ctl(k->epoll_fd, EPOLL_CTL_DEL, k->more_fd, NULL);
		close(k->more_fd);
		k->more_fd = -1;
	} else {
		return;
	}
	linx_kmod_watch_more(k);
}

void linx_kmod_watch_more(struct linx_engine_kmod *k)
{
	struct epoll_event ev = { .events = EPOLLIN };

	if (k->epoll_fd >= 0 && k->more_fd >= 0)
		epoll_ctl(k->epoll_fd, EPOLL_CTL_ADD, k->more_fd, &ev);
}

int linx_kmod_snapshot_step(struct linx_engine_kmod *k)
{
	int ret = take_step(k);

	show_more(k);
	return ret;
}

int linx_kmod_snapshot(struct linx_engine_kmod *k, unsigned int ms)
{
	uint64_t until = linx_now_ms() + ms;
	int ret;

	if (!(k->info.features & LINX_FEAT_FILES))
		return 0;
	k->e.snap.gen++;
	k->snapshot = (struct linx_snapshot){ .size = sizeof(k->snapshot), .buf_size = SNAP_STEP };
	do
		ret = take_step(k);
	while (!ret && linx_kmod_snapshot_goes_on(k) && linx_now_ms() < until);
	if (k->recorder)
		/*
		 * A snapshot that took too long ends here. Tasks that it did not reach get context records with their
		 * next events.
		 */
		k->snapshot.cursor[0] = 0;
	show_more(k);
	return ret;
}
