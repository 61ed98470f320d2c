#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Times of records while the kernel's clock runs faster or slower than the counter.
# timeout: 90
# arches: arm64
exec /job/prog/rec_clock
