#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Probes on functions, returns and tracepoints: each hit of what a program does, with its arguments, and its counts.
# quick
# with: probed
# timeout: 120
exec /job/prog/probe_basic /job/probed.ko
