#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Several sessions at the same time do not affect each other.
# timeout: 120
# arches: arm64
# parallel
exec /job/prog/ring_sessions
