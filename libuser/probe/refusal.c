// SPDX-License-Identifier: LGPL-2.1-or-later
/* Texts for refused probes: see probe/refusal.h. */
#include <errno.h>
#include <string.h>

#include "base/array_size.h"
#include "probe/refusal.h"

static const struct {
	int code;
	const char *why;
} reasons[] = {
	{ -ENOENT, "this kernel has no such symbol: inlined, renamed or absent, or a module's, which needs MODULE: in front" },
	{ -EADDRNOTAVAIL, "it cannot be probed: not traceable, or forbidden for probes" },
	{ -ERANGE, "the function ends before this offset" },
	{ -EILSEQ, "no instruction begins at this offset" },
	{ -EOPNOTSUPP, "this kernel has no probes of this kind" },
	{ -ENOSYS, "this version has no probes of this kind, or on places within functions" },
	{ -EACCES, "the kernel is locked down, which forbids reading its memory" },
	{ -EPERM, "no permission, or the session is sealed" },
	{ -ENOTUNIQ, "several functions have this name, and types and offsets are those of one of them: use $1 ... and casts, without offset" },
	{ -EINVAL, "the kernel refuses it" },
	{ -E2BIG, "too many probes, or too many at this function; or it reads too much" },
};

int linx_probe_refused(const char *spec, int code, struct linx_error *err)
{
	for (size_t i = 0; i < ARRAY_SIZE(reasons); i++)
		if (reasons[i].code == code)
			return linx_fail(err, code, "probe %s: %s", spec, reasons[i].why);
	return linx_fail(err, code, "probe %s: %s", spec, strerror(-code));
}
