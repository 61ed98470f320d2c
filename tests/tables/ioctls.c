// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Part of tests/tables/check. Prints the rows of kmod/tables/ioctls.def as constants of the sets in
 * libuser/table/flags/ that name the commands without a row: "item SET NAME NUMBER", and a further line for each ABI
 * with another number.
 */
#include <stdio.h>

#include "libuser/decoders/ioctl/ioctl.h"

static void print_item(const struct linx_ioctl *c, const char *set, unsigned int abi)
{
	uint32_t number = linx_ioctl_number(c, abi);

	if (abi == LINX_ABI_X86_64 || number != linx_ioctl_number(c, LINX_ABI_X86_64))
		printf("item %s %s %u\n", set, c->name, number);
}

int main(void)
{
	const struct linx_ioctl *c;

	for (unsigned int i = 0; (c = linx_ioctl_nth(i)); i++) {
		print_item(c, "ioctl_cmd", LINX_ABI_X86_64);
		print_item(c, "ioctl_cmd_i386", LINX_ABI_I386);
		print_item(c, "ioctl_cmd_x32", LINX_ABI_X32);
	}
	return 0;
}
