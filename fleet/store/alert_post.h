/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Receivers of alerts: their settings, and posts to them over HTTP. */
#ifndef STORE_ALERT_POST_H
#define STORE_ALERT_POST_H

#include "base/message.h"
#include "http/http_client.h"
#include "http/http_heads.h"
#include "store/alert_queue.h"

struct receiver_settings {
	const char *url; /* as the user wrote it, perhaps with "otlp+" before it */
	const char *heads; /* file with headers; NULL: none */
	const char *ca; /* file of CA certificates, PEM; NULL: those of the system */
};

/* A receiver. Its members do not change after receiver_read(). */
struct receiver {
	const char *url; /* of HTTP */
	bool otlp; /* it takes log records of OTLP */
	char place[128]; /* host and port, for messages */
	const char *ca;
	struct http_heads heads; /* no lines: there is no file with headers */
};

/*
 * Reads the settings of a receiver, and its headers, which can have secrets: a file has lines "Name: value". -1: why has
 * the reason.
 */
int receiver_read(struct receiver *r, const struct receiver_settings *s, struct problem *why);
/* Opens a client, which one thread can use at a time. NULL: why has the reason. */
struct http_client *receiver_open(const struct receiver *r, struct problem *why);
/* Posts an alert. *retry_s: pause that the receiver wants; 0: none. why has the reason if it was not taken. */
enum post_result receiver_post(const struct receiver *r, struct http_client *h, const char *alert, size_t len, long *retry_s, struct problem *why);
/* Judges the status of an answer of HTTP. */
enum post_result receiver_judge(long status);

#endif
