#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# No older record becomes visible after FLOOR.
# timeout: 120
# arches: arm64
exec /job/prog/rec_floor
