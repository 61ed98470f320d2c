// SPDX-License-Identifier: LGPL-2.1-or-later
/* Names of the causes of lost records, and of kinds of interference. */
#include <linx/linx.h>

LINX_API const char *linx_lost_name(unsigned int cause)
{
	static const char *const names[LINX_LOST_NR] = {
		[LINX_LOST_FULL] = "full",
		[LINX_LOST_NESTED] = "nested",
		[LINX_LOST_TOO_BIG] = "too-big",
		[LINX_LOST_NO_RING] = "no-ring",
		[LINX_LOST_THROTTLE_CAP] = "throttle-cap",
		[LINX_LOST_BUDGET] = "budget",
	};

	return cause < LINX_LOST_NR ? names[cause] : NULL;
}

LINX_API const char *linx_tamper_name(unsigned int what)
{
	static const char *const names[] = {
		[LINX_TAMPER_MISSED] = "missed",
		[LINX_TAMPER_UNLOAD] = "unload",
		[LINX_TAMPER_TRACED] = "traced",
		[LINX_TAMPER_TAKEN] = "taken",
		[LINX_TAMPER_OPENED] = "opened",
		[LINX_TAMPER_ESCAPED] = "escaped",
	};

	return what < sizeof(names) / sizeof(names[0]) ? names[what] : NULL;
}
