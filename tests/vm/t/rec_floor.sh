#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# After LINX_IOC_FLOOR has returned a time, no record with an older time becomes visible.
# timeout: 120
# arches: arm64
exec /job/prog/rec_floor
