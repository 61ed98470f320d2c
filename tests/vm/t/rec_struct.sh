#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Structures and what they point to, well made and hostile.
# quick
# arches: arm64
exec /job/prog/rec_struct
