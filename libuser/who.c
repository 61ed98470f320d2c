// SPDX-License-Identifier: LGPL-2.1-or-later
/* What fields ask of the state of processes. */
#include "who.h"

uint32_t linx_who_fds_version(const struct linx_event *ev)
{
	(void)ev;
	return 0;
}
