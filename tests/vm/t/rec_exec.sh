#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Records of an exec.
# quick
# arches: arm64
exec /job/prog/rec_exec
