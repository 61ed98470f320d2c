/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Socket addresses, taken apart. */
#ifndef LINX_SOCKADDR_H
#define LINX_SOCKADDR_H

#include "decoders.h"

struct linx_sockaddr {
	unsigned int family;
	const char *family_name; /* NULL: a number without a name */
	enum {
		LINX_SA_RAW,
		LINX_SA_NONE,
		LINX_SA_UNIX,
		LINX_SA_INET,
		LINX_SA_INET6,
		LINX_SA_NETLINK
	} shape;
	unsigned int port; /* INET, INET6 */
	char addr[48]; /* INET, INET6 */
	uint32_t flowinfo, scope; /* INET6 */
	uint32_t pid, groups; /* NETLINK */
	const char *
		path; /* UNIX: without the NUL of an abstract name; RAW: the bytes after the family */
	uint32_t path_len;
	bool abstract;
};
/* False: too short even for a family. */
bool linx_sockaddr_decode(const uint8_t *bytes, uint32_t size, struct linx_sockaddr *sa);

#endif
