// SPDX-License-Identifier: LGPL-2.1-or-later
/* Connections to NATS: see nats/nats_client.h. */
#include "nats/nats_client.h"

#include <inttypes.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array_size.h"
#include "base/deadline.h"
#include "base/symbols.h"
#include "nats/nkey.h"

#define URL "nats://127.0.0.1:4222"
#define RECONNECT_MS 500
/* Most servers of a cluster that can be named. */
#define SERVERS_MAX 16u
/* libnats.so.3.4 is the oldest that has all functions; these are the same in all of major version 3 */
#define MINOR_OLDEST 4
#define MINOR_NEWEST 40
#define AWAY "it does not answer"
/* A warning is printed when the server has been away for longer than this, then after twice the time, and so on. */
#define PATIENCE_NS 10000000000ull
/* Longest time for which nats_close() waits: a thread that connects may be looking up a name. */
#define FINISH_MS 5000

bool nats_take_option(struct nats_settings *s, int c, const char *value)
{
	const char **to = c == 'n' ? &s->url : c == 'a' ? &s->ca : c == 'e' ? &s->cert : c == 'k' ? &s->key : c == 'y' ? &s->nkey : NULL;

	if (to)
		*to = value;
	return to;
}

unsigned int fleet_shard(const char *machine)
{
	uint64_t hash = 0xcbf29ce484222325ull;

	for (; *machine; machine++)
		hash = (hash ^ (unsigned char)*machine) * 0x100000001b3ull;
	return (unsigned int)(hash >> 32) % FLEET_SHARDS;
}

#ifdef FLEET_HAS_NATS
static bool load(struct nats *n)
{
#define NATS_ROW(member, function) { #function, &n->member },
	const struct symbol symbols[] = { NATS_FUNCTIONS(NATS_ROW) };
#undef NATS_ROW
	char name[32];

	for (unsigned int i = MINOR_OLDEST; i <= MINOR_NEWEST; i++) {
		snprintf(name, sizeof(name), "libnats.so.3.%u", i);
		if (symbols_load(name, symbols, ARRAY_SIZE(symbols)))
			return true;
	}
	return false;
}

/*
 * Notes an error for nats_watch(). Threads of libnats call this function instead of the handler of libnats, which
 * prints on standard error.
 */
static void note_error(natsConnection *nc, natsSubscription *sub, natsStatus status, void *data)
{
	struct nats *n = data;

	(void)nc, (void)sub;
	n->error = (int)status;
}

static natsStatus set_tls(struct nats *n, const struct nats_settings *s)
{
	natsStatus rc = NATS_OK;

	if (s->ca || s->cert)
		rc = n->set_secure(n->options, true);
	if (rc == NATS_OK && s->ca)
		rc = n->set_ca(n->options, s->ca);
	if (rc == NATS_OK && s->cert)
		rc = n->set_cert(n->options, s->cert, s->key ? s->key : s->cert);
	return rc;
}

/* Sets the nkey. FILE.pub has the public key; without that file it is computed from the seed. 0; -1: why has the reason. */
static int set_nkey(struct nats *n, const char *seed, struct problem *why)
{
	char path[4096];
	struct nkey key = { 0 };
	natsStatus rc;
	FILE *f;

	if (!seed)
		return 0;
	snprintf(path, sizeof(path), "%s.pub", seed);
	f = fopen(path, "re");
	if (f) {
		if (!fgets(key.public, sizeof(key.public), f))
			key.public[0] = '\0';
		fclose(f);
		key.public[strcspn(key.public, "\n")] = '\0';
		if (!nkey_is_public(key.public))
			return problem_set(why, "no public nkey of a user: %s", path);
	} else if (nkey_read(seed, &key, why)) {
		return -1;
	}
	explicit_bzero(key.seed, sizeof(key.seed));
	rc = n->set_nkey(n->options, key.public, seed);
	return rc == NATS_OK ? 0 : problem_set(why, "cannot use nkey: %s: %s", seed, n->text(rc));
}

/*
 * Notes the text of the last error. When libnats gives up, its last error becomes NATS_NO_SERVER, which is not noted:
 * the error before it is the reason.
 */
static void note_reason(struct nats *n)
{
	const char *last = NULL;
	natsStatus status = n->last_error(n->nc, &last);

	if (status != NATS_OK && status != NATS_NO_SERVER)
		snprintf(n->reason, sizeof(n->reason), "%s", last && *last ? last : n->text(status));
}

/* Appends a server to the text for messages, without a user and a password. */
static void add_server(struct nats *n, const char *url)
{
	const char *at = strrchr(url, '@');
	size_t len = strlen(n->server);

	snprintf(n->server + len, sizeof(n->server) - len, "%s%s", len ? "," : "", at ? at + 1 : url);
}

