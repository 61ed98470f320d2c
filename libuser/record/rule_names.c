// SPDX-License-Identifier: LGPL-2.1-or-later
/* Names of rules and checks; see record/rule_names.h. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <linux/linx.h>

#include "base/array.h"
#include "base/array_size.h"
#include "record/rule_names.h"

int linx_rule_names_add(struct linx_rule_names *r, const char *name)
{
	if (r->n == LINX_RULE_NAMES_MAX || strlen(name) > LINX_RULE_NAME_MAX)
		return -E2BIG;
	if (linx_array_room((void **)&r->list, &r->cap, r->n, sizeof(*r->list)))
		return -ENOMEM;
	r->list[r->n] = strdup(name);
	if (!r->list[r->n])
		return -ENOMEM;
	r->n++;
	return 0;
}

void linx_rule_names_put(const struct linx_rule_names *r, uint32_t first, struct linx_strbuf *o)
{
	for (unsigned int i = 0; i < 8; i++)
		linx_strbuf_char(o, (char)(i < 4 ? first >> 8 * i : 0));
	for (uint32_t i = first; i < r->n; i++)
		linx_strbuf_mem(o, r->list[i], strlen(r->list[i]) + 1);
}

int linx_rule_names_parse(struct linx_rule_names *r, const uint8_t *data, size_t len)
{
	uint64_t number = 0;
	int ret = 0;

	if (len < 8 || (len > 8 && data[len - 1]))
		return -EBADMSG;
	for (unsigned int i = 0; i < 8; i++)
		number |= (uint64_t)data[i] << 8 * i;
	for (size_t at = 8; !ret && at < len; number++) {
		const char *name = (const char *)data + at;

		if (number > r->n)
			return -EBADMSG;
		if (number == r->n)
			ret = linx_rule_names_add(r, name);
		at += strlen(name) + 1;
	}
	return ret == -E2BIG ? -EBADMSG : ret;
}

void linx_rule_names_free(struct linx_rule_names *r)
{
	for (uint32_t i = 0; i < r->n; i++)
		free(r->list[i]);
	free(r->list);
	*r = (struct linx_rule_names){ 0 };
}

const char *linx_check_name(unsigned int check)
{
	static const char *const names[] = {
		[LINX_DENY_FILE_OPEN] = "file_open", [LINX_DENY_EXEC] = "exec",		 [LINX_DENY_CONNECT] = "connect",
		[LINX_DENY_BIND] = "bind",	     [LINX_DENY_SENDMSG] = "sendmsg",	 [LINX_DENY_TRUNCATE] = "truncate",
		[LINX_DENY_MMAP] = "mmap",	     [LINX_DENY_READ_FILE] = "read_file", [LINX_DENY_LOAD_DATA] = "load_data",
		[LINX_DENY_UNLINK] = "unlink",	     [LINX_DENY_RENAME] = "rename",	 [LINX_DENY_LINK] = "link",
		[LINX_DENY_SETATTR] = "setattr",     [LINX_DENY_CREATE] = "create",	 [LINX_DENY_KILL] = "kill",
		[LINX_DENY_PTRACE] = "ptrace",	     [LINX_DENY_BPF] = "bpf",		 [LINX_DENY_MOUNT] = "mount",
		[LINX_DENY_SOCKET] = "socket",	     [LINX_DENY_MPROTECT] = "mprotect",	 [LINX_DENY_UNIX] = "unix",
		[LINX_DENY_CALL] = "call",	     [LINX_DENY_GAIN] = "gain",
	};

	return check < ARRAY_SIZE(names) ? names[check] : NULL;
}
