#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# An intruder in the reader of a sealed session can narrow, read and stop the session, and nothing more.
# quick
# timeout: 90
# arches: arm64
exec /job/prog/dev_seal
