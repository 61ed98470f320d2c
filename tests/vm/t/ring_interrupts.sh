#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# A hundred thousand records a second come in interrupts, on top of those of calls: none is lost, and all sums are exact.
# full
# with: hits
# timeout: 200
exec /job/prog/ring_interrupts /job/hits.ko
