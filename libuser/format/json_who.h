/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Parts of lines of JSON: who made the event (json_task.c), what its process has open (json_files.c), and more of a task (json_who.c). */
#ifndef LINX_JSON_WHO_H
#define LINX_JSON_WHO_H

#include "value/json.h"

struct linx_printer;
struct linx_event;
struct linx_task;

/* Writes pid to cmdline. whole: exe and command line are shown whole if the record itself has them. */
void linx_json_task(struct linx_printer *p, const struct linx_event *ev, bool whole);

/* Writes "fds", if the options want it. linx_json_files_begin() returns 0 or -ENOMEM. */
void linx_json_files(struct linx_printer *p, const struct linx_event *ev);
int linx_json_files_begin(struct linx_printer *p);
void linx_json_files_end(struct linx_printer *p);

/* Writes a word of an open list, if it is set; o must have memory. */
void linx_json_flag(struct linx_strbuf *o, bool set, const char *word);
/* Writes members, each with a comma before it; an unknown one is left out. */
void linx_json_task_info(struct linx_strbuf *o, const struct linx_task *t);
/*
 * Writes ,"container_info":{...}, if the event's process is in a container: its facts, or the reason why they
 * are unknown.
 */
void linx_json_container(struct linx_strbuf *o, const struct linx_event *ev);
void linx_json_usage(struct linx_strbuf *o, const struct linx_value *v);

#endif
