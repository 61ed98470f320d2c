#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Sampling and budget, with exact counts.
# quick
# arches: arm64
exec /job/prog/dev_rate
