// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Storms of refusals on more programs than there are CPUs, with and without other load, with a reader and without one,
 * in large rings and in small ones. No open passes, and each refusal is counted and is a record or counted as lost.
 * Built for the 64-bit ABI only (native only; x86 only).
 */
#include "deny_storm.h"

#define SECRET "/tmp/deny_storm"

static struct dev d;
static struct deny b;

static void storm(const char *name, uint64_t ring_size, uint32_t load, bool read)
{
	struct deny_storm s = { .path = SECRET, .programs = 3, .each = 20000, .load = load, .read = read };

	deny_session(&d, ring_size);
	deny_rule(&b, LINX_DENY_FILE_OPEN, LINX_DENY_ENFORCE, LINX_DENY_ERRNO, EPERM);
	deny_file(&b, LINX_DENY_PLACED, SECRET);
	deny_must_load(&d, &b);
	deny_storm(&d, &s);
	is(s.refused, 60000, "%s: each open is refused", name);
	is(s.counted, s.refused, "%s: each is counted", name);
	is(s.others, 0, "%s: no other record", name);
	is(s.records + s.lost, s.refused, "%s: each is a record or lost", name);
	ok(s.records && (read || s.lost), "%s: %llu records, %llu lost", name, (unsigned long long)s.records, (unsigned long long)s.lost);
	printf("# %s: %.0f refusals a second\n", name, deny_storm_rate(&s));
	dev_close(&d);
}

int main(void)
{
	close(open(SECRET, O_CREAT | O_CLOEXEC, 0644));
	deny_enforce("1");
	storm("alone", 1 << 22, 0, true);
	storm("load", 1 << 22, 3, true);
	storm("small rings", 1 << 16, 3, true);
	storm("no reader", 1 << 16, 3, false);
	return tap_end();
}
