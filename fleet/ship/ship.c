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

#include "alert/alert.h"
#include "alert/output.h"
#include "base/deadline.h"

#define MS 1000000ull
#define SECOND_NS (1000 * MS)
/*
 * Time after which a block is sent again if the server has not acknowledged it. The time doubles with each try,
 * TRIES_MAX times at most.
 */
#define ANSWER_NS (2 * SECOND_NS)
#define TRIES_MAX 5u
/*
 * Longest wait for the first floor from linx-store. All blocks with numbers below the floor are stored, and need not be
 * sent.
 */
#define FLOOR_NS (3 * SECOND_NS)
/* Time after which a spool that cannot be read, or was restored, is tried again. */
#define AGAIN_NS (10 * SECOND_NS)
/* An outage is a time without a connection to the server that is longer than this. */
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

/* A kind of spool, in messages. */
static const struct {
	const char *block, *spool;
} words[] = {
	[SPOOL_ROWS] = { "a block", "the spool" },
	[SPOOL_ALERTS] = { "an alert", "the spool of alerts" },
};

/* Makes the message of a block of rows. */
static natsStatus make_rows(struct ship *s, const void *data, size_t len, const char *reply, natsMsg **msg)
{
	char subject[192];

	snprintf(subject, sizeof(subject), FLEET_ROWS "%u.%s", fleet_shard(s->machine), s->machine);
	return s->link->nats.msg_new(msg, subject, reply, data, (int)len);
}

/* Returns the alert that stands for alerts that are lost in the spool, to be freed; NULL: no memory. */
static char *lost_alert(const struct ship *s, uint64_t lost)
{
	char output[96], number[24];
	const struct alert_field field = { ALERT_LOST_FIELD, number, true };
	const struct alert a = { .priority = ALERT_ERROR, .rule = ALERT_LOST_RULE, .source = "internal", .hostname = s->machine, .output = output,
				 .time_ns = clock_ns(CLOCK_REALTIME), .fields = &field, .nfields = 1 };

	snprintf(number, sizeof(number), "%" PRIu64, lost);
	snprintf(output, sizeof(output), "linx: alerts lost: %" PRIu64 " are damaged or missing in the spool", lost);
	return alert_json(&a);
}

/* Makes the message of an alert: its JSON, so that anyone can read it, and its place as a header. */
static natsStatus make_alert(struct ship *s, const struct spool_head *h, const char *data, const char *reply, natsMsg **msg)
{
	char *lost = h->flags & SPOOL_LOST ? lost_alert(s, h->last - h->number + 1) : NULL, subject[192], place[64];
	natsStatus rc;

	snprintf(subject, sizeof(subject), FLEET_ALERTS "%s", s->machine);
	snprintf(place, sizeof(place), "%016" PRIx64 " %" PRIu64 " %" PRIu64, h->spool, h->number, h->last);
	if (lost)
		rc = s->link->nats.msg_new(msg, subject, reply, lost, (int)strcspn(lost, "\n"));
	else
		rc = h->flags & SPOOL_LOST ? NATS_NO_MEMORY : s->link->nats.msg_new(msg, subject, reply, data + h->size, (int)h->body);
	free(lost);
	return rc == NATS_OK ? s->link->nats.msg_head(*msg, FLEET_ALERT_HEAD, place) : rc;
}

/*
 * Publishes a block. again: linx-store misses the block, which was sent before. Its message then gets another id, since
 * the server drops a message whose id it knows.
 */
