#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# A hundred thousand records a second are written by interrupts, some while the record of a call is unfinished: none is
# lost, and all sums are exact.
# full
# with: hits
# timeout: 200
exec /job/prog/ring_interrupts /job/hits.ko
