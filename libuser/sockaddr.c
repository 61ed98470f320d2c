// SPDX-License-Identifier: LGPL-2.1-or-later
/* Socket addresses, by their family. What is too short for it is shown as bytes. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <linux/netlink.h>

#include "value.h"

static void raw(struct linx_sockaddr *sa, const uint8_t *bytes, uint32_t size)
{
	sa->shape = size > 2 ? LINX_SA_RAW : LINX_SA_NONE;
	sa->path = (const char *)bytes + 2;
	sa->path_len = size - 2;
}

/* A name in the file system ends at its NUL; an abstract one is as long as it was said to be. */
static void unix_name(struct linx_sockaddr *sa, const uint8_t *bytes, uint32_t size)
{
	const char *path = (const char *)bytes + 2;
	uint32_t len = size - 2;

	if (!len)
		return;
	sa->shape = LINX_SA_UNIX;
	sa->abstract = !*path && len > 1;
	sa->path = path + sa->abstract;
	sa->path_len = sa->abstract ? len - 1 : (uint32_t)strnlen(path, len);
}

static void inet(struct linx_sockaddr *sa, const uint8_t *bytes, uint32_t size)
{
	struct sockaddr_in in;

	if (size < sizeof(in)) {
		raw(sa, bytes, size);
		return;
	}
	memcpy(&in, bytes, sizeof(in));
	sa->shape = LINX_SA_INET;
	sa->port = ntohs(in.sin_port);
	inet_ntop(AF_INET, &in.sin_addr, sa->addr, sizeof(sa->addr));
}

static void inet6(struct linx_sockaddr *sa, const uint8_t *bytes, uint32_t size)
{
	struct sockaddr_in6 in;

	if (size < offsetof(struct sockaddr_in6, sin6_scope_id)) {
		raw(sa, bytes, size);
		return;
	}
	memset(&in, 0, sizeof(in)); /* the oldest layout has no scope */
	memcpy(&in, bytes, size < sizeof(in) ? size : sizeof(in));
	sa->shape = LINX_SA_INET6;
	sa->port = ntohs(in.sin6_port);
	sa->flowinfo = ntohl(in.sin6_flowinfo);
	sa->scope = in.sin6_scope_id;
	inet_ntop(AF_INET6, &in.sin6_addr, sa->addr, sizeof(sa->addr));
}

static void netlink(struct linx_sockaddr *sa, const uint8_t *bytes, uint32_t size)
{
	struct sockaddr_nl nl;

	if (size < sizeof(nl)) {
		raw(sa, bytes, size);
		return;
	}
	memcpy(&nl, bytes, sizeof(nl));
	sa->shape = LINX_SA_NETLINK;
	sa->pid = nl.nl_pid;
	sa->groups = nl.nl_groups;
}

static const char *family_name(unsigned int family)
{
	const struct linx_flagset *set = linx_flagset_find("addrfam");
	const struct linx_flag *flag = set ? linx_const_find(set, family, UINT32_MAX) : NULL;

	return flag ? flag->name : NULL;
}

bool linx_sockaddr_decode(const struct linx_value *v, struct linx_sockaddr *sa)
{
	const uint8_t *bytes = v->data;
	uint16_t family;

	memset(sa, 0, sizeof(*sa));
	if (v->size < sizeof(family))
		return false;
	memcpy(&family, bytes, sizeof(family));
	sa->family = family;
	sa->family_name = family_name(family);
	sa->shape = LINX_SA_NONE;
	switch (family) {
	case AF_UNIX:
		unix_name(sa, bytes, v->size);
		break;
	case AF_INET:
		inet(sa, bytes, v->size);
		break;
	case AF_INET6:
		inet6(sa, bytes, v->size);
		break;
	case AF_NETLINK:
		netlink(sa, bytes, v->size);
		break;
	default:
		raw(sa, bytes, v->size);
	}
	return true;
}
