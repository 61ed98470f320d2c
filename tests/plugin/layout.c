// SPDX-License-Identifier: LGPL-2.1-or-later
/* Compares the declarations of plugin/falco_api.h with Falco's own headers. It only has to compile. */
#include <stddef.h>

#include <falcosecurity/plugin/plugin_api.h>

#include "plugin/falco_api.h"

#define SAME(what) _Static_assert(what, #what)
#define SIZE(a, b) SAME(sizeof(a) == sizeof(b))
#define PLACE(a, am, b, bm) \
	SAME(offsetof(a, am) == offsetof(b, bm)); \
	SAME(sizeof(((a *)0)->am) == sizeof(((b *)0)->bm))
#define VALUE(a, b) SAME((int)(a) == (int)(b))

SAME(PLUGIN_API_VERSION_MAJOR == 3 && PLUGIN_API_VERSION_MINOR >= 6);

VALUE(FALCO_OK, SS_PLUGIN_SUCCESS);
VALUE(FALCO_FAILURE, SS_PLUGIN_FAILURE);
VALUE(FALCO_TIMEOUT, SS_PLUGIN_TIMEOUT);
VALUE(FALCO_EOF, SS_PLUGIN_EOF);
VALUE(FALCO_SCHEMA_NONE, SS_PLUGIN_SCHEMA_NONE);
VALUE(FALCO_SCHEMA_JSON, SS_PLUGIN_SCHEMA_JSON);
VALUE(FALCO_NOT_SUPPORTED, SS_PLUGIN_NOT_SUPPORTED);
VALUE(FALCO_UINT64, FTYPE_UINT64);
VALUE(FALCO_STRING, FTYPE_STRING);
VALUE(FALCO_RELTIME, FTYPE_RELTIME);
VALUE(FALCO_LOG_FATAL, SS_PLUGIN_LOG_SEV_FATAL);
VALUE(FALCO_LOG_ERROR, SS_PLUGIN_LOG_SEV_ERROR);
VALUE(FALCO_LOG_WARNING, SS_PLUGIN_LOG_SEV_WARNING);
VALUE(FALCO_LOG_INFO, SS_PLUGIN_LOG_SEV_INFO);
VALUE(FALCO_LOG_DEBUG, SS_PLUGIN_LOG_SEV_DEBUG);

SIZE(struct falco_event, ss_plugin_event);
PLACE(struct falco_event, ts, ss_plugin_event, ts);
PLACE(struct falco_event, tid, ss_plugin_event, tid);
PLACE(struct falco_event, len, ss_plugin_event, len);
PLACE(struct falco_event, type, ss_plugin_event, type);
PLACE(struct falco_event, nparams, ss_plugin_event, nparams);
SAME(sizeof(struct falco_event) + 3 * sizeof(uint32_t) == PLUGIN_EVENT_PAYLOAD_OFFSET);

SIZE(struct falco_event_input, ss_plugin_event_input);
PLACE(struct falco_event_input, evt, ss_plugin_event_input, evt);
PLACE(struct falco_event_input, number, ss_plugin_event_input, evtnum);
PLACE(struct falco_event_input, source, ss_plugin_event_input, evtsrc);

SIZE(struct falco_field, ss_plugin_extract_field);
PLACE(struct falco_field, res, ss_plugin_extract_field, res);
PLACE(struct falco_field, res_len, ss_plugin_extract_field, res_len);
PLACE(struct falco_field, id, ss_plugin_extract_field, field_id);
PLACE(struct falco_field, name, ss_plugin_extract_field, field);
PLACE(struct falco_field, arg_key, ss_plugin_extract_field, arg_key);
PLACE(struct falco_field, arg_index, ss_plugin_extract_field, arg_index);
PLACE(struct falco_field, arg_present, ss_plugin_extract_field, arg_present);
PLACE(struct falco_field, type, ss_plugin_extract_field, ftype);
PLACE(struct falco_field, list, ss_plugin_extract_field, flist);

PLACE(struct falco_extract_input, owner, ss_plugin_field_extract_input, owner);
PLACE(struct falco_extract_input, get_owner_last_error, ss_plugin_field_extract_input, get_owner_last_error);
PLACE(struct falco_extract_input, nfields, ss_plugin_field_extract_input, num_fields);
PLACE(struct falco_extract_input, fields, ss_plugin_field_extract_input, fields);

PLACE(struct falco_init_input, config, ss_plugin_init_input, config);
PLACE(struct falco_init_input, owner, ss_plugin_init_input, owner);
PLACE(struct falco_init_input, get_owner_last_error, ss_plugin_init_input, get_owner_last_error);
PLACE(struct falco_init_input, tables, ss_plugin_init_input, tables);
PLACE(struct falco_init_input, log, ss_plugin_init_input, log_fn);
