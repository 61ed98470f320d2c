#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Sampling and budget, with exact counts.
# quick
exec /job/prog/dev_rate
