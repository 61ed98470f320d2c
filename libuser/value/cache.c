// SPDX-License-Identifier: LGPL-2.1-or-later
/* Texts that are kept: see value/cache.h. */
#include "value/cache.h"

void linx_kept_who_set(struct linx_kept_who *kept, uint32_t tid, const char *comm, const char *text, size_t len)
{
	if (len > sizeof(kept->text))
		return;
	kept->tid = tid;
	kept->len = (uint32_t)len;
	memcpy(kept->comm, comm, sizeof(kept->comm));
	memcpy(kept->text, text, len);
}

void linx_kept_flags_set(struct linx_kept_flags *kept, const struct linx_flagset *set, uint64_t n, const char *how,
			 const char *text, size_t len)
{
	if (len > sizeof(kept->text))
		return;
	kept->set = set;
	kept->n = n;
	kept->len = (uint32_t)len;
	memcpy(kept->how, how, sizeof(kept->how));
	memcpy(kept->text, text, len);
}
