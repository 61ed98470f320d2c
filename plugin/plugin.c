// SPDX-License-Identifier: LGPL-2.1-or-later
/* The functions of the plugin API, which the host finds by their names. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/array_size.h"
#include "plugin/extract.h"
#include "plugin/instance.h"
#include "plugin/names.h"

struct plugin {
	char *init; /* init_config as text, or as the path of a file; NULL: defaults */
	struct config config; /* settings of init_config; while a source is open, also of its open_params */
	struct host_log log;
	unsigned int open; /* number of open sources */
	struct answers answers; /* memory of the values that extract_fields() returned */
	struct answers line; /* memory of the text that plugin_event_to_string() returned */
	struct problem why; /* error of the last function that failed */
};

const char *plugin_get_required_api_version(void)
{
	return FALCO_API_VERSION;
}

const char *plugin_get_name(void)
{
	return PLUGIN_NAME;
}

const char *plugin_get_description(void)
{
	return "System calls with all arguments, from linx's kernel module or a capture";
}

const char *plugin_get_contact(void)
{
	return "linx: see the package's home page";
}

const char *plugin_get_version(void)
{
	return LINX_VERSION;
}

uint32_t plugin_get_id(void)
{
	return PLUGIN_ID;
}

const char *plugin_get_event_source(void)
{
	return PLUGIN_SOURCE;
}

const char *plugin_get_fields(void)
{
	return field_list();
}

/* A boolean may also be a string, as in configurations of the older plugin. */
#define BOOL(name) "\"" name "\":{\"enum\":[true,false,\"true\",\"false\"]}"

const char *plugin_get_init_schema(uint32_t *type)
{
	*type = FALCO_SCHEMA_JSON;
	return "{\"$schema\":\"http://json-schema.org/draft-04/schema#\",\"type\":\"object\",\"additionalProperties\":false,"
	       "\"properties\":{"
	       "\"rich_value_size\":{\"type\":\"integer\",\"minimum\":0,\"maximum\":4294967295},"
	       "\"str_max_size\":{\"type\":\"integer\",\"minimum\":0,\"maximum\":4294967295}," BOOL("putfile") ","
	       "\"path\":{\"type\":\"string\",\"minLength\":1,\"maxLength\":4095},"
	       "\"mode\":{\"type\":\"string\",\"pattern\":\"^[0-7]+$\"},"
	       "\"group\":{\"type\":\"string\",\"minLength\":1,\"maxLength\":32},"
	       "\"format\":{\"enum\":[\"normal\",\"json\"]},"
	       "\"log_level\":{\"enum\":[\"DEBUG\",\"INFO\",\"WARNING\",\"ERROR\",\"FATAL\"]},"
	       "\"log_file\":{\"type\":\"string\",\"minLength\":1,\"maxLength\":4095}}}";
}

/* ---- states of the plugin ------------------------------------------------------------------ */

static bool is_blank(const char *text)
{
	return !text || !text[strspn(text, " \t\r\n")];
}

/* Replaces "--config" in a message, an option of linxcap, by the name of the text that the host passed. */
static void name_text(struct problem *why, const char *name)
{
	static const char option[] = "configuration: --config:";
	const char *at = strstr(why->text, option);
	struct problem old = *why;

	if (at)
		problem_set(why, "%.*s%s: %s", (int)(at - why->text), old.text, name, old.text + (at - why->text) + strlen(option));
}

/*
 * Adds the settings of a text, or of the file that it names, to c. A blank text adds nothing. -1: why has the
 * reason.
 */
static int read_config(struct config *c, const char *text, const char *name, const struct listener *warned, struct problem *why)
{
	int rc = is_blank(text) ? 0 : config_read(c, text + strspn(text, " \t\r\n"), warned, why);

	if (rc)
		name_text(why, name);
	return rc;
}

static int begin(struct plugin *p, const struct falco_init_input *in)
{
	if (!is_blank(in->config)) {
		p->init = strdup(in->config);
		if (!p->init)
			return problem_set(&p->why, "out of memory");
	}
	/* warnings cannot be logged before log_file is known: plugin_open() reads init_config again, and logs them */
	if (read_config(&p->config, p->init, "init_config", NULL, &p->why))
		return -1;
	return host_log_open(&p->log, in, p->config.log_file, (enum say_level)p->config.log_level, &p->why);
}

/*
 * Makes a state, also if init_config is wrong: then *rc is a failure, and the host reads the error from the state
 * before it destroys the state. NULL: no memory.
 */
struct plugin *plugin_init(const struct falco_init_input *in, int32_t *rc)
{
	struct plugin *p = calloc(1, sizeof(*p));

	*rc = FALCO_FAILURE;
	if (!p)
		return NULL;
	p->log.fd = -1;
	config_init(&p->config);
	if (!begin(p, in))
		*rc = FALCO_OK;
	return p;
}

void plugin_destroy(struct plugin *p)
{
	if (!p)
		return;
	host_log_close(&p->log);
	answers_free(&p->answers);
	answers_free(&p->line);
	config_free(&p->config);
	free(p->init);
	free(p);
}

const char *plugin_get_last_error(struct plugin *p)
{
	return p ? p->why.text : "out of memory";
}

/* ---- opening and closing a source ----------------------------------------------------------- */

/* Reads the settings for a source: init_config, and its open_params. -1: p->why has the reason. */
static int read_all(struct plugin *p, const char *params)
{
	config_free(&p->config);
	config_init(&p->config);
	if (read_config(&p->config, p->init, "init_config", &p->log.listener, &p->why))
		return -1;
	return read_config(&p->config, params, "open_params", &p->log.listener, &p->why);
}

struct instance *plugin_open(struct plugin *p, const char *params, int32_t *rc)
{
	struct instance *h = NULL;

	*rc = FALCO_FAILURE;
	p->why.text[0] = '\0';
	if (p->open)
		problem_set(&p->why, "a source is open: close it first");
	else if (!read_all(p, params))
		h = instance_open(&p->config, &p->log, &p->why);
	if (!h)
		return NULL;
	p->open++;
	*rc = FALCO_OK;
	return h;
}

void plugin_close(struct plugin *p, struct instance *h)
{
	if (!h)
		return;
	instance_close(h);
	p->open--;
}

int32_t plugin_next_batch(struct plugin *p, struct instance *h, uint32_t *n, struct falco_event ***events)
{
	return instance_next(h, n, events, &p->why);
}

const char *plugin_get_progress(struct plugin *p, struct instance *h, uint32_t *hundredths)
{
	(void)p;
	*hundredths = h ? instance_progress(h) : 0;
	return NULL;
}

/* ---- values of fields ------------------------------------------------------------------------ */

const char *plugin_event_to_string(struct plugin *p, const struct falco_event_input *in)
{
	struct data d;

	return extract_data(&d, in->evt) ? extract_line(&p->line, &d, p->config.rich_value_size) : NULL;
}

int32_t plugin_extract_fields(struct plugin *p, const struct falco_event_input *in, const struct falco_extract_input *ex)
{
	const struct falco_field *wrong;
	struct data d;
	int rc;

	for (uint32_t i = 0; i < ex->nfields; i++)
		ex->fields[i].res_len = 0;
	if (!extract_data(&d, in->evt))
		return FALCO_OK;
	rc = extract_fields(&p->answers, &d, ex->fields, ex->nfields, &wrong);
	if (!rc)
		return FALCO_OK;
	if (rc == -ENOMEM)
		problem_set(&p->why, "out of memory");
	else
		problem_set(&p->why, "wrong argument: %s: linxcap fields lists those that there are", wrong->name);
	return FALCO_FAILURE;
}
