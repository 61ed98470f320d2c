// SPDX-License-Identifier: LGPL-2.1-or-later
/* Sends the blocks of a spool: see ship/ship.h. */
#include "ship/ship.h"

#ifdef FLEET_HAS_NATS
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#include "base/deadline.h"

#define MS 1000000ull
#define SECOND_NS (1000 * MS)
/* A block is sent again if the server has not answered in so long a time; the time doubles with each try, up to a minute. */
#define ANSWER_NS (2 * SECOND_NS)
#define TRIES_MAX 5u
/* So long the first floor is waited for: it saves sending what linx-store has. */
#define FLOOR_NS (3 * SECOND_NS)
/* A server that was away for so long had an outage. */
#define OUTAGE_NS (5 * SECOND_NS)

static uint64_t clock_ns(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (uint64_t)t.tv_sec * SECOND_NS + (uint64_t)t.tv_nsec;
}

static uint64_t now_ns(void)
{
	return clock_ns(CLOCK_MONOTONIC);
}

/* ---- sending ------------------------------------------------------------------------------------------- */

/* Publishes a block. again: it was sent before, and gets another id, which the server does not know. */
static void publish(struct ship *s, const struct spool_head *h, const void *data, size_t len, bool again)
{
	char subject[192], reply[192], id[192];
	natsMsg *msg;
	natsStatus rc;

	snprintf(subject, sizeof(subject), FLEET_ROWS "%u.%s", fleet_shard(s->machine), s->machine);
	snprintf(reply, sizeof(reply), "%s%016" PRIx64 "-%" PRIu64, s->inbox, h->spool, h->number);
	snprintf(id, sizeof(id), "%s:%016" PRIx64 ":%" PRIu64, s->machine, h->spool, h->number);
	if (again)
		snprintf(id + strlen(id), sizeof(id) - strlen(id), "#%" PRIu64, now_ns());
	rc = s->nats.msg_new(&msg, subject, reply, data, (int)len);
	if (rc != NATS_OK)
		return;
	rc = s->nats.msg_head(msg, "Nats-Msg-Id", id);
	if (rc == NATS_OK)
		rc = s->nats.publish_msg(s->nats.nc, msg);
	s->nats.msg_free(msg);
	if (rc == NATS_OK)
		complaint_over(&s->publishing);
	else if (rc == NATS_MAX_PAYLOAD)
		complain(&s->publishing, "cannot send a block of %zu bytes: %s: write max_payload: 8MB in its configuration", len, s->nats.server);
	else if (nats_is_up(&s->nats)) /* otherwise that is what is said */
		complain(&s->publishing, "cannot send: %s: %s", s->nats.server, s->nats.text(rc));
}

static void leave_window(struct ship *s, struct flying *f)
{
	s->bytes -= f->len;
	free(f->data);
	*f = (struct flying){ 0 };
}

/* Removes from the window what the server has. Returns the smallest number that is in it, or else that of the next block. */
static uint64_t settle(struct ship *s)
{
	uint64_t base = s->next;

	for (unsigned int i = 0; i < WINDOW; i++) {
		struct flying *f = &s->window[i];

		if (f->number && (f->acked || f->last < s->floor))
			leave_window(s, f);
		if (f->number && f->number < base)
			base = f->number;
	}
	return base;
}

static struct flying *free_place(struct ship *s)
{
	for (unsigned int i = 0; i < WINDOW && s->bytes < WINDOW_BYTES; i++)
		if (!s->window[i].number)
			return &s->window[i];
	return NULL;
}

static void send_flying(struct ship *s, struct flying *f)
{
	struct spool_head h;
	bool again = f->tries;

	spool_head_read(&h, f->data, f->len);
	publish(s, &h, f->data, f->len, false);
	s->again += again;
	s->sent += !again;
	f->due_ns = now_ns() + (ANSWER_NS << (f->tries < TRIES_MAX ? f->tries : TRIES_MAX));
	f->tries++;
}

/* Sends again what the server has not acknowledged in time. */
static void send_late(struct ship *s)
{
	uint64_t now = now_ns();

	for (unsigned int i = 0; i < WINDOW; i++)
		if (s->window[i].number && now >= s->window[i].due_ns)
			send_flying(s, &s->window[i]);
}

/* Blocks that are lost name no machine and no spool if no other block is known: those that are sent are meant. */
static void name_lost(const struct ship *s, struct spool_head *h)
{
	if (!(h->flags & SPOOL_LOST))
		return;
	memset(h->machine, 0, sizeof(h->machine));
	memcpy(h->machine, s->machine, strlen(s->machine));
	h->spool = s->spool;
	spool_head_seal(h, NULL);
}

