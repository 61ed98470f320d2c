#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Random workloads, counted by those who make them: every sum is exact. The seed is printed.
# quick
# timeout: 120
# arches: arm64
exec /job/prog/ring_account
