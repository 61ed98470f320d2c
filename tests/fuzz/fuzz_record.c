// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Fuzzes the content of a ring or a capture file, through the event assembler and every printer. The first byte selects
 * options, and the rest is records, one after the other; a record that is too long takes the rest. A record with the
 * ABI NO_ABI, which no machine has, is an item of a snapshot (the list of tasks and open files that exist at the
 * start).
 */
#include <cjson/cJSON.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "libuser/decoders/bind.h"
#include "libuser/event/assembler.h"
#include "libuser/event/event.h"
#include "kmod/shared/ring_proto.h"

/* A table of calls in which types are combined with kinds of captures that do not suit them. */
static const char odd_table[] =
	"linx-table 1\n"
	"row a (ENTRY) a:path:INOUT_FIX(4) b:argv:OUT_BUF c:sockaddr:INOUT_FIX(16) d:envp:IN_BUF(1) e:wstatus:STR "
	"f:fd_pair:STRV\n"
	"row b (FORK) a:clone_flags:V b:int_ptr:OUT_FIX(4) c:sigset:INOUT_FIX(8) d:sockaddr_len:INOUT_FIX(4) "
	"e:sockopt:IN_BUF(3) f:nothing:OUT_FIX(1)\n"
	"row c (EXEC | ENTRY) a:path:STR b:argv:STRV c:envp:STRV d:dirfd:V e:loff_hi:V f:loff_lo:V\n"
	"row futex (SIGRETURN) a:sock_optname:V\n"
	"row d (NORETURN) a:qcmd:V b:ioprio:V c:key_serial:V d:dev:V e:file_mode:V f:fcntl_arg:V\n"
	"row e (0) a:bytes:OUT_BUF b:bytes:IN_BUF(2) c:size:V d:str:STR e:clockid:V f:sigmask:V\n"
	"nr x86_64 0 a a\nnr x86_64 1 b b\nnr x86_64 2 c c\nnr x86_64 3 d d\nnr x86_64 4 e e\nnr x86_64 5 f futex\n"
	"nr i386 0 a a\nnr i386 1 b b\nnr i386 2 c c\nnr i386 3 d d\nnr i386 4 e e\nnr i386 5 f futex\n";

struct run {
	struct linx_table *table;
	struct linx_assembler *a;
	struct linx_printer *printers[4];
	struct linx_condition *condition;
	bool colour;
	size_t in, out, events; /* total numbers: bytes of records, bytes of JSON, lines of JSON */
};

/*
 * Upper limits of the bytes in a JSON line besides values: for the task and the names of members, and for a list of
 * descriptors.
 */
#define LINE_MOST 6000u
#define FILES_MOST 3000u
/* Length of a line, up to which it is not compared with the memory that it shows (value/emit_mem.c). */
#define LINE_USUAL (16u << 10)
/*
 * Upper limit of the output bytes for one captured byte: a structure's member with its name and the name of its value.
 */
#define BYTE_MOST 200u

/* Checks that the output's length is bounded by the length of the records, whatever they contain. */
static void check_bound(const struct run *r)
{
	if (r->out > r->in * BYTE_MOST + r->events * (LINE_MOST + FILES_MOST + LINE_USUAL))
		abort();
}

/* Checks that no byte of a record can control a terminal. */
static void check_text(const char *text, size_t len, bool colour)
{
	for (size_t i = 0; i < len; i++)
		if ((uint8_t)text[i] < ' ' ? text[i] != '\n' && !(colour && text[i] == '\033') :
					     text[i] == 0x7f)
			abort();
}

static void check_json(const char *text, size_t len)
{
	const char *end;
	cJSON *json = len ? cJSON_ParseWithLengthOpts(text, len, &end, false) : NULL;

	if (len && (!cJSON_IsObject(json) || end != text + len - 1))
		abort();
	cJSON_Delete(json);
}

static void print_all(struct run *r, const struct linx_event *ev)
{
	const char *text;
	size_t len;

	for (unsigned int i = 0; i < 4; i++) {
		if (linx_print(r->printers[i], ev, &text, &len))
			abort();
		if (len && text[len - 1] != '\n')
			abort();
		check_text(text, len, r->colour && i == LINX_FORMAT_TEXT);
		if (i == LINX_FORMAT_JSON) {
			check_json(text, len);
			r->out += len;
			r->events += len > 0;
		}
		if (i == LINX_FORMAT_LINE && len && memchr(text, '\n', len) != text + len - 1)
			abort(); /* a line must contain no newline except the one at its end */
	}
	linx_condition_match(r->condition, ev);
}

