#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Programs of classic BPF: their decisions, and the refusal of hostile ones.
# full
# arches: arm64
exec /job/prog/dev_predicate
