// SPDX-License-Identifier: LGPL-2.1-or-later
/* Takes and posts alerts: see store/alert_desk.h. */
#include "store/alert_desk.h"

#ifdef FLEET_HAS_NATS
#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include "base/deadline.h"
#include "base/signals.h"
#include "store/alert_aside.h"
#include "store/alert_desk_own.h"
#include "store/aside.h"

/* Most messages that are fetched at once, and the wait for them. */
#define FETCH 16
#define FETCH_MS 200
/* Time between two messages to linx-ship, and between two writes of the floors. */
#define SAY_NS (SECOND_NS / 2)
#define NOTE_NS (5 * SECOND_NS)
/* Time after which the server delivers again what is not acknowledged, as after an end of linx-store by a signal. */
#define ACK_NS (10 * (int64_t)SECOND_NS)
/*
 * Most alerts of one machine in the stream, which the server keeps. Further ones wait in the machine's spool, so that the
 * stream has room for other machines while a receiver is away. linx-ship sends 64 before it waits for the server.
 */
#define MACHINE_ALERTS 1000
/*
 * Missing alerts are asked for when the floor of those that were seen has not risen for so long. The server delivers again
 * sooner what an earlier linx-store had fetched.
 */
#define WAIT_NS (15 * SECOND_NS)
/*
 * Times after which a message comes again: one whose machine has no place in the queue, and one that left the queue. They
 * are longer if there are many of them: so much for each AWAY_RATE messages of a second, up to AWAY_MAX.
 */
#define FULL_NS SECOND_NS
#define LATER_NS (10 * SECOND_NS)
#define AWAY_RATE 500u
#define AWAY_MAX 6u
/* Time after which it is looked for alerts that were seen, but that the server can have lost since. */
#define FORGET_NS (300 * SECOND_NS)

/* ---- messages ---------------------------------------------------------------------------------------------- */

static void answer(struct desk *d, natsMsg *msg, const char *text)
{
	const char *to = d->nats->msg_reply(msg);

	if (to)
		d->nats->publish(d->nats->nc, to, text, (int)strlen(text));
	d->nats->msg_free(msg);
}

/* Acknowledges a message, and frees it. */
static void acknowledge(struct desk *d, natsMsg *msg)
{
	answer(d, msg, "+ACK");
}

/* Gives a message back to the server, which delivers it again after a time, or, if there are many, after a longer one. */
static void give_back(struct desk *d, natsMsg *msg, uint64_t after_ns)
{
	uint64_t now = store_now_ns(), times;
	char text[64];

	if (now > d->away_ns + SECOND_NS) { /* messages of earlier seconds count half */
		d->away /= 2;
		d->away_ns = now;
	}
	times = 1 + ++d->away / AWAY_RATE;
	snprintf(text, sizeof(text), "-NAK {\"delay\": %" PRIu64 "}", after_ns * (times < AWAY_MAX ? times : AWAY_MAX));
	answer(d, msg, text);
}

static bool has_room(const struct ledger *l, const struct alert_place *p)
{
	return p->number && ledger_has_place(l, p->machine, p->spool);
}

/* Notes in a ledger that it has the alerts of a place, unless the place has no number or the ledger no room. */
static void note(struct ledger *l, const struct alert_place *p)
{
	struct source *source = has_room(l, p) ? ledger_get(l, p->machine, p->spool) : NULL;

	if (source)
		source_add(source, p->number, p->last);
}

static bool has(const struct ledger *l, const struct alert_place *p)
{
	const struct source *source = p->number ? ledger_find(l, p->machine, p->spool) : NULL;

	return source && source_has(source, p->number, p->last);
}

/* Sets an alert aside for good, and counts it. what: why. The first one, the second, the fourth and so on are reported. */
static void refuse(struct desk *d, const struct alert_place *p, const char *data, size_t len, const char *what)
{
	bool kept = p->machine[0] && alert_aside_put(d->dir, p, data, len);
	uint64_t n;

	d->counts.refused += kept;
	d->counts.dropped += !kept;
	n = d->counts.refused + d->counts.dropped;
	if (!(n & (n - 1)))
		say_at(SAY_WARNING, "refused: an alert of %s: %s: %s (%" PRIu64 " so far)", p->machine[0] ? p->machine : "nobody", what,
		       kept ? "set aside" : "dropped, as there is no room to set it aside", n);
}

