#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Nothing older becomes visible after FLOOR.
# timeout: 120
# arches: arm64
exec /job/prog/rec_floor
