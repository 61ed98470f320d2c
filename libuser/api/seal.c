// SPDX-License-Identifier: LGPL-2.1-or-later
/* Seals a running source: see linx_seal() in <linx/linx.h>. */
#include <errno.h>

#include "api/source.h"

LINX_API int linx_seal(struct linx *l)
{
	int ret;

	if (!l->e->ops->seal)
		return linx_fail(&l->err, -EOPNOTSUPP, "engine %s: what it records cannot be sealed",
				 l->e->ops->header(l->e)->info.engine);
	ret = l->e->ops->seal(l->e);
	return ret < 0 ? linx_engine_failed(l, ret) : 0;
}
