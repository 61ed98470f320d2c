#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Filters by result and duration, with exact counts.
# quick
# arches: arm64
exec /job/prog/dev_result