/* An alert is done: it leaves spool and stream. */
static void end_alert(struct desk *d, const struct alert_place *p, natsMsg *msg)
{
	note(&d->done, p);
	note(&d->seen, p);
	acknowledge(d, msg);
}

/* Adds an alert to the queue. False: there is no place for it. */
static bool enqueue(struct desk *d, const struct alert_place *p, natsMsg *msg)
{
	struct queued *a = calloc(1, sizeof(*a));

	if (!a)
		return false;
	*a = (struct queued){ .place = *p, .msg = msg, .data = d->nats->msg_data(msg), .len = (size_t)d->nats->msg_len(msg) };
	for (unsigned int i = 0; i < d->queue.nreceivers; i++)
		a->at[i].taken = has(&d->taken[i], p);
	if (queue_add(&d->queue, a))
		return true;
	free(a);
	return false;
}

/* Takes a message: the lock is held. */
static void take(struct desk *d, natsMsg *msg)
{
	const char *data = d->nats->msg_data(msg), *head = NULL, *wrong, *what;
	size_t len = (size_t)d->nats->msg_len(msg);
	struct alert_place p;
	char text[64];
	uint64_t lost;

	if (d->nats->msg_get(msg, FLEET_ALERT_HEAD, &head) != NATS_OK)
		head = NULL;
	wrong = alert_place_read(&p, d->nats->msg_subject(msg), head) ? NULL : "it has no place in a spool";
	if (!wrong && has(&d->done, &p)) {
		d->counts.again++;
		acknowledge(d, msg);
		return;
	}
	if (!wrong && queue_find(&d->queue, &p)) {
		d->nats->msg_free(msg); /* it comes again, in case the one that waits cannot be posted */
		return;
	}
	if (!wrong && (!has_room(&d->done, &p) || !has_room(&d->seen, &p)))
		wrong = "there is no place for its spool";
	what = wrong ? NULL : alert_check(p.machine, data, len, &lost);
	if (what) {
		snprintf(text, sizeof(text), "it is not %s", what);
		wrong = text;
	}
	if (wrong) {
		refuse(d, &p, data, len, wrong);
		end_alert(d, &p, msg);
		return;
	}
	if (!has(&d->seen, &p))
		d->counts.lost += lost;
	note(&d->seen, &p);
	if (!enqueue(d, &p, msg))
		give_back(d, msg, FULL_NS);
}

static void fetch(struct desk *d)
{
	natsMsgList list = { 0 };
	natsStatus rc = d->nats->fetch(&list, d->pull.sub, FETCH, FETCH_MS, NULL);

	pthread_mutex_lock(&d->lock);
	d->idle = rc == NATS_TIMEOUT && !list.Count;
	for (int i = 0; i < list.Count; i++) {
		take(d, list.Msgs[i]);
		list.Msgs[i] = NULL; /* take() has freed the message or keeps it */
	}
	pthread_cond_broadcast(&d->more);
	pthread_mutex_unlock(&d->lock);
	d->nats->list_free(&list);
	if (rc != NATS_OK && rc != NATS_TIMEOUT)
		nanosleep(&(struct timespec){ .tv_nsec = FETCH_MS * 1000000L }, NULL);
}

/* Notes which receivers have taken an alert that leaves the queue for now. */
static void note_taken(struct desk *d, const struct queued *a)
{
	const struct source *done = ledger_find(&d->done, a->place.machine, a->place.spool);
	uint64_t floor = done ? source_floor(done) : 1;
	struct source *source;

	for (unsigned int i = 0; i < d->queue.nreceivers; i++) {
		source = a->at[i].taken && a->place.number ? ledger_get(&d->taken[i], a->place.machine, a->place.spool) : NULL;
		if (!source)
			continue;
		source_add(source, a->place.number, a->place.last);
		if (floor > 1) /* what is done needs no ranges of its own */
			source_add(source, 1, floor - 1);
	}
}

