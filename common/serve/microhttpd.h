/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Functions of libmicrohttpd, which is loaded only by a process that serves pages. */
#ifndef LINXCAP_MICROHTTPD_H
#define LINXCAP_MICROHTTPD_H

#include <stdbool.h>

#if !defined(LINX_WITHOUT_LIBRARIES) && __has_include(<microhttpd.h>)
#include <microhttpd.h>

/* The functions that are used, one row each: MICROHTTPD(member, symbol). */
#define MICROHTTPD_FUNCTIONS(MICROHTTPD)                              \
	MICROHTTPD(start, MHD_start_daemon)                           \
	MICROHTTPD(stop, MHD_stop_daemon)                             \
	MICROHTTPD(run, MHD_run)                                      \
	MICROHTTPD(timeout, MHD_get_timeout)                          \
	MICROHTTPD(daemon_info, MHD_get_daemon_info)                  \
	MICROHTTPD(connection_info, MHD_get_connection_info)          \
	MICROHTTPD(value, MHD_lookup_connection_value)                \
	MICROHTTPD(response, MHD_create_response_from_buffer)         \
	MICROHTTPD(stream, MHD_create_response_from_callback)         \
	MICROHTTPD(head, MHD_add_response_header)                     \
	MICROHTTPD(queue, MHD_queue_response)                         \
	MICROHTTPD(destroy, MHD_destroy_response)

struct microhttpd {
#define MICROHTTPD_MEMBER(member, symbol) __typeof__(&symbol) member;
	MICROHTTPD_FUNCTIONS(MICROHTTPD_MEMBER)
#undef MICROHTTPD_MEMBER
};

/* Loads the library; it is not unloaded. False: it is not installed, or lacks a function. */
bool microhttpd_load(struct microhttpd *m);
#endif

#endif
