// SPDX-License-Identifier: LGPL-2.1-or-later
/* Writes a capture file to standard output: COUNT calls on two CPUs, read and close in turn, five lost. */
#include <stdio.h>
#include <stdlib.h>

#include "../unit/fake_engine.h"

int main(int argc, char **argv)
{
	unsigned int n = argc > 1 ? (unsigned int)atoi(argv[1]) : 0;
	struct fake *f = fake_new(2);
	uint8_t *data;
	size_t len;

	for (unsigned int i = 0; i < n; i++) {
		if (i == n / 2)
			fake_lose(f, 0, 95 + i * 10, 5);
		fake_exit(f, i % 2, 100 + i * 10, i % 4 < 2 ? 0 : 3, i % 3 ? 0 : -9);
	}
	f->floor = UINT64_MAX;
	data = record(f, 0, &len);
	return fwrite(data, 1, len, stdout) != len;
}
