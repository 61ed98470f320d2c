#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# The kernel posts the results of several io_uring operations with long buffers in a row: their bytes count once towards
# the bound of a probe.
# kernels: 6.1 6.12 7.2 6.12-arm64
# arches: arm64
# quick
exec /job/prog/uring_long
