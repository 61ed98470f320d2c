#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Random workloads, which count their own calls, on 8 CPUs: every sum of a session is exact.
# smp: 8
# full
# timeout: 150
# parallel
exec /job/prog/ring_account "$(date +%s)" 6
