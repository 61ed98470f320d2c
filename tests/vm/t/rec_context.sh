#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# The context of a task is recorded before its first call, and after each change.
# quick
# arches: arm64
exec /job/prog/rec_context
