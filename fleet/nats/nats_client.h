/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A connection to a NATS server, over which linx-ship sends rows to linx-store. The library libnats is loaded when the
 * connection is opened.
 *
 * The directory fleet/ has the programs that bring the rows of many machines to one store: linx-ship and linx-store.
 * fleet/nats/ has what both need: options, the connection, and the names of subjects.
 */
#ifndef FLEET_NATS_CLIENT_H
#define FLEET_NATS_CLIENT_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/complaint.h"
#include "base/message.h"

#if !defined(LINX_WITHOUT_LIBRARIES) && __has_include(<nats/nats.h>)
#include <nats/nats.h>
#define FLEET_HAS_NATS 1

/* row(member of struct nats, function of libnats to which the member points) */
#define NATS_FUNCTIONS(row)                                                     \
	row(options_new, natsOptions_Create)                                    \
	row(options_free, natsOptions_Destroy)                                  \
	row(finish, nats_CloseAndWait)                                          \
	row(set_servers, natsOptions_SetServers)                                \
	row(set_name, natsOptions_SetName)                                      \
	row(set_reconnects, natsOptions_SetMaxReconnect)                        \
	row(set_wait, natsOptions_SetReconnectWait)                             \
	row(set_buffer, natsOptions_SetReconnectBufSize)                        \
	row(set_secure, natsOptions_SetSecure)                                  \
	row(set_ca, natsOptions_LoadCATrustedCertificates)                      \
	row(set_cert, natsOptions_LoadCertificatesChain)                        \
	row(set_nkey, natsOptions_SetNKeyFromSeed)                              \
	row(set_errors, natsOptions_SetErrorHandler)                            \
	row(connect, natsConnection_Connect)                                    \
	row(status, natsConnection_Status)                                      \
	row(last_error, natsConnection_GetLastError)                            \
	row(thread_error, nats_GetLastError)                                    \
	row(disconnect, natsConnection_Destroy)                                 \
	row(flush, natsConnection_FlushTimeout)                                 \
	row(subscribe, natsConnection_Subscribe)                                \
	row(publish, natsConnection_Publish)                                    \
	row(publish_msg, natsConnection_PublishMsg)                             \
	row(msg_new, natsMsg_Create)                                            \
	row(msg_free, natsMsg_Destroy)                                          \
	row(msg_subject, natsMsg_GetSubject)                                    \
	row(msg_data, natsMsg_GetData)                                          \
	row(msg_len, natsMsg_GetDataLength)                                     \
	row(msg_head, natsMsgHeader_Set)                                        \
	row(msg_get, natsMsgHeader_Get)                                         \
	row(msg_reply, natsMsg_GetReply)                                        \
	row(inbox_new, natsInbox_Create)                                        \
	row(inbox_free, natsInbox_Destroy)                                      \
	row(unsubscribe, natsSubscription_Destroy)                              \
	row(fetch, natsSubscription_Fetch)                                      \
	row(list_free, natsMsgList_Destroy)                                     \
	row(text, natsStatus_GetText)                                           \
	row(js_new, natsConnection_JetStream)                                   \
	row(js_free, jsCtx_Destroy)                                             \
	row(stream_config, jsStreamConfig_Init)                                 \
	row(stream_add, js_AddStream)                                           \
	row(stream_info, js_GetStreamInfo)                                      \
	row(stream_info_free, jsStreamInfo_Destroy)                             \
	row(sub_options, jsSubOptions_Init)                                     \
	row(pull, js_PullSubscribe)                                             \
	row(consumer_info, js_GetConsumerInfo)                                  \
	row(consumer_info_free, jsConsumerInfo_Destroy)                         \
	row(consumer_delete, js_DeleteConsumer)

/* A thread that makes a connection. The lock protects the members below it. */
struct nats_connect {
	pthread_t thread;
	bool runs; /* the thread was started, and not joined yet */
	pthread_mutex_t lock;
	pthread_cond_t wake;
	bool ended; /* the thread is to end */
	bool done; /* the thread has ended: there is a connection, or a refusal */
	bool refused; /* the server or this client has refused the other */
	natsConnection *nc; /* the connection; NULL: there is none */
	char reason[160]; /* why the last try failed; empty: nothing listens there */
};

#define NATS_MEMBER(member, function) __typeof__(function) *member;
struct nats {
	NATS_FUNCTIONS(NATS_MEMBER)
	natsConnection *nc; /* NULL: there was no connection yet, or libnats has given it up */
	struct nats_connect connecting;
	natsOptions *options;
	char server[256]; /* the URL without user and password */
	_Atomic(int) error; /* last natsStatus that libnats reported; 0: no report since the last nats_watch() */
	char reason[160]; /* text of the last error; empty: none is known */
	uint64_t up_ns; /* time at which the server was connected last */
	uint64_t patience_ns; /* the next warning comes when the server has been away for longer than this */
	struct complaint errors;
};
#undef NATS_MEMBER
#endif

