/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The part of Falco's plugin API, version 3, that this plugin implements: an event source and the extraction
 * of fields. The names of functions, the order of members and the numbers are the API's; tests/plugin/layout.c
 * compares them with the header of Debian's libfalcosecurity0-dev (falcosecurity/plugin/plugin_api.h).
 *
 * One thread at a time calls functions for a state of plugin_init(); different states may have different
 * threads. The plugin owns the texts that functions return.
 */
#ifndef LINX_FALCO_API_H
#define LINX_FALCO_API_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Required version of the API: a host of the same major and of this or a later minor version takes the plugin.
 * Earlier hosts do not pass the member log of falco_init_input.
 */
#define FALCO_API_VERSION "3.6.0"

enum falco_rc {
	FALCO_OK = 0,
	FALCO_FAILURE = 1,
	FALCO_TIMEOUT = -1, /* no event within the time of a batch */
	FALCO_EOF = 2,
	FALCO_NOT_SUPPORTED = 3,
};

enum falco_schema { FALCO_SCHEMA_NONE = 0, FALCO_SCHEMA_JSON = 1 };

/* Types of fields. */
enum falco_type { FALCO_UINT64 = 8, FALCO_STRING = 9, FALCO_RELTIME = 20 };

/* Severity of a message for the host's log. */
enum falco_severity {
	FALCO_LOG_FATAL = 1,
	FALCO_LOG_ERROR = 3,
	FALCO_LOG_WARNING = 4,
	FALCO_LOG_INFO = 6,
	FALCO_LOG_DEBUG = 7,
};

/* Head of an event; nparams lengths of 32 bits and then the parameters follow. */
struct falco_event {
	uint64_t ts; /* ns since 1970 */
	uint64_t tid; /* UINT64_MAX: no thread */
	uint32_t len; /* length of the event with its head */
	uint16_t type;
	uint32_t nparams;
} __attribute__((packed));

#define FALCO_EVENT_PLUGIN 322 /* PPME_PLUGINEVENT_E: id of the plugin, data */

struct falco_event_input {
	const struct falco_event *evt;
	uint64_t number;
	const char *source;
};

/* A requested field, and its answer. */
struct falco_field {
	union {
		const char **str;
		uint64_t *u64;
	} res;
	uint64_t res_len; /* values at res; 0: the event has none */
	uint32_t id; /* index in the list of plugin_get_fields() */
	const char *name;
	const char *arg_key; /* NULL: none */
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
	/* More members follow, which this plugin does not use. */
};

#define FALCO_EXPORT __attribute__((visibility("default")))

struct plugin; /* a state of the plugin */
struct instance; /* an open source */

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
