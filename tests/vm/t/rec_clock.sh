#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Records have the right times (CLOCK_MONOTONIC) while the kernel's clock runs faster or slower than the hardware
# counter.
# full
# timeout: 90
# arches: arm64
exec /job/prog/rec_clock
