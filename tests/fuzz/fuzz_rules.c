// SPDX-License-Identifier: LGPL-2.1-or-later
/* Fuzzes rule files. If a file is refused, there is a reason; if it is accepted, its rules can be explained. */
#include <linx/rules.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct linx_rules_problem p;
	struct linx_rule_plan plan;
	struct linx_rule_info info;
	struct linx_rules *r;

	if (linx_rules_new(&r))
		abort();
	linx_rules_load_text(r, "fuzz", (const char *)data, size);
	if (linx_rules_compile(r, LINX_PRIORITY_DEBUG) && linx_rules_get_problem(r, 0, &p))
		abort();
	for (unsigned int i = 0; !linx_rules_get_problem(r, i, &p); i++)
		if (!p.text || !p.text[0] || !p.code)
			abort();
	for (unsigned int i = 0; i < 4 && !linx_rules_get(r, i, &info); i++)
		linx_rules_explain(r, i, &plan);
	linx_rules_free(r);
	return 0;
}
