// SPDX-License-Identifier: LGPL-2.1-or-later
/* Receives messages of the server and of linx-store. hear_answer() and hear_order() run in threads of libnats. */
#include "ship/ship.h"

#ifdef FLEET_HAS_NATS
#include <cjson/cJSON.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * True if the server has answered that it stored the message: {"stream":"LINX","seq":5}. Otherwise writes the reason to
 * why. A refusal is {"error":{"code":503,"description":"..."}}. If no stream takes the subject, the answer has no data.
 */
static bool is_taken(enum spool_kind kind, const char *data, int len, char *why, size_t room)
{
	static const char *const missing[] = {
		[SPOOL_ROWS] = "it has no stream " FLEET_STREAM ", which linx-store makes",
		[SPOOL_ALERTS] = "it has no stream " FLEET_ALERT_STREAM ", which linx-store --alerts makes",
	};
	cJSON *o = data && len > 0 ? cJSON_ParseWithLength(data, (size_t)len) : NULL;
	cJSON *error = cJSON_GetObjectItemCaseSensitive(o, "error");
	const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(error, "description"));
	bool taken = cJSON_IsNumber(cJSON_GetObjectItemCaseSensitive(o, "seq")) && !error;

	if (!taken)
		snprintf(why, room, "%s", text ? text : missing[kind]);
	cJSON_Delete(o);
	return taken;
}

static void hear_answer(natsConnection *nc, natsSubscription *sub, natsMsg *msg, void *data)
{
	struct ship *s = data;
	/* spool and number end the subject; s->inbox, which begins it, can have changed since the block was sent */
	const char *block = strrchr(s->link->nats.msg_subject(msg), '.');
	uint64_t spool = 0, number = 0;
	char why[sizeof(s->refusal)];
	bool taken = is_taken(s->kind, s->link->nats.msg_data(msg), s->link->nats.msg_len(msg), why, sizeof(why));

	(void)nc, (void)sub;
	if (!block || sscanf(block + 1, "%16" SCNx64 "-%" SCNu64, &spool, &number) != 2)
		number = 0;
	pthread_mutex_lock(&s->link->lock);
	if (!taken)
		memcpy(s->refusal, why, sizeof(why));
	for (unsigned int i = 0; i < WINDOW && taken && spool == s->spool; i++)
		if (s->window[i].number == number)
			s->window[i].acked = true;
	pthread_cond_signal(&s->link->news);
	pthread_mutex_unlock(&s->link->lock);
	s->link->nats.msg_free(msg);
}

/*
 * Notes an order. linx-store repeats its orders: what overlaps an order that waits is left out, since that one may have
 * been followed in part.
 */
static void take_want(struct ship *s, uint64_t from, uint64_t to)
{
	for (unsigned int i = 0; i < s->nwants; i++)
		if (s->wants[i].from <= to && s->wants[i].to >= from)
			return;
	if (s->nwants < WANTS && from && from <= to)
		s->wants[s->nwants++] = (struct want){ from, to };
}

/*
 * Notes an order of linx-store, "floor SPOOL N" or "want SPOOL A B". Orders for another spool are ignored.
 * send_wanted() leaves out blocks that were never sent.
 */
static void hear_order(natsConnection *nc, natsSubscription *sub, natsMsg *msg, void *data)
{
	struct ship *s = data;
	char text[128] = "";
	int len = s->link->nats.msg_len(msg);
	uint64_t spool, a, b;

	(void)nc, (void)sub;
	if (len > 0 && len < (int)sizeof(text))
		memcpy(text, s->link->nats.msg_data(msg), (size_t)len);
	pthread_mutex_lock(&s->link->lock);
	if (sscanf(text, "floor %" SCNx64 " %" SCNu64, &spool, &a) == 2) {
		if (spool == s->spool && a > s->floor)
			s->floor = a;
	} else if (sscanf(text, "want %" SCNx64 " %" SCNu64 " %" SCNu64, &spool, &a, &b) == 3) {
		if (spool == s->spool)
			take_want(s, a, b);
	}
	pthread_cond_signal(&s->link->news);
	pthread_mutex_unlock(&s->link->lock);
	s->link->nats.msg_free(msg);
}

int ship_listen(struct ship *s, struct problem *why)
{
	natsInbox *inbox = NULL;
	char subject[192];
	natsStatus rc = s->link->nats.inbox_new(&inbox);

	if (rc != NATS_OK)
		return problem_set(why, "cannot listen: %s", s->link->nats.text(rc));
	/* the subject has the machine's name, so that a server can allow each machine only the subjects with its own name */
	snprintf(s->inbox, sizeof(s->inbox), "_INBOX.%s.%s.", s->machine, strrchr(inbox, '.') + 1);
	s->link->nats.inbox_free(inbox);
	snprintf(subject, sizeof(subject), "%s*", s->inbox);
	if (nats_listen(&s->link->nats, &s->answers, subject, hear_answer, s, why))
		return -1;
	snprintf(subject, sizeof(subject), FLEET_STORED "%s", s->machine);
	return s->acks ? 0 : nats_listen(&s->link->nats, &s->orders, subject, hear_order, s, why);
}

void ship_listen_no_more(struct ship *s)
{
	if (s->orders)
		s->link->nats.unsubscribe(s->orders);
	if (s->answers)
		s->link->nats.unsubscribe(s->answers);
	s->orders = s->answers = NULL;
}
#endif
