/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Alerts as log records of OTLP/HTTP, the protocol of OpenTelemetry, in its encoding as JSON. */
#ifndef LINXCAP_OTLP_H
#define LINXCAP_OTLP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Prefix of URLs to which alerts are sent as log records: the rest is a URL of HTTP. */
#define OTLP_PREFIX "otlp+"

/*
 * Makes an export request with one log record of an alert in Falco's JSON, which may end with a newline. observed_ns:
 * time at which the alert was taken over, ns since 1970; 0: the time of the event. NULL: the text is not a JSON object,
 * or there is no memory. The caller frees it.
 */
char *otlp_from_alert(const char *json, size_t len, uint64_t observed_ns);
/*
 * True if the answer to a request, whose status was 200, says that the receiver has refused the record. Such a request
 * must not be repeated.
 */
bool otlp_is_refused(const char *answer, size_t len);

#endif
