// SPDX-License-Identifier: LGPL-2.1-or-later
/* Checks blocks, keeps them until they are stored, and acknowledges them. */
#include "store/store.h"

#ifdef FLEET_HAS_NATS
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Least time between two runs of store_note_floors() without at_once. */
#define NOTE_NS 60000000000ull
/* Days in the past and in the future that a block can have as its day: see day_of(). */
#define DAYS_BACK 60u
#define DAYS_AHEAD 2u

/* Returns the machine in a subject "linx.rows.SHARD.MACHINE"; NULL: the subject does not have a valid name. */
static const char *machine_of(const char *subject)
{
	const char *dot = strchr(subject + strlen(FLEET_ROWS), '.');

	return dot && spool_machine_is_good(dot + 1) ? dot + 1 : NULL;
}

/*
 * Acknowledges a message, and frees it. The acknowledgement is published to the message's subject for answers. The
 * function of libnats for acknowledgements is not used: it needs the subscription that has fetched the message, which
 * is gone if the consumer was made anew meanwhile.
 */
static void done_with(struct store *s, natsMsg *msg)
{
	static const char ack[] = "+ACK";
	const char *to = s->nats.msg_reply(msg);

	if (to)
		s->nats.publish(s->nats.nc, to, ack, sizeof(ack) - 1);
	s->nats.msg_free(msg);
}

/*
 * Returns the day of a block's rows. If a clock was set wrong or the block is very old, or if the block has no rows, this
 * is the day of its arrival. Otherwise a machine could fill a database with partitions, one for each day.
 */
static uint32_t day_of(const struct spool_head *h)
{
	uint64_t today = (uint64_t)time(NULL) * 1000000000 / SPOOL_DAY_NS, day = h->from_ns / SPOOL_DAY_NS;

	return h->flags & SPOOL_LOST || day + DAYS_BACK < today || day > today + DAYS_AHEAD ? (uint32_t)today : (uint32_t)day;
}

/* True if a block has as many rows as its CPUs have together, or more: some rows are of no CPU. */
static bool has_rows_of_cpus(const struct block *b)
{
	const char *at = b->body - b->head.ncpus * sizeof(struct spool_cpu);
	struct spool_cpu cpu;
	uint64_t rows = 0;

	for (uint32_t i = 0; i < b->head.ncpus; i++) {
		memcpy(&cpu, at + i * sizeof(cpu), sizeof(cpu));
		rows += cpu.rows;
	}
	return rows <= b->head.rows;
}

/*
 * Reads head and body of a message. False: the message is not a block. A block that is of two days, or not of the
 * subject's machine, is refused. Its head gets the subject's machine, under which a row stands for the block's number.
 * Without this row linx-store would ask for the block forever.
 */
static bool read_block(const struct store *s, natsMsg *msg, const char *machine, struct block *b)
{
	const char *data = s->nats.msg_data(msg);
	size_t len = (size_t)s->nats.msg_len(msg), size;

	*b = (struct block){ .msg = msg };
	size = spool_head_read(&b->head, data, len);
	b->body = data + size;
	if (!size || !spool_body_is_right(&b->head, b->body, len - size))
		return false;
	b->refused = strcmp(b->head.machine, machine) != 0 || b->head.from_ns / SPOOL_DAY_NS != b->head.to_ns / SPOOL_DAY_NS ||
		     !has_rows_of_cpus(b);
	memset(b->head.machine, 0, sizeof(b->head.machine));
	memcpy(b->head.machine, machine, strlen(machine));
	b->day = day_of(&b->head);
	return true;
}

bool store_has(struct store *s, struct spool_head *h)
{
	struct range r = { h->number, h->last };
	struct source *source;
	bool stored;

	pthread_mutex_lock(&s->lock);
	source = ledger_find(&s->ledger, h->machine, h->spool);
	stored = source && !source_cut(source, &r);
	pthread_mutex_unlock(&s->lock);
	if (stored)
		return true;
	h->number = r.from;
	h->last = r.to;
	return false;
}

static bool has_place(struct store *s, const struct spool_head *h)
{
	bool has;

	pthread_mutex_lock(&s->lock);
	has = ledger_has_place(&s->ledger, h->machine, h->spool);
	pthread_mutex_unlock(&s->lock);
	return has;
}