/* A value of linx_rec.abi that no machine has. In the input it marks an item of a snapshot: a task or a file. */
#define NO_ABI 3

static volatile unsigned int sum;

static void look(const struct linx_event *ev)
{
	static const char *const paths[] = { "/etc", "/tmp/x" };
	static const int32_t fds[] = { 3, -100 };
	const struct linx_uses uses = { paths, 2, fds, 2 };
	struct linx_descriptor d;
	struct linx_value v;
	uint64_t n;

	for (unsigned int i = 0; i < 33; i++) {
		linx_event_get_value(ev, i, &v);
		if (!linx_event_get_raced_value(ev, i, &v) && v.size)
			sum += ((const uint8_t *)v.data)[0] + ((const uint8_t *)v.data)[v.size - 1];
		linx_event_get_arg(ev, i, &n);
	}
	linx_event_get_duration_ns(ev, &n);
	for (unsigned int i = 0; !linx_event_get_fd(ev, i, &d); i++)
		sum += (unsigned int)d.fd + (d.path_len ? d.path[d.path_len - 1] : 0) + (d.info_len ? d.info[d.info_len - 1] : 0);
	linx_event_uses(ev, &uses);
}

/* Feeds a copy of the data in memory of exactly its length, so that a sanitizer detects an access beyond it. */
static void feed(struct run *r, const uint8_t *data, size_t len)
{
	uint64_t *copy = malloc(len);
	struct linx_group g = { .rec = (const struct linx_rec *)copy, .len = len };
	const struct linx_event *ev;
	int ret;

	memcpy(copy, data, len);
	r->in += len;
	for (ret = linx_assembler_feed(r->a, &g, &ev); ret == 1;
	     ret = linx_assembler_more(r->a, &ev)) {
		look(ev);
		print_all(r, ev);
		check_bound(r);
	}
	if (ret < 0)
		abort();
	free(copy);
}

static void feed_item(struct run *r, const uint8_t *data, size_t len)
{
	uint8_t *copy = malloc(len);
	int ret;

	memcpy(copy, data, len);
	r->in += len;
	ret = linx_assembler_snapshot(r->a, copy, len);
	if (ret && ret != -EBADMSG)
		abort();
	free(copy);
}

static size_t record_len(uint8_t *data, size_t left)
{
	struct linx_rec *rec = (struct linx_rec *)data;

	if (left < sizeof(*rec))
		return 0;
	if (!linx_rec_fits(rec, left))
		rec->words = (left < LINX_REC_MAX ? left : LINX_REC_MAX) / 8 & 0x1fff;
	return LINX_REC_LEN(rec);
}

/* Returns the length of a record and the PIECE records that continue it. */
static size_t group_len(uint8_t *data, size_t left)
{
	size_t len = record_len(data, left), next;

	while (len && (next = record_len(data + len, left - len)) &&
	       ((struct linx_rec *)(data + len))->kind == LINX_REC_PIECE)
		len += next;
	return len;
}

/* Returns the table of calls, which is parsed only once. */
static struct linx_table *table(bool odd)
{
	static struct linx_table *tables[2];
	struct linx_error err;

	if (tables[0])
		return tables[odd];
	if (linx_table_new_builtin(&tables[0]) || linx_table_parse(odd_table, sizeof(odd_table) - 1, &tables[1], &err))
		abort();
	linx_table_bind(tables[1]);
	return tables[odd];
}

static const char condition[] =
	"linx.type = close or linx.res < -5 and linx.arg[0] > 3 or linx.arg[filename] glob '*[a-z]' or linx.cmdline contains x or "
	"linx.comm icontains Y or linx.fds = 3 or linx.flags = raced or linx.aname[3] startswith s or linx.fd.path endswith /z or "
	"linx.user = root and linx.duration > 1ms or not linx.errno in (ENOENT, 3) or linx.container exists";