/* True if the block is of a machine of another name, under which it has to be sent. */
static bool is_renamed(struct ship *s, const struct spool_head *h)
{
	if (h->flags & SPOOL_LOST || !strcmp(h->machine, s->machine))
		return false;
	if (s->named)
		complain(&s->names, "the spool has rows of %s: linx-store refuses them as those of %s", h->machine, s->machine);
	return !s->named;
}

/*
 * The machine got another name before this block was made. Goes on under that name as soon as all blocks before are stored
 * under the one before; for linx-store it is another machine, whose first block this is. 0 or -errno.
 */
static int rename_machine(struct ship *s, const struct spool_head *h)
{
	struct problem why;
	bool stored;

	spool_reader_seek(s->reader, h->number);
	pthread_mutex_lock(&s->lock);
	stored = s->acks ? settle(s) == s->next : s->floor >= h->number;
	pthread_mutex_unlock(&s->lock);
	if (!stored && s->next != (s->base ? s->base : s->first))
		return 0;
	ship_listen_no_more(s);
	memset(s->machine, 0, sizeof(s->machine));
	memcpy(s->machine, h->machine, strlen(h->machine));
	pthread_mutex_lock(&s->lock);
	s->nwants = 0;
	s->base = s->next = h->number;
	s->heard_until_ns = s->acks ? 0 : now_ns() + FLOOR_NS;
	pthread_mutex_unlock(&s->lock);
	return ship_listen(s, &why) ? -ENOTCONN : 0;
}

/* Sends the next block. 1; 0: there is none, or it is not its time; or -errno. */
static int send_next(struct ship *s)
{
	struct flying *place = free_place(s), f = { 0 };
	struct spool_head h;
	const void *data;
	int rc;

	s->drained = false;
	if (!place || now_ns() < s->pace.until_ns || !nats_is_up(&s->nats))
		return 0;
	rc = spool_reader_next(s->reader, &h, &data, &f.len);
	s->drained = !rc;
	if (rc <= 0)
		return rc;
	if (is_renamed(s, &h))
		return rename_machine(s, &h);
	name_lost(s, &h);
	s->lost += h.flags & SPOOL_LOST ? h.last - h.number + 1 : 0;
	f.data = malloc(f.len);
	if (!f.data) {
		spool_reader_seek(s->reader, h.number);
		return 0;
	}
	memcpy(f.data, data, f.len);
	f.number = h.number;
	f.last = h.last;
	pthread_mutex_lock(&s->lock);
	*place = f;
	s->bytes += f.len;
	s->next = h.last + 1;
	pthread_mutex_unlock(&s->lock);
	send_flying(s, place);
	pace_sent(&s->pace, now_ns(), clock_ns(CLOCK_REALTIME), h.to_ns);
	return 1;
}

/* Sends blocks that linx-store misses, those of one order; the reader then continues where it was. */
static int send_wanted(struct ship *s)
{
	struct want w = { 0 };
	struct spool_head h;
	const void *data;
	size_t len;
	int rc = 0;

	pthread_mutex_lock(&s->lock);
	if (s->nwants) {
		w = s->wants[0];
		memmove(s->wants, s->wants + 1, --s->nwants * sizeof(*s->wants));
	}
	w.from = w.from > s->floor ? w.from : s->floor;
	pthread_mutex_unlock(&s->lock);
	if (w.to >= s->next)
		w.to = s->next - 1;
	if (!w.from || w.from > w.to || !nats_is_up(&s->nats))
		return 0;
	spool_reader_seek(s->reader, w.from);
	do {
		rc = spool_reader_next(s->reader, &h, &data, &len);
		if (rc <= 0 || h.number > w.to)
			break;
		name_lost(s, &h);
		publish(s, &h, data, len, true);
		s->again++;
	} while (h.last < w.to);
	spool_reader_seek(s->reader, s->next);
	return rc < 0 ? rc : 0;
}

/* ---- the spool --------------------------------------------------------------------------------------------- */

/* Begins with the spool, or anew if it was replaced by another one. */
static void follow_spool(struct ship *s)
{
	uint64_t id = spool_reader_id(s->reader);

	if (!id || id == s->spool)
		return;
	pthread_mutex_lock(&s->lock);
	for (unsigned int i = 0; i < WINDOW; i++)
		if (s->window[i].number)
			leave_window(s, &s->window[i]);
	s->spool = id;
	s->floor = s->next = 0;
	s->nwants = 0;
	s->heard_until_ns = s->acks ? 0 : now_ns() + FLOOR_NS;
	pthread_mutex_unlock(&s->lock);
	s->first = spool_reader_first(s->reader);
	s->next = s->first;
	s->base = 0;
	spool_reader_seek(s->reader, s->first);
}

