// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Writes a capture to standard output: COUNT calls on two CPUs, alternately read and close, of which five are lost.
 * With the further argument "arm64" it is a capture of an arm64 machine, with "skipped" one with skipped events.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fake_engine.h"
#include "libuser/engine/header.h"

/* Changes the call numbers of read and close in the table of calls to those of arm64. */
static void of_arm64(struct linx_header *h)
{
	static const char numbers[] = "nr arm64 57 close close\nnr arm64 63 read read\n";

	strcpy(strstr(h->table, "\nnr ") + 1, numbers);
	h->table_len = strlen(h->table);
	h->table_hash = linx_table_hash(h->table, h->table_len);
	strcpy(h->machine, "aarch64");
}

static bool has(int argc, char **argv, const char *word)
{
	for (int i = 2; i < argc; i++)
		if (!strcmp(argv[i], word))
			return true;
	return false;
}

int main(int argc, char **argv)
{
	unsigned int n = argc > 1 ? (unsigned int)atoi(argv[1]) : 0;
	bool arm64 = has(argc, argv, "arm64");
	int read = arm64 ? 63 : 0, close = arm64 ? 57 : 3;
	struct fake *f = fake_new(2);
	uint8_t *data;
	size_t len;

	if (arm64)
		of_arm64(&f->header);

	for (unsigned int i = 0; i < n; i++) {
		if (i == n / 2)
			fake_lose(f, 0, 95 + i * 10, 5);
		fake_exit(f, i % 2, 100 + i * 10, i % 4 < 2 ? read : close, i % 3 ? 0 : -9);
	}
	if (has(argc, argv, "skipped"))
		f->skipped[0] = 2, f->skipped[1] = 40;
	f->floor = UINT64_MAX;
	data = record(f, 0, &len);
	return fwrite(data, 1, len, stdout) != len;
}
