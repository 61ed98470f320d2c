#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Overload in discard mode: everything is accounted for, context gets in.
# quick
# arches: arm64
exec /job/prog/ring_gap