static void publish(struct ship *s, const struct spool_head *h, const void *data, size_t len, bool again)
{
	char reply[192], id[192];
	natsMsg *msg = NULL;
	natsStatus rc;

	snprintf(reply, sizeof(reply), "%s%016" PRIx64 "-%" PRIu64, s->inbox, h->spool, h->number);
	snprintf(id, sizeof(id), "%s:%016" PRIx64 ":%" PRIu64, s->machine, h->spool, h->number);
	if (again)
		snprintf(id + strlen(id), sizeof(id) - strlen(id), "#%" PRIu64, now_ns());
	rc = s->kind == SPOOL_ALERTS ? make_alert(s, h, data, reply, &msg) : make_rows(s, data, len, reply, &msg);
	if (rc == NATS_OK)
		rc = s->link->nats.msg_head(msg, "Nats-Msg-Id", id);
	if (rc == NATS_OK)
		rc = s->link->nats.publish_msg(s->link->nats.nc, msg);
	if (msg)
		s->link->nats.msg_free(msg);
	if (rc == NATS_OK)
		complaint_over(&s->publishing);
	else if (rc == NATS_MAX_PAYLOAD)
		complain(&s->publishing, "cannot send %s of %zu bytes: %s: write max_payload: 8MB in its configuration", words[s->kind].block, len,
			 s->link->nats.server);
	else if (nats_is_up(&s->link->nats)) /* a missing connection is reported by nats_watch() */
		complain(&s->publishing, s->kind == SPOOL_ALERTS ? "cannot send an alert: %s: %s" : "cannot send: %s: %s", s->link->nats.server,
			 s->link->nats.text(rc));
}

static void leave_window(struct ship *s, struct flying *f)
{
	s->bytes -= f->len;
	free(f->data);
	*f = (struct flying){ 0 };
}

/*
 * Removes the blocks from the window that are acknowledged or stored. Returns the smallest number that is left in the
 * window; s->next if the window is empty.
 */
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

/* Sends the blocks of the window again that the server has not acknowledged in time. */
static void send_late(struct ship *s)
{
	uint64_t now = now_ns();

	for (unsigned int i = 0; i < WINDOW; i++)
		if (s->window[i].number && now >= s->window[i].due_ns)
			send_flying(s, &s->window[i]);
}

/*
 * Writes the present machine and spool to a head that stands for lost blocks. The reader of the spool knows the machine
 * only if it has returned another block before.
 */
static void name_lost(const struct ship *s, struct spool_head *h)
{
	if (!(h->flags & SPOOL_LOST))
		return;
	memset(h->machine, 0, sizeof(h->machine));
	memcpy(h->machine, s->machine, strlen(s->machine));
	h->spool = s->spool;
	spool_head_seal(h, NULL);
}

/*
 * True if the block names another machine than s->machine, and s->machine has to become that name. With --machine the
 * name stays: another name is only reported.
 */
static bool is_renamed(struct ship *s, const struct spool_head *h)
{
	if (h->flags & SPOOL_LOST || !strcmp(h->machine, s->machine))
		return false;
	if (s->named)
		complain(&s->names, "%s has %s of %s: linx-store refuses them as those of %s", words[s->kind].spool,
			 s->kind == SPOOL_ALERTS ? "alerts" : "rows", h->machine, s->machine);
	return !s->named;
}

/*
 * Gives the machine the name that the block with head h has. Waits until all earlier blocks are stored under the old
 * name: until then it only makes the reader return the block again. For linx-store the new name is another machine, and
 * this is its first block. 0 or -errno.
 */
static int rename_machine(struct ship *s, const struct spool_head *h)
{
	struct problem why;
	bool stored;

	spool_reader_seek(s->reader, h->number);
	pthread_mutex_lock(&s->link->lock);
	stored = s->acks ? settle(s) == s->next : s->floor >= h->number;
	pthread_mutex_unlock(&s->link->lock);
	if (!stored && s->next != (s->base ? s->base : s->first))
		return 0;
	ship_listen_no_more(s);
	memset(s->machine, 0, sizeof(s->machine));
	memcpy(s->machine, h->machine, strlen(h->machine));
	pthread_mutex_lock(&s->link->lock);
	s->nwants = 0;
	s->base = s->next = h->number;
	s->heard_until_ns = s->acks ? 0 : now_ns() + FLOOR_NS;
	pthread_mutex_unlock(&s->link->lock);
	return ship_listen(s, &why) ? -ENOTCONN : 0;
}

