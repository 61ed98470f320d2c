/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef LINX_KMOD_KEEP_LOADED_H
#define LINX_KMOD_KEEP_LOADED_H

#include <linux/module.h>
#include <linux/printk.h>

/* Keeps the module loaded for ever: a hook that cannot be removed calls into it. what: the hook, for the kernel's log. */
static inline void linx_keep_loaded(const char *what)
{
	__module_get(THIS_MODULE);
	pr_err_once("linx: %s: the module stays loaded\n", what);
}

#endif
