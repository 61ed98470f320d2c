#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# A flood of cheap calls hides no exec, exit, connect or setuid.
# full
# timeout: 120
# arches: arm64
# parallel
exec /job/prog/ring_flood