/* True if a block that has one of the numbers of this head already waits to be stored. */
static bool waits(const struct store *s, const struct spool_head *h)
{
	for (unsigned int i = 0; i < s->n; i++)
		if (s->blocks[i].head.spool == h->spool && !strcmp(s->blocks[i].head.machine, h->machine) && s->blocks[i].head.number <= h->last &&
		    s->blocks[i].head.last >= h->number)
			return true;
	return false;
}

/* Sets a message aside, and counts it. Only the first refusal, the second, the fourth and so on are reported. */
static void refuse(struct store *s, const char *machine, natsMsg *msg, const char *what)
{
	aside_put(&s->aside, machine, s->nats.msg_data(msg), (size_t)s->nats.msg_len(msg));
	s->counts.refused++;
	if (!(s->counts.refused & (s->counts.refused - 1)))
		say_at(SAY_WARNING, "refused: a message of %s: it is not %s (%" PRIu64 " so far)", machine, what, s->counts.refused);
}

bool store_take(struct store *s, natsMsg *msg)
{
	const char *machine = machine_of(s->nats.msg_subject(msg));
	struct block *b = &s->blocks[s->n];

	if (!machine || !read_block(s, msg, machine, b)) {
		refuse(s, machine ? machine : "nobody", msg, "a block");
		done_with(s, msg);
		return false;
	}
	if (!has_place(s, &b->head)) {
		refuse(s, machine, msg, "of a spool for which there is a place");
		done_with(s, msg);
		return false;
	}
	if (store_has(s, &b->head)) {
		s->counts.again++;
		done_with(s, msg);
		return false;
	}
	if (waits(s, &b->head)) {
		/* the message is not acknowledged: it comes again, in case the block that waits cannot be stored */
		s->counts.again++;
		s->nats.msg_free(msg);
		return false;
	}
	if (!s->n)
		s->since_ns = store_now_ns();
	s->n++;
	s->bytes += (size_t)s->nats.msg_len(msg);
	s->nrows += b->head.rows;
	return true;
}

int store_add_note(struct store *s, const struct spool_head *h, const char *cause)
{
	char args[192];
	const struct linx_rowset_note note = {
		.size = sizeof(note),
		.kind = LINX_EVENT_GAP,
		.machine = h->machine,
		.session = h->session,
		.args = args,
	};

	snprintf(args, sizeof(args),
		 "{\"kind\":\"gap\",\"spool\":\"%016" PRIx64 "\",\"first_block\":%" PRIu64 ",\"last_block\":%" PRIu64 ",\"rows\":%u,\"cause\":\"%s\"}",
		 h->spool, h->number, h->last, h->rows, cause);
	return linx_rowset_add_note(s->rows, &note);
}

void store_refuse(struct store *s, struct block *b, const char *what)
{
	if (!b->aside)
		refuse(s, b->head.machine, b->msg, what);
	b->aside = b->refused = true;
}

/* Adds a block's rows (native NULL) or gives its columns, as store_check_block(). */
static int use_block(struct store *s, struct block *b, struct linx_rowset_native *native)
{
	const struct linx_rowset_block want = {
		.size = sizeof(want),
		.machine = b->head.machine,
		.session = b->head.session,
		.from_ns = b->head.from_ns,
		.to_ns = b->head.to_ns,
		.rows = b->head.rows,
	};
	int rc;

	if (b->refused)
		store_refuse(s, b, "a block of this machine and of one day, with the rows of its CPUs");
	if (b->refused)
		return store_add_note(s, &b->head, "refused");
	if (b->head.flags & SPOOL_LOST)
		return store_add_note(s, &b->head, "spool");
	if (native)
		rc = linx_rowset_check_block(s->rows, &want, b->body, b->head.body, native);
	else
		rc = linx_rowset_add_block(s->rows, &want, b->body, b->head.body);
	if (rc != -EBADMSG && rc != -EINVAL)
		return rc;
	store_refuse(s, b, "what its head says");
	return store_add_note(s, &b->head, "refused");
}

int store_add_block(struct store *s, struct block *b)
{
	return use_block(s, b, NULL);
}

int store_check_block(struct store *s, struct block *b, struct linx_rowset_native *native)
{
	*native = (struct linx_rowset_native){ 0 };
	return use_block(s, b, native);
}

