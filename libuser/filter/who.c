// SPDX-License-Identifier: LGPL-2.1-or-later
/* Fields' queries of the state of processes. */
#include "filter/who.h"

uint64_t linx_who_fds_version(const struct linx_event *ev)
{
	const struct linx_files *files = linx_event_borrow_files(ev);

	return files ? linx_files_get_generation(files) : 0;
}
