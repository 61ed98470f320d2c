#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Random workloads count their own calls: every sum of a session is exact. The seed is printed.
# quick
# timeout: 120
# arches: arm64
# parallel
exec /job/prog/ring_account
