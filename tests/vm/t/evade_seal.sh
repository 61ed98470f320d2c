#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Whoever takes over a reader that has dropped its rights can narrow, read and stop its session, and nothing more.
# quick
# timeout: 90
# arches: arm64
exec /job/prog/dev_seal
