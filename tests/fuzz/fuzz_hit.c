// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Fuzzes what a stream has about probes: a list of prototypes, and a record of a hit, which need not fit the list. The
 * first two bytes are the length of the list; the rest is the record. A list that is accepted is written and read again
 * as it was; an event is printed as text without control characters, and as one JSON object.
 */
#include <cjson/cJSON.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "libuser/event/assembler.h"
#include "libuser/format/printer.h"
#include "libuser/probe/hit.h"
#include "kmod/shared/ring_proto.h"

static void check_again(const struct linx_protos *all)
{
	struct linx_protos again = { 0 };
	struct linx_strbuf first = { 0 }, second = { 0 };

	linx_protos_put(all, &first);
	if (linx_protos_parse(&again, first.data, first.len, NULL))
		abort();
	linx_protos_put(&again, &second);
	if (again.n != all->n || second.len != first.len || memcmp(first.data, second.data, first.len))
		abort();
	linx_protos_free(&again);
	free(first.data);
	free(second.data);
}

static void check_line(const char *text, size_t len, bool is_json)
{
	const char *end;
	cJSON *json;

	for (size_t i = 0; i + 1 < len; i++)
		if ((unsigned char)text[i] < ' ' || text[i] == 0x7f)
			abort();
	if (!is_json || !len)
		return;
	json = cJSON_ParseWithLengthOpts(text, len, &end, false);
	if (!cJSON_IsObject(json) || end != text + len - 1)
		abort();
	cJSON_Delete(json);
}

static void print(const struct linx_event *ev)
{
	static const enum linx_format formats[] = { LINX_FORMAT_TEXT, LINX_FORMAT_JSON, LINX_FORMAT_LINE };
	struct linx_probe_arg a;
	const char *text;
	size_t len;

	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
		struct linx_printer *p;

		if (linx_printer_new(formats[i], NULL, &p) || linx_print(p, ev, &text, &len))
			abort();
		check_line(text, len, formats[i] == LINX_FORMAT_JSON);
		linx_printer_free(p);
	}
	for (unsigned int i = 0; !linx_event_get_hit_arg(ev, i, &a); i++)
		if (a.state < LINX_WHOLE || a.state > LINX_ABSENT || (a.form < LINX_AS_STR && a.state != LINX_WHOLE && a.number))
			abort();
}

static void feed(const struct linx_protos *protos, const uint8_t *data, size_t size)
{
	static struct linx_table *table;
	struct linx_assembler *a;
	struct linx_group g = { 0 };
	const struct linx_event *ev;
	struct linx_rec *rec;

	if (size < sizeof(*rec) || (!table && linx_table_new_builtin(&table)))
		return;
	size = size / 8 * 8 < LINX_REC_MAX ? size / 8 * 8 : LINX_REC_MAX - 8;
	rec = malloc(size);
	memcpy(rec, data, size);
	rec->kind = LINX_REC_PROBE;
	rec->words = size / 8 & 0x1fff;
	rec->flags = 0;
	g.rec = rec;
	g.len = size;
	if (linx_assembler_new(NULL, table, &a))
		abort();
	linx_assembler_protos(a, protos);
	if (linx_assembler_feed(a, &g, &ev) == 1)
		print(ev);
	linx_assembler_free(a);
	free(rec);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct linx_protos protos = { 0 };
	struct linx_error err = { "" };
	size_t len;
	char *text;
	int ret;

	if (size < 2)
		return 0;
	len = (size_t)(data[0] | data[1] << 8);
	data += 2;
	size -= 2;
	len = len < size ? len : size;
	text = malloc(len + 1);
	memcpy(text, data, len);
	ret = linx_protos_parse(&protos, text, len, &err);
	if (ret && (ret != -EINVAL || !err.text[0] || strchr(err.text, '\n')))
		abort();
	if (!ret)
		check_again(&protos);
	feed(&protos, data + len, size - len);
	linx_protos_free(&protos);
	free(text);
	return 0;
}