/* Ends alerts that are done, and gives those back that have to leave the queue: the lock is held. */
static void collect(struct desk *d)
{
	bool aside;

	queue_make_room(&d->queue);
	for (unsigned int i = 0; i < d->queue.n;) {
		struct queued *a = d->queue.alerts[i];
		bool done = queue_is_done(&d->queue, a, &aside);

		if ((!done && !a->later) || !queue_is_idle(&d->queue, a)) {
			i++;
			continue;
		}
		if (done && aside)
			refuse(d, &a->place, a->data, a->len, "a receiver refuses it");
		if (done)
			d->counts.alerts++;
		if (done && a->own) {
			silences_end(d, a);
			free(a->own);
		} else if (done) {
			end_alert(d, &a->place, a->msg);
		} else {
			note_taken(d, a);
			give_back(d, a->msg, LATER_NS);
		}
		queue_remove(&d->queue, i);
		free(a);
	}
}

/* ---- floors ------------------------------------------------------------------------------------------------ */

static bool has_queued(const struct desk *d, const char *machine)
{
	for (unsigned int i = 0; i < d->queue.n; i++)
		if (!strcmp(d->queue.alerts[i]->place.machine, machine))
			return true;
	return false;
}

/*
 * Forgets which alerts were seen, except those that are done or in the queue: the server may have lost them. Those that it
 * still has are delivered again, and are seen then. quiet: only of machines that have no alert in the queue.
 */
static void forget_seen(struct desk *d, bool quiet)
{
	struct source *seen;

	for (size_t i = 0; i < d->seen.n; i++)
		for (size_t k = 0; k < d->seen.machines[i].n; k++)
			if (!quiet || !has_queued(d, d->seen.machines[i].name))
				d->seen.machines[i].sources[k].n = 0;
	for (size_t i = 0; i < d->done.n; i++)
		for (size_t k = 0; k < d->done.machines[i].n; k++) {
			const struct source *done = &d->done.machines[i].sources[k];

			seen = done->n ? ledger_get(&d->seen, d->done.machines[i].name, done->spool) : NULL;
			for (size_t r = 0; seen && r < done->n; r++)
				source_add(seen, done->have[r].from, done->have[r].to);
		}
	for (unsigned int i = 0; i < d->queue.n; i++)
		note(&d->seen, &d->queue.alerts[i]->place);
	d->forgot_ns = store_now_ns();
}

static void say_floors(struct desk *d, uint64_t now)
{
	if (now < d->said_ns + SAY_NS)
		return;
	d->said_ns = now;
	talk_say_floors(d->nats, &d->done, now);
	if (d->idle)
		d->counts.asked += talk_ask(d->nats, &d->seen, WAIT_NS, now);
}

void desk_take_place(struct desk *d, const char *machine, const char *text)
{
	uint64_t now = store_now_ns();

	pthread_mutex_lock(&d->lock);
	talk_take_place(&d->done, machine, text, now);
	talk_take_place(&d->seen, machine, text, now);
	pthread_mutex_unlock(&d->lock);
}

/* Writes the floors to their file, if one has risen and the last time is some seconds ago, or if at_once is true. */
static void note_floors(struct desk *d, uint64_t now, bool at_once)
{
	int rc;

	if (now < d->noted_ns + NOTE_NS && !at_once)
		return;
	d->noted_ns = now;
	rc = floors_write(&d->done, &d->lock, d->dir);
	if (!rc)
		rc = silences_write(d);
	if (rc < 0)
		complain(&d->noting, "cannot write floors of alerts: %s/alerts: %s: alerts may be posted again after a restart", d->path, strerror(-rc));
	else
		complaint_over(&d->noting);
}

/* ---- threads ----------------------------------------------------------------------------------------------- */

static bool is_ending(struct desk *d)
{
	bool ending;

	pthread_mutex_lock(&d->lock);
	ending = d->ending;
	pthread_mutex_unlock(&d->lock);
	return ending;
}

/*
 * Looks at the connection. Of a new one the subscription is made anew. A server that refuses it refuses the one of the
 * rows, too, which ends the program; else only the alerts wait.
 */
