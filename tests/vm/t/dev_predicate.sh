#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Filter programs of a session, which are classic BPF: their decisions, and the refusal of hostile programs.
# full
# arches: arm64
exec /job/prog/dev_predicate
