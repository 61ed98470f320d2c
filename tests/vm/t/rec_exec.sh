#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# The records of an exec have the whole argument vector and command line, the new context and the end.
# quick
# arches: arm64
exec /job/prog/rec_exec
