#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# A hundred random workloads, which count their own calls, on 4 CPUs: every sum of a session is exact.
# slow
# smp: 4
# timeout: 1500
exec /job/prog/ring_account "$(date +%s)" 100