static void watch(struct desk *d, uint64_t now)
{
	struct problem why;
	int rc = d->refused ? 0 : nats_watch(d->nats, now, &why);

	if (rc > 0)
		pull_end(&d->pull);
	d->refused |= rc < 0;
	if (rc < 0)
		say_at(SAY_WARNING, "alerts wait until the next start: %s", why.text);
}

static void *run(void *arg)
{
	struct desk *d = arg;
	bool had, has_sub, full;
	uint64_t now;

	while (!is_ending(d)) {
		now = store_now_ns();
		watch(d, now);
		had = d->pull.sub;
		pull_look(&d->pull, now);
		had = d->pull.sub && had;
		has_sub = pull_begin(&d->pull, now);
		pthread_mutex_lock(&d->lock);
		collect(d);
		silences_queue(d, now);
		if ((has_sub && !had) || (d->idle && now > d->forgot_ns + FORGET_NS))
			forget_seen(d, had);
		say_floors(d, now);
		d->apart_ns = pull_is_ready(&d->pull, now) ? 0 : d->apart_ns ? d->apart_ns : now;
		full = queue_is_full(&d->queue);
		d->idle &= has_sub && had && !full;
		d->looked_ns = now;
		pthread_mutex_unlock(&d->lock);
		note_floors(d, now, false);
		if (has_sub && !full)
			fetch(d);
		else
			nanosleep(&(struct timespec){ .tv_nsec = FETCH_MS * 1000000L }, NULL);
	}
	return NULL;
}

/* Reports what is wrong with a receiver, once for each change, and that all is well again: the lock is held. */
static void report(struct desk *d, unsigned int i, enum post_result result, const struct problem *why)
{
	const struct queue_receiver *r = &d->queue.receivers[i];
	const char *place = d->receivers[i].place;

	if (result == POST_TAKEN && d->failing[i].n) {
		complaint_over(&d->failing[i]);
		say_at(SAY_WARNING, "alerts are posted again: %s", place);
	} else if (result == POST_DENIED) {
		complain(&d->failing[i], "alerts wait: %s refuses this program: %s: check --alerts and --alerts-header-file", place, why->text);
	} else if (result == POST_FAILED) {
		complain(&d->failing[i], "alerts wait: %s: %s", place, why->text);
	} else if (result == POST_REFUSED && !r->proven) {
		complain(&d->failing[i], "alerts wait: %s has taken none so far: %s: is the URL right?", place, why->text);
	}
}

/* Posts an alert. The lock is held, but not while the post is under way. */
static void post(struct poster *p, struct queued *a)
{
	struct desk *d = p->desk;
	struct problem why = { "" };
	enum post_result result;
	uint64_t lot = 0;
	long retry_s;

	pthread_mutex_unlock(&d->lock);
	result = receiver_post(&d->receivers[p->receiver], p->client, a->data, a->len, &retry_s, &why);
	if (getrandom(&lot, sizeof(lot), GRND_NONBLOCK) < 0)
		lot = store_now_ns();
	pthread_mutex_lock(&d->lock);
	queue_result(&d->queue, p->receiver, a, result, retry_s, lot, store_now_ns());
	report(d, p->receiver, result, &why);
	pthread_cond_broadcast(&d->more);
}

static void *post_alerts(void *arg)
{
	struct poster *p = arg;
	struct desk *d = p->desk;
	struct timespec until;
	struct queued *a;
	uint64_t due_ns, now;

	pthread_mutex_lock(&d->lock);
	while (!d->ending) {
		now = store_now_ns();
		a = queue_next(&d->queue, p->receiver, now, &due_ns);
		if (a) {
			post(p, a);
			continue;
		}
		until = deadline_after(due_ns - now > SECOND_NS ? 1000 : (unsigned int)((due_ns - now) / 1000000) + 1);
		pthread_cond_timedwait(&d->more, &d->lock, &until);
	}
	pthread_mutex_unlock(&d->lock);
	return NULL;
}

