#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Random operations of io_uring: records stay whole, and sums match. The seed is printed.
# timeout: 120
# arches: arm64
exec /job/prog/ring_uring
