// SPDX-License-Identifier: GPL-2.0-only
/* The second function with the name linx_twin. */
#include <linux/kernel.h>
#include <linux/module.h>
#include "probed.h"

static int twin_sum;

static noinline int linx_twin(int x)
{
	barrier();
	twin_sum -= x;
	return twin_sum;
}

void probed_call_twin(int x)
{
	WRITE_ONCE(twin_sum, linx_twin(x));
}
