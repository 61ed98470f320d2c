#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Programs of classic BPF: what they decide, and the hostile ones that are refused.
# full
# arches: arm64
exec /job/prog/dev_predicate