/* Number of shards. Subjects have the shard of a machine, so that several consumers can share the machines. */
#define FLEET_SHARDS 64u
#define FLEET_STREAM "LINX"
#define FLEET_ROWS "linx.rows." /* followed by SHARD.MACHINE: blocks */
#define FLEET_ALERT_STREAM "LINX_ALERTS"
#define FLEET_ALERTS "linx.alerts." /* followed by MACHINE: alerts, in Falco's JSON */
/* Header of an alert: "SPOOL NUMBER LAST"; LAST differs from NUMBER if the alert stands for several that are lost. */
#define FLEET_ALERT_HEAD "Linx-Alert"
/*
 * Followed by MACHINE: place of linx-ship in its spool, "SPOOL FIRST NEXT", and in the one of alerts,
 * "alerts SPOOL FIRST NEXT". A linx-store that does not know the second form ignores it.
 */
#define FLEET_AT "linx.at."
#define FLEET_AT_ALERTS "alerts "
#define FLEET_STORED "linx.stored." /* followed by MACHINE: orders of linx-store, "floor SPOOL N" or "want SPOOL A B"; both spools have ids of their own */

/* Settings of a connection to a server. */
struct nats_settings {
	const char *url; /* NULL: nats://127.0.0.1:4222 */
	const char *ca, *cert, *key; /* files in PEM; NULL: none. "ca" must have signed the server's certificate */
	const char *nkey; /* file with the seed of an nkey; FILE.pub can have the public key; NULL: none */
};

/* Options of the command line that both programs have, as rows of the table for getopt_long(). */
#define NATS_OPTIONS                              \
	{ "nats", required_argument, NULL, 'n' }, \
	{ "tls-ca", required_argument, NULL, 'a' }, \
	{ "tls-cert", required_argument, NULL, 'e' }, \
	{ "tls-key", required_argument, NULL, 'k' }, \
	{ "nkey", required_argument, NULL, 'y' }
#define NATS_HELP                                                                    \
	"  --nats URL[,URL...] the server, or those of a cluster (default\n"          \
	"                      nats://127.0.0.1:4222)\n"                             \
	"  --tls-ca FILE       authority of the server's certificate\n"              \
	"  --tls-cert FILE     own certificate\n"                                    \
	"  --tls-key FILE      its key\n"                                            \
	"  --nkey FILE         seed of an nkey\n"
/* Takes the value of an option of NATS_OPTIONS. Returns false if c is another option. */
bool nats_take_option(struct nats_settings *s, int c, const char *value);

/* Returns the shard of a machine. */
unsigned int fleet_shard(const char *machine);

#ifdef FLEET_HAS_NATS
/*
 * Loads libnats, and begins to connect: while the server is away, this is tried again and again. nats_watch() returns
 * when there is a connection. who: name of this client, which the server shows. 0; -1: why has the reason.
 */
int nats_open(struct nats *n, const struct nats_settings *s, const char *who, struct problem *why);
/*
 * nats_close() disconnects, and waits until the threads of libnats have ended. All that was made of the connection is to
 * be freed before. Of several connections of a program, the others are ended by nats_leave() before. False: a thread has not ended in time. It can still call functions of the caller, so that the caller must not
 * free what these use.
 */
bool nats_close(struct nats *n);
bool nats_leave(struct nats *n);
/*
 * Subscribes to a subject, after nats_watch() has returned 1. hear(): called in a thread of libnats for each message,
 * with data. 0: *sub is to be destroyed before nats_close(), or is still NULL if the connection has broken meanwhile; -1:
 * why has the reason.
 */
int nats_listen(struct nats *n, natsSubscription **sub, const char *subject, natsMsgHandler hear, void *data, struct problem *why);
/* True if the server is connected now. */
bool nats_is_up(struct nats *n);
/*
 * Reports errors of the connection, and a server that is away for long. To be called often. 0: nothing new; 1: there is
 * a connection, for the first time or after libnats gave up an earlier one: subscriptions and all else that was made of
 * the earlier one have to be made anew; -1: the server refuses the identity of this client, or one of the two the
 * certificate of the other, and the program has to end: why has the reason.
 */
int nats_watch(struct nats *n, uint64_t now_ns, struct problem *why);

/*
 * nats_connect.c, for nats_client.c: the thread. nats_connect_begin() starts it; -1: why has the reason.
 * nats_connect_look(), while connecting.runs: 0: it tries on; 1: n->nc is connected; -1: refused, and n->reason has the
 * reason. nats_connect_end() ends it; false: it has not ended in time.
 */
int nats_connect_begin(struct nats *n, struct problem *why);
int nats_connect_look(struct nats *n);
bool nats_connect_end(struct nats *n);
/* Publishes a line of text to the subject with name appended. Errors are ignored: callers repeat such lines. */
void nats_say(struct nats *n, const char *subject, const char *name, const char *text);
#else
/* Reports that the program was built without libnats. Returns its exit status. */
int nats_missing(const char *program);
#endif

#endif
