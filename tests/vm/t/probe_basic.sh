#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Probes on functions, returns and tracepoints: each hit that a program causes is recorded with its arguments, and
# counted.
# quick
# with: probed
# with: namesake
# timeout: 120
exec /job/prog/probe_basic /job/probed.ko /job/namesake.ko
