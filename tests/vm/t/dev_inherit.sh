#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# A session takes over the listed processes of another session while they fork.
# quick
# full
# timeout: 90
# arches: arm64
# parallel
exec /job/prog/dev_inherit
