#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Each filter, with exact counts.
# quick
# arches: arm64
exec /job/prog/dev_filter