/* Sets the servers, which are separated by commas: those of a cluster, any of which can be away. */
static natsStatus set_servers(struct nats *n, const char *urls)
{
	const char *list[SERVERS_MAX];
	char *text = strdup(urls), *rest = text, *url;
	int servers = 0;
	natsStatus rc;

	if (!text)
		return NATS_NO_MEMORY;
	n->server[0] = '\0';
	while ((url = strsep(&rest, ",")) && servers < (int)SERVERS_MAX) {
		list[servers++] = url;
		add_server(n, url);
	}
	rc = url ? NATS_INVALID_ARG : n->set_servers(n->options, list, servers);
	free(text);
	return rc;
}

int nats_open(struct nats *n, const struct nats_settings *s, const char *who, struct problem *why)
{
	natsStatus rc;

	memset(n, 0, sizeof(*n));
	if (!load(n))
		return problem_set(why, "libnats is missing: install libnats3.4");
	rc = n->options_new(&n->options);
	if (rc == NATS_OK)
		rc = set_servers(n, s->url ? s->url : URL);
	if (rc == NATS_OK)
		rc = set_tls(n, s);
	if (rc != NATS_OK)
		return problem_set(why, "cannot use: %s: %s", n->server, n->text(rc));
	if (set_nkey(n, s->nkey, why))
		return -1;
	n->patience_ns = PATIENCE_NS;
	n->set_name(n->options, who);
	n->set_reconnects(n->options, -1);
	n->set_wait(n->options, RECONNECT_MS);
	n->set_buffer(n->options, 0); /* default size, 8 MB; a block that does not fit is sent again from the window */
	n->set_errors(n->options, note_error, n);
	pthread_mutex_init(&n->connecting.lock, NULL);
	deadline_cond_init(&n->connecting.wake);
	return nats_connect_begin(n, why);
}

bool nats_leave(struct nats *n)
{
	if (!n->options)
		return true;
	if (!nats_connect_end(n))
		return false;
	if (n->nc)
		n->disconnect(n->nc);
	n->options_free(n->options);
	n->options = NULL;
	n->nc = NULL;
	return true;
}

bool nats_close(struct nats *n)
{
	return !n->options || (nats_leave(n) && n->finish(FINISH_MS) == NATS_OK);
}

bool nats_is_up(struct nats *n)
{
	return n->nc && n->status(n->nc) == NATS_CONN_STATUS_CONNECTED;
}

static const char *reason(const struct nats *n, const char *unknown)
{
	return n->reason[0] ? n->reason : unknown;
}

int nats_listen(struct nats *n, natsSubscription **sub, const char *subject, natsMsgHandler hear, void *data, struct problem *why)
{
	natsStatus rc = n->subscribe(sub, n->nc, subject, hear, data);

	if (rc == NATS_OK)
		return 0;
	if (!nats_is_up(n))
		return 0; /* when the server is there again, nats_watch() says so, and all is subscribed to anew */
	return problem_set(why, "cannot listen: %s", n->text(rc));
}

/*
 * Looks at the connection. While there is none, the thread of nats_connect.c makes one; libnats does so later, when a
 * connection that was complete has broken, until it gives up. Then the thread finds out whether this was a refusal.
 * Returns as nats_watch().
 */
static int look(struct nats *n, struct problem *why)
{
	int rc;

	if (n->connecting.runs) {
		rc = nats_connect_look(n);
		return rc < 0 ? problem_set(why, "connection refused: %s: %s", n->server, reason(n, AWAY)) : rc;
	}
	note_reason(n);
	if (n->status(n->nc) != NATS_CONN_STATUS_CLOSED)
		return 0;
	n->disconnect(n->nc);
	n->nc = NULL;
	return nats_connect_begin(n, why);
}

int nats_watch(struct nats *n, uint64_t now_ns, struct problem *why)
{
	int error = atomic_exchange(&n->error, 0), rc;

	n->up_ns = n->up_ns ? n->up_ns : now_ns;
	rc = look(n, why);
	if (rc < 0)
		return rc;
	if (error)
		complain(&n->errors, "%s: %s: %s", n->server, n->text((natsStatus)error), reason(n, AWAY));
	if (nats_is_up(n)) {
		n->up_ns = now_ns;
		n->patience_ns = PATIENCE_NS;
	} else if (now_ns > n->up_ns + n->patience_ns) {
		say_at(SAY_WARNING, "no connection for %" PRIu64 " seconds: %s: %s", (now_ns - n->up_ns) / 1000000000, n->server, reason(n, AWAY));
		n->patience_ns *= 2;
	}
	return rc;
}

void nats_say(struct nats *n, const char *subject, const char *name, const char *text)
{
	char to[192];

	snprintf(to, sizeof(to), "%s%s", subject, name);
	n->publish(n->nc, to, text, (int)strlen(text));
}
#else
int nats_missing(const char *program)
{
	say_as(program);
	return say_status(STATUS_FAILURE, "built without NATS: libnats-dev was missing");
}
#endif
