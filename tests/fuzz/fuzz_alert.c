// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Fuzzes what linx-store does with an alert of another machine: the header before the first newline, and the alert after
 * it. An alert that counts as one becomes a log record, whatever its fields are.
 */
#include <stdlib.h>
#include <string.h>

#include "common/alert/otlp.c"
#include "common/base/json_pos.c"
#include "common/spool/spool_block.c"
#define text_of alert_text_of
#include "fleet/store/alert_message.c"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *end = size ? memchr(data, '\n', size) : NULL, *alert;
	struct alert_place place;
	char *head, *copy, *record;
	uint64_t lost;
	size_t len;

	if (!end)
		return 0;
	head = strndup((const char *)data, (size_t)(end - (const char *)data));
	if (alert_place_read(&place, "linx.alerts.web-1", head) && (!place.number || place.last < place.number))
		abort();
	free(head);
	/* memory of exactly that size, so that sanitizers detect accesses beyond it */
	alert = end + 1;
	len = size - (size_t)(alert - (const char *)data);
	copy = malloc(len + !len);
	memcpy(copy, alert, len);
	if (!alert_check("web-1", copy, len, &lost)) {
		record = otlp_from_alert(copy, len, 1);
		if (!record)
			abort();
		free(record);
	}
	otlp_is_refused(copy, len);
	free(copy);
	return 0;
}
