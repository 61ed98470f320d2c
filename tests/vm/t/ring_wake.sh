#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# The conditions under which a reader that sleeps on linx's device is woken, and those under which it is not.
# full
# parallel
# timeout: 120
# arches: arm64
exec /job/prog/ring_wake
