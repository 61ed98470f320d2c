#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# A flight recorder whose halves are frozen while calls are made as fast as possible.
# quick
# timeout: 120
# arches: arm64
exec /job/prog/ring_recorder
