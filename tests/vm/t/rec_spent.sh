#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Descriptors that a call has opened are recorded in each of eight sessions, however much of a probe's bound of work the
# first ones used.
# full
# timeout: 60
# arches: arm64
exec /job/prog/rec_spent
