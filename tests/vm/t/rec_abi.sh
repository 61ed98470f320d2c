#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# The calls of a 64-bit and of a 32-bit program.
# quick
# arches: arm64
exec /job/prog/rec_abi
