// SPDX-License-Identifier: LGPL-2.1-or-later
/* Fuzzes falco.yaml: each text is either accepted or refused with an error of one line. */
#include <stdlib.h>
#include <string.h>

#include "common/alert/alert.c"
#include "common/base/json_u64.c"
#include "tools/rules/rule_files.c"
#include "common/base/message.c"
#include "common/base/parse_value.c"
#include "common/base/sanitize.c"
#include "common/base/suggest.c"
#include "tools/falco/falco_read.c"
#include "tools/falco/falco_additions.c"
#include "tools/falco/falco_config.c"

static void check_line(const char *text)
{
	if (!*text)
		abort();
	for (; *text; text++)
		if ((unsigned char)*text < ' ' || *text == 0x7f)
			abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct problem why = { "" };
	struct falco_config c;

	falco_config_init(&c);
	say_to(SAY_FATAL, -1); /* warnings would only fill the fuzzer's log */
	if (falco_config_read_text(&c, "fuzz", (const char *)data, size, &why))
		check_line(why.text);
	for (unsigned int i = 0; i < c.nrules; i++)
		check_line(c.rules[i]);
	for (unsigned int i = 0; i < c.nswitches; i++)
		check_line(c.switches[i].rule ? c.switches[i].rule : c.switches[i].tag);
	for (unsigned int i = 0; i < c.nstatics; i++)
		check_line(c.statics[i].name);
	for (unsigned int i = 0; i < c.nadditions; i++)
		check_line(c.additions[i].where);
	if (strlen(c.unused) >= sizeof(c.unused) || c.priority > ALERT_DEBUG || c.web.port > UINT16_MAX)
		abort();
	falco_config_free(&c);
	return 0;
}