/* Reads the next block into the window. 1: it is there; 0: there is no block, or sending has to wait; or -errno. */
static int take_next(struct ship *s)
{
	struct flying *place = free_place(s), f = { .due_ns = UINT64_MAX };
	struct spool_head h;
	const void *data;
	int rc;

	s->drained = false;
	if (!place || now_ns() < s->pace.until_ns || !nats_is_up(&s->link->nats))
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
	pthread_mutex_lock(&s->link->lock);
	*place = f;
	s->bytes += f.len;
	s->next = h.last + 1;
	pthread_mutex_unlock(&s->link->lock);
	pace_sent(&s->pace, now_ns(), clock_ns(CLOCK_REALTIME), h.to_ns);
	return 1;
}

/*
 * Sends the next blocks, as many as the window and the pace allow. The spool notes first that they are sent: one wait for
 * the disk is enough for all of them. 1: blocks were sent; 0: none was; or -errno.
 */
static int send_next(struct ship *s)
{
	bool some = false;
	int rc;

	while ((rc = take_next(s)) == 1)
		some = true;
	if (some)
		spool_reader_note_sent(s->reader, s->next);
	for (unsigned int i = 0; some && i < WINDOW; i++)
		if (s->window[i].number && !s->window[i].tries)
			send_flying(s, &s->window[i]);
	return rc < 0 ? rc : some;
}

/* Returns the oldest order of linx-store, as far as its blocks were sent and are not stored; from 0: there is none. */
static struct want oldest_want(struct ship *s)
{
	struct want w = { 0 };

	pthread_mutex_lock(&s->link->lock);
	while (s->nwants && !w.from) {
		w = s->wants[0];
		w.from = w.from > s->floor ? w.from : s->floor;
		w.to = w.to < s->next ? w.to : s->next - 1;
		if (w.from && w.from <= w.to)
			break;
		w.from = 0;
		memmove(s->wants, s->wants + 1, --s->nwants * sizeof(*s->wants));
	}
	pthread_mutex_unlock(&s->link->lock);
	return w;
}

/* Notes that the oldest order was followed for the numbers below "from". linx-store may have changed it meanwhile. */
static void follow_want(struct ship *s, const struct want *w, uint64_t from)
{
	pthread_mutex_lock(&s->link->lock);
	if (s->nwants && s->wants[0].from <= w->from && s->wants[0].to >= w->from)
		s->wants[0].from = from;
	pthread_mutex_unlock(&s->link->lock);
}

/*
 * Sends the blocks that linx-store misses, as fast as the pace allows: all machines have to send many if a server has lost
 * its disk. The reader then continues where it was. 0 or -errno.
 */
static int send_wanted(struct ship *s)
{
	struct spool_head h;
	uint64_t at = 0; /* number of the block that the reader returns next; 0: it was not moved */
	const void *data;
	struct want w;
	size_t len;
	int rc = 1;

	while (now_ns() >= s->again_pace.until_ns && nats_is_up(&s->link->nats) && (w = oldest_want(s)).from) {
		if (at != w.from)
			spool_reader_seek(s->reader, w.from);
		rc = spool_reader_next(s->reader, &h, &data, &len);
		if (rc <= 0)
			break;
		at = h.last + 1;
		follow_want(s, &w, at);
		if (h.number > w.to)
			continue;
		name_lost(s, &h);
		publish(s, &h, data, len, true);
		s->again++;
		pace_sent(&s->again_pace, now_ns(), clock_ns(CLOCK_REALTIME), h.to_ns);
	}
	if (at || rc <= 0)
		spool_reader_seek(s->reader, s->next);
	return rc < 0 ? rc : 0;
}

/* ---- the spool --------------------------------------------------------------------------------------------- */

/* Begins to send a spool when it has an id, and begins anew when another spool has replaced it. */
static void follow_spool(struct ship *s)
{
	uint64_t id = spool_reader_id(s->reader);

	if (!id || id == s->spool)
		return;
	pthread_mutex_lock(&s->link->lock);
	for (unsigned int i = 0; i < WINDOW; i++)
		if (s->window[i].number)
			leave_window(s, &s->window[i]);
	s->spool = id;
	s->floor = s->next = 0;
	s->nwants = 0;
	s->heard_until_ns = s->acks ? 0 : now_ns() + FLOOR_NS;
	pthread_mutex_unlock(&s->link->lock);
	s->first = spool_reader_first(s->reader);
	s->next = s->first;
	s->base = 0;
	spool_reader_seek(s->reader, s->first);
}

