#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Structures and the memory that they point to, valid or hostile, are captured as the program has them.
# quick
# arches: arm64
exec /job/prog/rec_struct
