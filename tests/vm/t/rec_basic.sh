#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Known calls, and exactly their records.
# quick
# arches: arm64
exec /job/prog/rec_basic
