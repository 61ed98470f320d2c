#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# A 64-bit and a 32-bit program make the same calls, and each is recorded with its own numbers.
# quick
# arches: arm64
exec /job/prog/rec_abi
