#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# What is recorded of an exec.
# quick
# arches: arm64
exec /job/prog/rec_exec
