// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Fuzzes events of the plugin as a host reads them from an untrusted capture: no byte beyond them is read, and
 * extracted values are valid texts and numbers. The first byte selects which parts of an event are correct.
 */
#include <stdlib.h>

#include "plugin/data.c"
#include "plugin/extract.c"
#include "plugin/fields.c"

static void check_text(const char *s)
{
	if (strlen(s) > 1 << 20)
		abort();
}

static void extract_all(struct answers *a, const struct data *d)
{
	static char name[] = "filename", place[] = "1", key[] = "key";
	/* greatest lengths of a line that are tried, as rich_value_size */
	static const size_t longest[] = { 0, 2, 3, 100, 65536 };
	static char *const keys[] = { NULL, name, place, key };
	struct falco_field f[4];
	const struct falco_field *wrong;

	for (uint32_t id = 0; field_at(id); id++) {
		for (unsigned int i = 0; i < 4; i++)
			f[i] = (struct falco_field){ .id = id, .arg_present = i > 0, .arg_key = keys[i], .arg_index = i };
		for (unsigned int i = 0; i < 4; i++) {
			if (extract_fields(a, d, &f[i], 1, &wrong))
				continue;
			for (uint64_t k = 0; k < f[i].res_len && field_at(id)->form != FORM_NUMBER; k++)
				check_text(f[i].res.str[k]);
		}
	}
	for (size_t i = 0; i < sizeof(longest) / sizeof(longest[0]); i++) {
		check_text(extract_line(a, d, longest[i]));
		if (d->kind == DATA_CALL && strlen(extract_line(a, d, longest[i])) > (longest[i] < 3 ? 3 : longest[i]))
			abort();
	}
}

/*
 * Corrects the headers of events so that they agree with the data that follow, because the code then reads these data.
 */
static void mend(uint8_t *bytes, size_t size, uint8_t how)
{
	struct falco_event *e = (void *)bytes;
	uint32_t lens[2] = { 4, 0 };
	const struct head head = { .version = DATA_VERSION, .kind = how & 4 ? DATA_LOSS : DATA_CALL,
				   .parts = how & 8 ? 2 : (uint16_t)field_all_parts() };
	size_t at = sizeof(*e) + sizeof(lens) + 4;

	if (how & 1 && size >= sizeof(*e)) {
		e->type = FALCO_EVENT_PLUGIN;
		e->nparams = 2;
		e->len = (uint32_t)size;
	}
	if (how & 2 && size > at + sizeof(head)) {
		lens[1] = (uint32_t)(size - at);
		memcpy(e + 1, lens, sizeof(lens));
		memcpy(bytes + at, &head, sizeof(head));
		bytes[size - 1] = 0;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct answers a = { 0 };
	uint8_t *bytes;
	struct data d;

	if (size < 1 + sizeof(struct falco_event))
		return 0;
	bytes = malloc(size - 1); /* a block of exactly this size, so that the sanitizer detects accesses beyond it */
	if (!bytes)
		abort();
	memcpy(bytes, data + 1, size - 1);
	mend(bytes, size - 1, data[0]);
	/* The host has already checked that an event is as long as its header says. */
	if (((struct falco_event *)bytes)->len <= size - 1 && extract_data(&d, (struct falco_event *)bytes))
		extract_all(&a, &d);
	answers_free(&a);
	free(bytes);
	return 0;
}
