#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# What a program can make a probe do with its CPU is bounded, for eight sessions together.
# full
# timeout: 240
exec /job/prog/rec_bound
