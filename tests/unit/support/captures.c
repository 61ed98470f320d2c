// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "assembly.h"
#include "captures.h"

const struct linx_cap_block *block(const struct file *f, unsigned int i)
{
	return (const void *)(f->data + f->at[i]);
}

size_t block_len(const struct file *f, unsigned int i)
{
	return f->at[i + 1] - f->at[i];
}

struct file file_of(struct fake *fake)
{
	struct file f = { 0 };
	size_t at;

	f.data = record(fake, 0, &f.len);
	at = ((const struct linx_cap_head *)(const void *)f.data)->len;
	for (; at < f.len; at = f.at[f.n]) {
		assert_true(f.n + 1 < BLOCKS);
		f.at[f.n] = at;
		f.at[f.n + 1] = at + sizeof(struct linx_cap_block) + ((block(&f, f.n)->stored + 7ul) & ~7ul);
		f.n++;
	}
	return f;
}

struct file capture_with(int (*show)(struct fake *f))
{
	struct fake *fake = fake_new(CPUS);

	fake->on_wait = show;
	for (uint64_t t = 1; t <= EVENTS; t++)
		fake_exit(fake, t & 1, t * 10, 1, 0);
	return file_of(fake);
}

struct file capture(void)
{
	return capture_with(fake_show_three);
}

struct linx *open_input(const struct linx_input *in)
{
	struct linx_engine *e;
	struct linx *l;

	assert_int_equal(linx_engine_input_open(in, "mem", &e, NULL), 0);
	assert_int_equal(linx_source_open(e, &l, NULL), 0);
	return l;
}

struct outcome read_input(const struct linx_input *in, bool salvage)
{
	const struct linx_certificate *c;
	const struct linx_event *ev;
	struct outcome o = { 0 };
	struct linx *l = open_input(in);

	if (salvage)
		assert_int_equal(linx_salvage(l), 0);
	while ((o.end = linx_next(l, &ev, -1)) >= 0) {
		if (!o.end || linx_event_get_kind(ev) == LINX_EVENT_CERTIFICATE)
			continue;
		assert_true(linx_event_get_cpu(ev) < CPUS && linx_event_get_seq(ev) < EVENTS);
		o.seen[linx_event_get_cpu(ev)][linx_event_get_seq(ev)]++;
		o.events++;
	}
	snprintf(o.text, sizeof(o.text), "%s", linx_error_text(l));
	if (salvage)
		assert_int_equal(linx_get_damage(l, &o.damage), 0);
	assert_int_equal(linx_get_certificate(l, &c), 0);
	o.complete = c->complete;
	linx_close(l);
	return o;
}

bool is_data(const struct file *f, unsigned int i)
{
	return block(f, i)->type == LINX_CAP_DATA;
}