/*
 * Publishes the place of linx-ship once in a second: the smallest number that can still be sent, and the next number.
 * They show linx-store which blocks are missing, and which will never come.
 */
static void say_place(struct ship *s)
{
	char text[128];

	if (s->acks || !s->spool || now_ns() < s->said_ns + SECOND_NS)
		return;
	s->said_ns = now_ns();
	s->first = spool_reader_first(s->reader);
	s->first = s->base > s->first ? s->base : s->first;
	snprintf(text, sizeof(text), "%s%016" PRIx64 " %" PRIu64 " %" PRIu64, s->kind == SPOOL_ALERTS ? FLEET_AT_ALERTS : "", s->spool, s->first,
		 s->next);
	nats_say(&s->link->nats, FLEET_AT, s->machine, text);
}

/* Begins a random pause when an outage of the server has ended. */
static void watch_server(struct ship *s)
{
	bool up = nats_is_up(&s->link->nats);
	uint64_t now = now_ns(), lot = 0;

	if (up && !s->was_up && now > s->down_ns + OUTAGE_NS) {
		if (getrandom(&lot, sizeof(lot), GRND_NONBLOCK) < 0)
			lot = now;
		pace_outage(&s->pace, now, lot);
		pace_outage(&s->again_pace, now, lot);
	}
	if (!up && s->was_up)
		s->down_ns = now;
	s->was_up = up;
}

/* Waits for a message of the server or of linx-store, but at most 50 ms, as a spool can have a new block then. */
static void wait_for_news(struct ship ships[SHIPS])
{
	struct ship_link *link = ships->link;
	struct timespec until = deadline_after(50);

	pthread_mutex_lock(&link->lock);
	pthread_cond_timedwait(&link->news, &link->lock, &until);
	pthread_mutex_unlock(&link->lock);
}

/* Skips blocks that linx-store has stored. True while sending has to wait for the first floor. */
static bool awaits_floor(struct ship *s)
{
	bool skip;

	pthread_mutex_lock(&s->link->lock);
	skip = s->floor > s->next;
	if (skip)
		s->next = s->floor;
	if (s->floor || now_ns() >= s->heard_until_ns)
		s->heard_until_ns = 0;
	pthread_mutex_unlock(&s->link->lock);
	if (skip)
		spool_reader_seek(s->reader, s->next);
	return s->heard_until_ns;
}

/*
 * True if linx-store has stored blocks with numbers that were never sent from this spool. The spool was then restored to
 * an older state, and gives these numbers a second time. linx-store would ignore the new blocks, as their numbers are
 * stored. Of a spool of an earlier version it is not known what was sent: it was restored if it has not given the
 * numbers yet.
 */
static bool is_restored(struct ship *s)
{
	uint64_t floor, sent;

	pthread_mutex_lock(&s->link->lock);
	floor = s->floor;
	pthread_mutex_unlock(&s->link->lock);
	/* the files of the spool are not read in each round: what is sent was noted, so "sent" is not below s->next */
	if (floor <= s->next)
		return false;
	sent = spool_reader_sent(s->reader);
	return floor > (sent ? sent : spool_reader_end(s->reader));
}

/* Reports a refusal of the server, and a failure to remove segments. freed: 0, or -errno of the removal. */
static void report(struct ship *s, int freed)
{
	char refusal[sizeof(s->refusal)];

	pthread_mutex_lock(&s->link->lock);
	memcpy(refusal, s->refusal, sizeof(refusal));
	s->refusal[0] = '\0';
	pthread_mutex_unlock(&s->link->lock);
	if (refusal[0])
		complain(&s->refusals, "the server refuses %s: %s: %s", words[s->kind].block, s->link->nats.server, refusal);
	if (freed)
		complain(&s->removing, "cannot remove what is stored from %s: %s", words[s->kind].spool, strerror(-freed));
}