/*
 * Notes that a block is stored. 0; -EIO: there is no memory to note it. If the block were stored again, its rows would
 * be there twice, so the process has to end: the next start reads what is stored.
 */
static int note_stored(struct store *s, const struct block *b)
{
	struct source *source;
	bool good;

	pthread_mutex_lock(&s->lock);
	source = ledger_get(&s->ledger, b->head.machine, b->head.spool);
	good = source && source_add(source, b->head.number, b->head.last);
	if (good) {
		s->shown.stored_ns = ledger_machine(&s->ledger, b->head.machine)->heard_ns = store_now_ns();
		s->shown.spent_ns = 0;
	}
	pthread_mutex_unlock(&s->lock);
	return good ? 0 : -EIO;
}

static void count(struct store *s, const struct block *b)
{
	if (b->again && !b->tried) {
		s->counts.again++;
		return;
	}
	s->counts.blocks++;
	s->counts.bytes += (uint64_t)s->nats.msg_len(b->msg);
	if (b->head.flags & SPOOL_LOST)
		s->counts.lost += b->head.last - b->head.number + 1;
	else if (!b->refused)
		s->counts.rows += b->head.rows;
}

/* Acknowledges the blocks that are stored. The others still wait. 0 or -EIO: see note_stored(). */
static int end_stored(struct store *s)
{
	unsigned int kept = 0;
	int rc = 0;

	for (unsigned int i = 0; i < s->n; i++) {
		struct block *b = &s->blocks[i];

		if (!rc && b->stored)
			rc = note_stored(s, b);
		if (rc || !b->stored) {
			s->blocks[kept++] = *b;
			continue;
		}
		count(s, b);
		s->bytes -= (size_t)s->nats.msg_len(b->msg);
		s->nrows -= b->head.rows;
		done_with(s, b->msg);
	}
	s->n = kept;
	return rc;
}

/* A floor that is not noted yet. */
struct risen {
	char machine[SPOOL_MACHINE_MAX + 1];
	uint64_t spool, floor;
};

/* Finds the next floor to be noted, from spool *k of machine *i on. Moves *i and *k past its spool. False: the end. */
static bool next_risen(struct store *s, size_t *i, size_t *k, struct risen *to)
{
	bool found = false;

	pthread_mutex_lock(&s->lock);
	while (!found && *i < s->ledger.n) {
		const struct machine *m = &s->ledger.machines[*i];
		const struct source *source;

		if (*k >= m->n) {
			++*i;
			*k = 0;
			continue;
		}
		source = &m->sources[(*k)++];
		*to = (struct risen){ .spool = source->spool, .floor = source_floor(source) };
		memcpy(to->machine, m->name, sizeof(to->machine));
		found = source->n && to->floor > source->noted && to->floor > 1;
	}
	pthread_mutex_unlock(&s->lock);
	return found;
}

/*
 * The lock is not held while the floor is written, so that places of linx-ship can be received meanwhile. A
 * later call notes the floor of a spool that cannot be written now, or that forget_oldest() moves meanwhile in the
 * array of its machine. Until then the place of rows itself shows which blocks of the spool are stored.
 */
void store_note_floors(struct store *s, uint64_t now, bool at_once)
{
	struct source *source;
	struct risen r;
	size_t i = 0, k = 0;

	if (now < s->noted_ns + NOTE_NS && !at_once)
		return;
	s->noted_ns = now;
	while (next_risen(s, &i, &k, &r)) {
		if (s->way->note_floor(s, r.machine, r.spool, r.floor))
			continue;
		pthread_mutex_lock(&s->lock);
		source = ledger_find(&s->ledger, r.machine, r.spool);
		if (source)
			source->noted = r.floor;
		pthread_mutex_unlock(&s->lock);
	}
	if (s->way->end_floors)
		s->way->end_floors(s);
}

int store_write(struct store *s)
{
	int rc = 0, ended;

	qsort(s->blocks, s->n, sizeof(*s->blocks), s->way->order);
	while (s->n && !rc) {
		s->reason.text[0] = '\0';
		rc = s->way->put(s);
		ended = end_stored(s);
		rc = ended ? ended : rc;
		if (s->way->slow && s->stopping())
			break;
	}
	return rc == 1 ? 0 : rc;
}
#endif
