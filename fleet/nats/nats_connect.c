// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The thread that makes a connection to NATS: see nats/nats_client.h.
 *
 * libnats could try again by itself, too. But when a server was reached once and the connection then broke before it was
 * complete, versions before 3.12 give up and forget the reason. So a handshake of TLS that took too long on a busy server
 * looked like a refusal.
 */
#include "nats/nats_client.h"

#ifdef FLEET_HAS_NATS
#include <stdio.h>
#include <string.h>

#include "base/array_size.h"
#include "base/deadline.h"

#define PAUSE_MS 500
/* Longest time for which nats_connect_end() waits: the thread may be looking up a name. */
#define END_MS 5000

/*
 * True if another try fails in the same way: the server refuses the identity of this client, or one of the two refuses
 * the certificate of the other. A connection that just ended, as by a time limit of the server, is no refusal.
 */
static bool is_refusal(natsStatus rc, const char *text)
{
	/* words that OpenSSL and libnats use for certificates, and for alerts of TLS that the server has sent */
	static const char *const words[] = { "certificate", "alert", "mismatch" };

	if (rc == NATS_CONNECTION_AUTH_FAILED || rc == NATS_SECURE_CONNECTION_WANTED || rc == NATS_SECURE_CONNECTION_REQUIRED)
		return true;
	for (size_t i = 0; i < ARRAY_SIZE(words) && (rc == NATS_SSL_ERROR || rc == NATS_IO_ERROR); i++)
		if (strstr(text, words[i]))
			return true;
	return false;
}

/*
 * Connects once. libnats keeps the text of an error for each thread, so it is read here. If a server ends the connection
 * after its own part of the handshake, libnats says that it got nothing. With TLS 1.3 a certificate that the server
 * refuses looks so, but also a server that was busy for too long or was stopped, so this is no refusal.
 */
static natsStatus connect_once(struct nats *n, natsConnection **nc, char *text, size_t room)
{
	natsStatus rc = n->connect(nc, n->options);
	const char *last = rc == NATS_OK ? NULL : n->thread_error(NULL);

	if (last && *last == '(' && strstr(last, "): "))
		last = strstr(last, "): ") + 3; /* the line in the source of libnats */
	if (rc == NATS_PROTOCOL_ERROR && last && strstr(last, "got ''"))
		last = "the server ended the connection: does it know the certificate of this machine?";
	snprintf(text, room, "%s", last && *last ? last : n->text(rc));
	return rc;
}

static void *run(void *data)
{
	struct nats *n = data;
	struct nats_connect *c = &n->connecting;
	char text[sizeof(c->reason)];
	natsConnection *nc = NULL;
	struct timespec until;
	natsStatus rc;

	pthread_mutex_lock(&c->lock);
	while (!c->ended && !c->done) {
		pthread_mutex_unlock(&c->lock);
		rc = connect_once(n, &nc, text, sizeof(text));
		pthread_mutex_lock(&c->lock);
		c->nc = nc;
		c->refused = rc != NATS_OK && is_refusal(rc, text);
		c->done = rc == NATS_OK || c->refused;
		if (rc != NATS_OK && rc != NATS_NO_SERVER) /* NATS_NO_SERVER: nothing listens there */
			memcpy(c->reason, text, sizeof(text));
		until = deadline_after(PAUSE_MS);
		if (!c->done && !c->ended)
			pthread_cond_timedwait(&c->wake, &c->lock, &until);
	}
	pthread_mutex_unlock(&c->lock);
	return NULL;
}

int nats_connect_begin(struct nats *n, struct problem *why)
{
	struct nats_connect *c = &n->connecting;

	c->done = c->refused = false;
	c->reason[0] = '\0';
	c->runs = !pthread_create(&c->thread, NULL, run, n);
	return c->runs ? 0 : problem_set(why, "cannot start a thread");
}

int nats_connect_look(struct nats *n)
{
	struct nats_connect *c = &n->connecting;
	bool done;

	pthread_mutex_lock(&c->lock);
	done = c->done;
	memcpy(n->reason, c->reason, sizeof(c->reason));
	pthread_mutex_unlock(&c->lock);
	if (!done)
		return 0;
	pthread_join(c->thread, NULL);
	c->runs = false;
	n->nc = c->nc;
	c->nc = NULL;
	return c->refused ? -1 : 1;
}

bool nats_connect_end(struct nats *n)
{
	struct nats_connect *c = &n->connecting;
	struct timespec until = deadline_after(END_MS);

	if (!c->runs)
		return true;
	pthread_mutex_lock(&c->lock);
	c->ended = true;
	pthread_cond_signal(&c->wake);
	pthread_mutex_unlock(&c->lock);
	if (pthread_clockjoin_np(c->thread, NULL, CLOCK_MONOTONIC, &until))
		return false;
	c->runs = false;
	if (c->nc)
		n->disconnect(c->nc);
	return true;
}
#endif
