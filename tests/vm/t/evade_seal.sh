#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# A sealed session can be narrowed, read and stopped by an intruder in its reader, and nothing more.
# quick
# timeout: 90
# arches: arm64
exec /job/prog/dev_seal
