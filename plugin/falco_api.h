/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The part of version 3 of Falco's plugin API that this plugin implements: an event source, and extraction of
 * fields. Names of functions, order of members and numbers are those of the API; tests/plugin/layout.c compares
 * them with the header of Debian's libfalcosecurity0-dev (falcosecurity/plugin/plugin_api.h).
 *
 * For each state that plugin_init() returns, only one thread at a time calls functions; different states may be
 * used by different threads. The plugin owns the texts that functions return.
 */
#ifndef LINX_FALCO_API_H
#define LINX_FALCO_API_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Version of the API that the plugin requires: a host loads the plugin if its API has the same major version, and
 * this minor version or a later one. Hosts with earlier versions do not set the member log of falco_init_input.
 */
#define FALCO_API_VERSION "3.6.0"

enum falco_rc {
	FALCO_OK = 0,
	FALCO_FAILURE = 1,
	FALCO_TIMEOUT = -1, /* no event came in the time for a batch */
	FALCO_EOF = 2,
	FALCO_NOT_SUPPORTED = 3,
};

enum falco_schema { FALCO_SCHEMA_NONE = 0, FALCO_SCHEMA_JSON = 1 };

/* Types of fields. */
enum falco_type { FALCO_UINT64 = 8, FALCO_STRING = 9, FALCO_RELTIME = 20 };

/* Severities of messages to the host's log. */
enum falco_severity {
	FALCO_LOG_FATAL = 1,
	FALCO_LOG_ERROR = 3,
	FALCO_LOG_WARNING = 4,
	FALCO_LOG_INFO = 6,
	FALCO_LOG_DEBUG = 7,
};

/* Head of an event. The lengths of the nparams parameters follow, 32 bits each, and then the parameters. */
struct falco_event {
	uint64_t ts; /* time in ns since 1970 */
	uint64_t tid; /* thread id; UINT64_MAX: none */
	uint32_t len; /* length of the event, including this head */
	uint16_t type;
	uint32_t nparams;
} __attribute__((packed));

#define FALCO_EVENT_PLUGIN 322 /* PPME_PLUGINEVENT_E; its parameters are the id of the plugin and the data */

struct falco_event_input {
	const struct falco_event *evt;
	uint64_t number;
	const char *source;
};

/* A request for the value of a field, and the value. */
struct falco_field {
	union {
		const char **str;
		uint64_t *u64;
	} res;
	uint64_t res_len; /* number of values at res; 0: the event has no value for this field */
	uint32_t id; /* index of the field in the list of plugin_get_fields() */
	const char *name;
	const char *arg_key; /* argument of the field as text; NULL: none */
	uint64_t arg_index;
	uint32_t arg_present;
	uint32_t type;
	uint32_t list;
};

struct falco_init_input {
	const char *config;
	void *owner;
	const char *(*get_owner_last_error)(void *owner);
	const void *tables;
	void (*log)(void *owner, const char *component, const char *msg, uint32_t severity);
};

struct falco_extract_input {
	void *owner;
	const char *(*get_owner_last_error)(void *owner);
	uint32_t nfields;
	struct falco_field *fields;
	/* the host's struct has further members, which this plugin does not use */
};

#define FALCO_EXPORT __attribute__((visibility("default")))

struct plugin; /* a state of the plugin, from plugin_init() */
struct instance; /* an open event source, from plugin_open() */

FALCO_EXPORT const char *plugin_get_required_api_version(void);
FALCO_EXPORT const char *plugin_get_name(void);
FALCO_EXPORT const char *plugin_get_description(void);
FALCO_EXPORT const char *plugin_get_contact(void);
FALCO_EXPORT const char *plugin_get_version(void);
FALCO_EXPORT const char *plugin_get_init_schema(uint32_t *type);
FALCO_EXPORT struct plugin *plugin_init(const struct falco_init_input *in, int32_t *rc);
FALCO_EXPORT void plugin_destroy(struct plugin *p);
FALCO_EXPORT const char *plugin_get_last_error(struct plugin *p);

FALCO_EXPORT uint32_t plugin_get_id(void);
FALCO_EXPORT const char *plugin_get_event_source(void);
FALCO_EXPORT struct instance *plugin_open(struct plugin *p, const char *params, int32_t *rc);
FALCO_EXPORT void plugin_close(struct plugin *p, struct instance *h);
FALCO_EXPORT int32_t plugin_next_batch(struct plugin *p, struct instance *h, uint32_t *n, struct falco_event ***events);
FALCO_EXPORT const char *plugin_get_progress(struct plugin *p, struct instance *h, uint32_t *hundredths);
FALCO_EXPORT const char *plugin_event_to_string(struct plugin *p, const struct falco_event_input *in);

FALCO_EXPORT const char *plugin_get_fields(void);
FALCO_EXPORT int32_t plugin_extract_fields(struct plugin *p, const struct falco_event_input *in,
					   const struct falco_extract_input *ex);

#endif
