#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Known calls have exactly the expected records.
# quick
# arches: arm64
exec /job/prog/rec_basic
