/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A connection to NATS, the server through which rows travel, by libnats, which is loaded when the connection is opened.
 *
 * The area fleet/ has the programs that carry rows from machines to a store: linx-ship and linx-store. This room has what
 * both need: options, the connection, and the names of subjects.
 */
#ifndef FLEET_NATS_CLIENT_H
#define FLEET_NATS_CLIENT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/complaint.h"
#include "base/message.h"

#if defined(__has_include) && __has_include(<nats/nats.h>)
#include <nats/nats.h>
#define FLEET_HAS_NATS 1

/* member, function of libnats */
#define NATS_FUNCTIONS(row)                                                     \
	row(options_new, natsOptions_Create)                                    \
	row(options_free, natsOptions_Destroy)                                  \
	row(set_url, natsOptions_SetURL)                                        \
	row(set_name, natsOptions_SetName)                                      \
	row(set_reconnects, natsOptions_SetMaxReconnect)                        \
	row(set_wait, natsOptions_SetReconnectWait)                             \
	row(set_retry, natsOptions_SetRetryOnFailedConnect)                     \
	row(set_buffer, natsOptions_SetReconnectBufSize)                        \
	row(set_secure, natsOptions_SetSecure)                                  \
	row(set_ca, natsOptions_LoadCATrustedCertificates)                      \
	row(set_cert, natsOptions_LoadCertificatesChain)                        \
	row(set_nkey, natsOptions_SetNKeyFromSeed)                              \
	row(set_errors, natsOptions_SetErrorHandler)                            \
	row(connect, natsConnection_Connect)                                    \
	row(status, natsConnection_Status)                                      \
	row(last_error, natsConnection_GetLastError)                            \
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

#define NATS_MEMBER(member, function) __typeof__(function) *member;
struct nats {
	NATS_FUNCTIONS(NATS_MEMBER)
	natsConnection *nc;
	natsOptions *options;
	char server[256]; /* the URL without user and password */
	_Atomic(int) error; /* natsStatus that libnats reported last; 0: none since nats_watch() */
	char reason[160]; /* text of the last error */
	uint64_t up_ns; /* when the server was there last */
	uint64_t patience_ns; /* how long it may be away before that is said */
	struct complaint errors;
};
#undef NATS_MEMBER
#endif

/* Shards that subjects name, so that several consumers can share the machines. */
#define FLEET_SHARDS 64u
#define FLEET_STREAM "LINX"
#define FLEET_ROWS "linx.rows." /* SHARD.MACHINE: blocks */
#define FLEET_AT "linx.at." /* MACHINE: where linx-ship is; "SPOOL FIRST NEXT" */
#define FLEET_STORED "linx.stored." /* MACHINE: what the store has; "floor SPOOL N" or "want SPOOL A B" */

/* How a server is reached. */
struct nats_settings {
	const char *url; /* NULL: nats://127.0.0.1:4222 */
	const char *ca, *cert, *key; /* files in PEM; NULL: none. ca: the server has to have a certificate of this authority */
	const char *nkey; /* file with the seed of an nkey; FILE.pub has the public key; NULL: none */
};

/* Options of the command line that are the same in both programs: 0 for the value to getopt_long() means "not this one". */
#define NATS_OPTIONS                              \
	{ "nats", required_argument, NULL, 'n' }, \
	{ "tls-ca", required_argument, NULL, 'a' }, \
	{ "tls-cert", required_argument, NULL, 'e' }, \
	{ "tls-key", required_argument, NULL, 'k' }, \
	{ "nkey", required_argument, NULL, 'y' }
#define NATS_HELP                                                                    \
	"  --nats URL          the server (default nats://127.0.0.1:4222)\n"         \
	"  --tls-ca FILE       authority of the server's certificate\n"              \
	"  --tls-cert FILE     own certificate\n"                                    \
	"  --tls-key FILE      its key\n"                                            \
	"  --nkey FILE         seed of an nkey; FILE.pub has the public key\n"
/* Takes such an option. False: c is another one. */
bool nats_take_option(struct nats_settings *s, int c, const char *value);

/* Returns the shard of a machine. */
unsigned int fleet_shard(const char *machine);

#ifdef FLEET_HAS_NATS
/*
 * Loads libnats and connects; keeps trying, also later, while the server is away. who: name of this client for the
 * server. 0; -1: why has the reason.
 */
int nats_open(struct nats *n, const struct nats_settings *s, const char *who, struct problem *why);
void nats_close(struct nats *n);
/* True if the server is there now. */
bool nats_is_up(struct nats *n);
/*
 * Reports errors of the connection, and a server that is away for long; to be called often. 0; -1: libnats has given up,
 * as it does when a server refuses who this is, and the program has to end: why has the reason.
 */
int nats_watch(struct nats *n, uint64_t now_ns, struct problem *why);
/* Publishes one line of text. Errors are not reported: what is said so is said again. */
void nats_say(struct nats *n, const char *subject, const char *name, const char *text);
#else
/* Reports that the program was built without libnats. Returns its exit status. */
int nats_missing(const char *program);
#endif

#endif
