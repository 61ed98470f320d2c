#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Anything at all submitted to io_uring: records stay whole, sums stay even. The seed is printed.
# timeout: 120
# arches: arm64
exec /job/prog/ring_uring
