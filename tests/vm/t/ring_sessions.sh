#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Sessions at the same time.
# timeout: 120
# arches: arm64
exec /job/prog/ring_sessions
