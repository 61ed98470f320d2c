#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Flight recorder: the halves of its rings, which are frozen while calls are made as fast as possible, stay unchanged
# and whole.
# quick
# timeout: 120
# arches: arm64
# parallel
exec /job/prog/ring_recorder