/* Returns a condition, which is parsed only once, because parsing takes longer than most inputs. */
static struct linx_condition *the_condition(void)
{
	static struct linx_condition *parsed;

	if (!parsed && linx_condition_new(condition, &parsed, NULL))
		abort();
	return parsed;
}

#define TEMPLATE_FIELDS 40 /* number of fields in a template, each in five forms: a template can have 256 steps */
#define TEMPLATES 16 /* number of templates, enough for all fields */

/*
 * Returns a template of fields from a part of the table, each in every form that it has: "%linx.type %linx.user[key]
 * ...". Blanks separate only fields whose names begin with "linx.", so that a value may also end directly before
 * another.
 */
static const char *fields_from(unsigned int template)
{
	static const char *const arguments[] = { "", "[key]", "[value]", "[2]", "[buf]" };
	static char texts[TEMPLATES][8192];
	char *text = texts[template], one[64];
	struct linx_field_info info;
	unsigned int first = template * TEMPLATE_FIELDS;

	for (unsigned int i = first; !linx_get_field(i, &info) && i < first + TEMPLATE_FIELDS; i++)
		for (unsigned int k = 0; k < 5; k++) {
			snprintf(one, sizeof(one), "%%%s%s", info.name, arguments[k]);
			if (!linx_template_check(one, NULL))
				strcat(strcat(text, one), strncmp(info.name, "linx.", 5) ? "" : " ");
		}
	return text;
}

/* Returns the template that the byte "options" of the input selects; the same byte always selects the same template. */
static const char *template_of(uint8_t options)
{
	static const char *made[TEMPLATES];
	static unsigned int n;

	while (!n || (n < TEMPLATES && *made[n - 1])) {
		made[n] = fields_from(n);
		n++;
	}
	if (*made[n - 1])
		abort(); /* TEMPLATES is too small for all fields */
	return made[options % (n - 1)];
}

static void setup(struct run *r, uint8_t options)
{
	struct linx_line_opts line = {
		.size = sizeof(line), .template_text = template_of(options), .no_names = true,
		.max_text = options & 4 ? 300 : 0, .max_string = options & 8 ? 7 : 0,
	};
	struct linx_print_opts opts = {
		.size = sizeof(opts),
		.line = &line,
		.colour = options & 1,
		.verbose = options & 2,
		.durations = true,
		.tids = options & 4,
		.time_mode = options >> 3 & 3,
		.width = options & 32 ? 70 : 0,
		.files = options & 32,
		.files_limit = FILES_MOST,
		.string_limit = options & 2 ? 5 : 0,
		.fds = options & 16 ? LINX_SHOW_FD_ALL : options & 8 ? LINX_SHOW_FD_PATH : 0,
	};
	struct linx_select sel;
	struct linx_error err;

	r->table = table(options & 128);
	r->colour = opts.colour;
	if (linx_assembler_new(NULL, r->table, &r->a))
		abort();
	r->condition = the_condition();
	linx_assembler_entries(r->a, options & 64);
	linx_assembler_skip(r->a, 3);
	if (options == 0x55 && !linx_table_select(r->table, "rt_sigreturn,execve", &sel, &err))
		linx_assembler_select(r->a, &sel);
	for (unsigned int i = 0; i < 4; i++)
		if (linx_printer_new((enum linx_format)i, &opts, &r->printers[i]))
			abort();
}

static void finish(struct run *r)
{
	const struct linx_event *ev;

	while (linx_assembler_flush(r->a, &ev) == 1)
		print_all(r, ev);
	check_bound(r);
	for (unsigned int i = 0; i < 4; i++)
		linx_printer_free(r->printers[i]);
	linx_assembler_free(r->a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct run r = { 0 };
	uint8_t *copy;
	size_t len;

	if (!size || size > 1 << 20)
		return 0;
	copy = malloc(size);
	memcpy(copy, data + 1, size - 1);
	setup(&r, *data);
	for (size_t at = 0; (len = group_len(copy + at, size - 1 - at)); at += len)
		if (((struct linx_rec *)(copy + at))->abi == NO_ABI)
			feed_item(&r, copy + at, len);
		else
			feed(&r, copy + at, len);
	finish(&r);
	free(copy);
	return 0;
}
