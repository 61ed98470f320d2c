#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Long buffers of an io_uring in a row count towards a probe's bound by their length, once.
# kernels: 6.1 6.12 7.2 6.12-arm64
# arches: arm64
# quick
exec /job/prog/uring_long
