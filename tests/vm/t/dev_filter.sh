#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Each filter of a session: exact counts of recorded and of filtered calls.
# quick
# arches: arm64
exec /job/prog/dev_filter
