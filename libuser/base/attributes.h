/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Attributes of functions. LINX_NOINLINE is for rare paths of functions that run for every event:
 * if they were inlined, the registers that they need would be saved and restored for each event.
 */
#ifndef LINX_ATTRIBUTES_H
#define LINX_ATTRIBUTES_H

#define LINX_NOINLINE __attribute__((noinline))

/* LINX_ALWAYS_INLINE is for functions of any size that run for nearly every event and are called from few places. */
#define LINX_ALWAYS_INLINE inline __attribute__((always_inline))

#endif
