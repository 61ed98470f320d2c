/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Compiles the interface headers alone, as C++. */
#include "layout.h"
