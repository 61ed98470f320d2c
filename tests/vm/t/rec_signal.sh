#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Signals, delivered or not, from tasks and interrupts.
# quick
# arches: arm64
exec /job/prog/rec_signal
