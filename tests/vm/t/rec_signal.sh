#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Signals are recorded, whether they are delivered or not, and whether a task or an interrupt sends them.
# quick
# arches: arm64
exec /job/prog/rec_signal
