#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Random workloads, which count their own calls, on 1 CPU: every sum of a session is exact.
# smp: 1
# full
# timeout: 150
# arches: arm64
exec /job/prog/ring_account "$(date +%s)" 6
