/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* strace --namespace=new: numbers of namespaces that a call made its task, or a child, enter. */
#ifndef LINX_NAMESPACES_H
#define LINX_NAMESPACES_H

#include "value/emit.h"

/* Adds namespaces behind the result of a call that succeeded; nothing for other calls. */
void linx_put_new_namespaces(struct linx_put *p);

#endif
