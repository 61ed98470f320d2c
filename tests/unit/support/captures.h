/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef LINX_TEST_CAPTURES_H
#define LINX_TEST_CAPTURES_H

/* A small capture of two CPUs, split into its blocks, and the results of reading arbitrary bytes as a capture. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "libuser/engine/capture_format.h"
#include "libuser/engine/engine.h"
#include "fake_engine.h"

#define EVENTS 24u
#define CPUS 2u
#define BLOCKS 100u

struct file {
	uint8_t *data;
	size_t len;
	size_t at[BLOCKS]; /* offset at which each block begins; the last element is the end of the last block */
	unsigned int n;
};

struct outcome {
	int end;
	unsigned int events, seen[CPUS][EVENTS];
	bool complete;
	char text[512];
	struct linx_damage damage;
};

const struct linx_cap_block *block(const struct file *f, unsigned int i);
size_t block_len(const struct file *f, unsigned int i);
bool is_data(const struct file *f, unsigned int i);
/* Returns the capture of fake, which it frees. The caller frees its data. */
struct file file_of(struct fake *fake);
/* Returns a capture of EVENTS calls, made visible by fake_show_three or another such function. */
struct file capture_with(int (*show)(struct fake *f));
struct file capture(void);
struct linx *open_input(const struct linx_input *in);
struct outcome read_input(const struct linx_input *in, bool salvage);

#endif
