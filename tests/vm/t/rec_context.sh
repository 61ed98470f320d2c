#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Who made a call, told in time.
# quick
# arches: arm64
exec /job/prog/rec_context