int desk_start(struct desk *d, const struct nats_settings *nats, struct problem *why)
{
	int rc = 0;

	d->nats = d->pull.nats = &d->connection;
	if (nats_open(d->nats, nats, "linx-store, alerts", why))
		return -1;
	d->begun_ns = d->looked_ns = store_now_ns();
	for (unsigned int i = 0; i < d->nposters && !rc; i++) {
		rc = signals_start_thread(&d->posters[i].thread, post_alerts, &d->posters[i]);
		d->posters[i].started = !rc;
	}
	if (!rc)
		rc = signals_start_thread(&d->thread, run, d);
	d->started = !rc;
	return rc ? problem_set(why, "cannot start: a thread for alerts: %s", strerror(-rc)) : 0;
}

bool desk_end(struct desk *d)
{
	if (!d)
		return true;
	pthread_mutex_lock(&d->lock);
	d->ending = true;
	pthread_cond_broadcast(&d->more);
	pthread_mutex_unlock(&d->lock);
	for (unsigned int i = 0; i < d->nposters; i++)
		if (d->posters[i].started)
			pthread_join(d->posters[i].thread, NULL);
	if (!d->started)
		return nats_leave(&d->connection);
	pthread_join(d->thread, NULL);
	pthread_mutex_lock(&d->lock);
	collect(d);
	d->said_ns = 0;
	d->idle = false;
	say_floors(d, store_now_ns());
	pthread_mutex_unlock(&d->lock);
	note_floors(d, store_now_ns(), true);
	for (unsigned int i = 0; i < d->queue.n; i++) {
		if (!d->queue.alerts[i]->own)
			d->nats->msg_free(d->queue.alerts[i]->msg);
		free(d->queue.alerts[i]->own);
		free(d->queue.alerts[i]);
	}
	d->queue.n = 0;
	if (d->nats->nc)
		d->nats->flush(d->nats->nc, 1000); /* sends the last acknowledgements and floors */
	pull_end(&d->pull);
	return nats_leave(d->nats);
}

/* ---- opening ----------------------------------------------------------------------------------------------- */

static int open_receivers(struct desk *d, const struct desk_settings *settings, struct problem *why)
{
	d->queue.nreceivers = settings->n;
	for (unsigned int i = 0; i < settings->n; i++) {
		struct receiver_settings s = settings->receivers[i];

		s.ca = settings->ca;
		if (receiver_read(&d->receivers[i], &s, why))
			return -1;
		for (unsigned int k = 0; k < POSTERS; k++) {
			struct poster *p = &d->posters[d->nposters];

			*p = (struct poster){ .desk = d, .receiver = i, .client = receiver_open(&d->receivers[i], why) };
			if (!p->client)
				return -1;
			d->nposters++;
		}
	}
	return 0;
}

struct desk *desk_open(const struct desk_settings *settings, int dir, const char *path, struct problem *why)
{
	struct desk *d = problem_alloc(sizeof(*d), why);
	int rc;

	if (!d)
		return NULL;
	memset(d, 0, sizeof(*d));
	d->path = path;
	d->pull = (struct pull){ .stream = FLEET_ALERT_STREAM, .subjects = FLEET_ALERTS ">", .bytes = (int64_t)settings->stream_bytes,
				 .each = MACHINE_ALERTS, .replicas = settings->replicas, .ack_ns = ACK_NS };
	pthread_mutex_init(&d->lock, NULL);
	deadline_cond_init(&d->more);
	d->dir = aside_enter(dir, "alerts");
	rc = d->dir < 0 ? d->dir : floors_read(&d->done, d->dir);
	if (!rc)
		rc = silences_read(d);
	if (rc)
		problem_set(why, "cannot use: %s/alerts: %s", path, strerror(-rc));
	else if (!open_receivers(d, settings, why)) {
		forget_seen(d, false);
		return d;
	}
	desk_free(d);
	return NULL;
}

void desk_free(struct desk *d)
{
	if (!d)
		return;
	for (unsigned int i = 0; i < d->nposters; i++)
		http_client_close(d->posters[i].client);
	for (unsigned int i = 0; i < d->queue.nreceivers; i++)
		ledger_free(&d->taken[i]);
	ledger_free(&d->done);
	ledger_free(&d->seen);
	ledger_free(&d->silences);
	if (d->dir >= 0)
		close(d->dir);
	pthread_cond_destroy(&d->more);
	pthread_mutex_destroy(&d->lock);
	free(d);
}
#endif