/* Says where this program is, once in a second: linx-store sees by it what it misses, and what it will never get. */
static void say_place(struct ship *s)
{
	char text[128];

	if (s->acks || !s->spool || now_ns() < s->said_ns + SECOND_NS)
		return;
	s->said_ns = now_ns();
	s->first = spool_reader_first(s->reader);
	s->first = s->base > s->first ? s->base : s->first;
	snprintf(text, sizeof(text), "%016" PRIx64 " %" PRIu64 " %" PRIu64, s->spool, s->first, s->next);
	nats_say(&s->nats, FLEET_AT, s->machine, text);
}

/* Notices outages of the server. */
static void watch_server(struct ship *s)
{
	bool up = nats_is_up(&s->nats);
	uint64_t now = now_ns(), lot = 0;

	if (up && !s->was_up && now > s->down_ns + OUTAGE_NS) {
		if (getrandom(&lot, sizeof(lot), GRND_NONBLOCK) < 0)
			lot = now;
		pace_outage(&s->pace, now, lot);
	}
	if (!up && s->was_up)
		s->down_ns = now;
	s->was_up = up;
}

/* Waits for news from the server, or a short time, after which the spool may have more. */
static void wait_for_news(struct ship *s)
{
	struct timespec until = deadline_after(50);

	pthread_mutex_lock(&s->lock);
	if (!s->nwants)
		pthread_cond_timedwait(&s->news, &s->lock, &until);
	pthread_mutex_unlock(&s->lock);
}

/* Passes over what linx-store has. True while the first floor is waited for. */
static bool awaits_floor(struct ship *s)
{
	bool skip;

	pthread_mutex_lock(&s->lock);
	skip = s->floor > s->next;
	if (skip)
		s->next = s->floor;
	if (s->floor || now_ns() >= s->heard_until_ns)
		s->heard_until_ns = 0;
	pthread_mutex_unlock(&s->lock);
	if (skip)
		spool_reader_seek(s->reader, s->next);
	return s->heard_until_ns;
}

/*
 * True if linx-store has blocks that the spool has not made yet: it was restored to an older state, and gives numbers a
 * second time. Its new blocks would be passed over as stored.
 */
static bool is_restored(struct ship *s)
{
	uint64_t floor;

	pthread_mutex_lock(&s->lock);
	floor = s->floor;
	pthread_mutex_unlock(&s->lock);
	return floor > s->next && floor > spool_reader_end(s->reader);
}

/* Reports what the server refused, and segments that stay. */
static void report(struct ship *s, int freed)
{
	char refusal[sizeof(s->refusal)];

	pthread_mutex_lock(&s->lock);
	memcpy(refusal, s->refusal, sizeof(refusal));
	s->refusal[0] = '\0';
	pthread_mutex_unlock(&s->lock);
	if (refusal[0])
		complain(&s->refusals, "the server refuses a block: %s: %s", s->nats.server, refusal);
	if (freed)
		complain(&s->removing, "cannot remove what is stored from the spool: %s", strerror(-freed));
}

/* One round. 1: something was sent; 0: nothing; 2: all is stored, and it is time to end; or -errno. */
static int step(struct ship *s)
{
	bool sent = false;
	uint64_t below;
	int rc;

	follow_spool(s);
	watch_server(s);
	say_place(s);
	if (s->spool && is_restored(s))
		return -ESTALE;
	if (!s->spool || awaits_floor(s))
		return 0;
	pthread_mutex_lock(&s->lock);
	below = settle(s);
	if (!s->acks)
		below = s->floor < s->next ? s->floor : s->next;
	pthread_mutex_unlock(&s->lock);
	report(s, spool_reader_free_below(s->reader, below));
	send_late(s);
	rc = send_wanted(s);
	while (!rc && (rc = send_next(s)) == 1) {
		sent = true;
		rc = 0;
	}
	if (rc)
		return rc;
	return s->until_stored && s->drained && below == s->next ? 2 : sent;
}

int ship_run(struct ship *s, bool (*stopping)(void), struct problem *why)
{
	int rc = 0;

	s->down_ns = now_ns();
	if (s->until_stored && !spool_reader_id(s->reader))
		say_at(SAY_WARNING, "the spool is empty");
	while (!stopping() && (!s->until_stored || spool_reader_id(s->reader))) {
		if (nats_watch(&s->nats, now_ns(), why))
			return -1;
		rc = step(s);
		if (rc == -ESTALE)
			return problem_set(why, "the spool is older than what linx-store has of it: was it restored? Move it away, and start the recorder anew");
		if (rc < 0)
			return problem_set(why, "cannot read the spool: %s", strerror(-rc));
		if (rc == 2)
			break;
		wait_for_news(s);
	}
	s->nats.flush(s->nats.nc, 1000);
	return 0;
}

void ship_end(struct ship *s)
{
	ship_listen_no_more(s);
	nats_close(&s->nats);
	for (unsigned int i = 0; i < WINDOW; i++)
		free(s->window[i].data);
	if (s->reader)
		spool_reader_close(s->reader);
}
#endif