/* Runs one round of ship_run(). 1: a block was sent; 0: none was sent; 2: all is stored, the loop ends; or -errno. */
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
	pthread_mutex_lock(&s->link->lock);
	below = settle(s);
	if (!s->acks)
		below = s->floor < s->next ? s->floor : s->next;
	pthread_mutex_unlock(&s->link->lock);
	report(s, spool_reader_free_below(s->reader, below));
	send_late(s);
	rc = send_wanted(s);
	if (!rc)
		rc = send_next(s);
	if (rc < 0)
		return rc;
	sent = rc;
	return s->until_stored && s->drained && below == s->next ? 2 : sent;
}

/*
 * Does a round for one spool, and notes whether it has failed, or whether all is stored. A spool that has failed is tried
 * again later, which does not concern the other one. True: the round has failed.
 */
static bool try_step(struct ship *s)
{
	int rc;

	if (s->done || now_ns() < s->retry_ns)
		return false;
	rc = s->until_stored && !spool_reader_id(s->reader) ? 2 : step(s);
	s->done = rc == 2;
	s->failed = rc < 0;
	if (!s->failed) {
		complaint_over(&s->failing);
		return false;
	}
	s->retry_ns = now_ns() + AGAIN_NS;
	if (rc == -ESTALE)
		problem_set(&s->why, "%s is older than what linx-store has of it: was it restored? Move it away, and start the recorder anew",
			    words[s->kind].spool);
	else
		problem_set(&s->why, "cannot read %s: %s", words[s->kind].spool, strerror(-rc));
	return true;
}

/* True if the loop has to go on for this spool: it has blocks that can be sent, or may get some. */
static bool has_work(const struct ship *s)
{
	return !s->done && !s->failed && s->spool;
}

/*
 * Does a round for all spools. 0: the loop goes on; 1: all is stored; -1: nothing can be sent, why has the reason. A spool
 * that has failed ends the program only if the other one has no work; otherwise it is reported.
 */
static int do_round(struct ship ships[SHIPS], struct problem *why)
{
	bool fresh[SHIPS], works = false;

	for (unsigned int i = 0; i < SHIPS; i++) {
		fresh[i] = try_step(&ships[i]);
		works |= has_work(&ships[i]);
	}
	for (unsigned int i = 0; i < SHIPS; i++) {
		if (ships[i].failed && !works)
			return problem_set(why, "%s", ships[i].why.text);
		if (fresh[i])
			complain(&ships[i].failing, "%s", ships[i].why.text);
	}
	return ships[0].done && ships[1].done;
}

/* Subscribes again, to a connection that is new. 0, or -1: why has the reason. */
static int listen_anew(struct ship ships[SHIPS], struct problem *why)
{
	for (unsigned int i = 0; i < SHIPS; i++) {
		ship_listen_no_more(&ships[i]);
		if (ship_listen(&ships[i], why))
			return -1;
	}
	return 0;
}

int ship_run(struct ship ships[SHIPS], bool (*stopping)(void), struct problem *why)
{
	struct nats *nats = &ships->link->nats;
	int rc = 0;

	for (unsigned int i = 0; i < SHIPS; i++)
		ships[i].down_ns = now_ns();
	if (ships->until_stored && !spool_reader_id(ships[0].reader) && !spool_reader_id(ships[1].reader))
		say_at(SAY_WARNING, "the spool is empty");
	while (!stopping() && !rc) {
		rc = nats_watch(nats, now_ns(), why);
		if (rc == 1)
			rc = listen_anew(ships, why);
		if (rc)
			return -1;
		rc = do_round(ships, why);
		if (!rc)
			wait_for_news(ships);
	}
	if (nats->nc)
		nats->flush(nats->nc, 1000);
	return rc < 0 ? -1 : 0;
}

void ship_end(struct ship ships[SHIPS])
{
	for (unsigned int i = 0; i < SHIPS; i++)
		ship_listen_no_more(&ships[i]);
	if (!nats_close(&ships->link->nats))
		return;
	for (unsigned int i = 0; i < SHIPS; i++) {
		for (unsigned int k = 0; k < WINDOW; k++)
			free(ships[i].window[k].data);
		if (ships[i].reader)
			spool_reader_close(ships[i].reader);
	}
}
#endif
