#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# When a sleeping reader is woken, and when not.
# full
# timeout: 120
# arches: arm64
exec /job/prog/ring_wake
