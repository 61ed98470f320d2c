#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Sampling and budget, by which a session leaves out a part of the calls: exact counts.
# quick
# arches: arm64
exec /job/prog/dev_rate
