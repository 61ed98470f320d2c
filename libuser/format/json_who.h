/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Writes parts of a JSON line: the task of the event (json_task.c), the open descriptors of its process
 * (json_files.c), more about a task (json_who.c) and its container (json_container.c).
 */
#ifndef LINX_JSON_WHO_H
#define LINX_JSON_WHO_H

#include "value/json.h"

struct linx_container_label;
struct linx_printer;
struct linx_event;
struct linx_task;

/*
 * Parts of the line of a system call, which rows have, too. linx_json_args() writes the object of the arguments, and
 * returns the states of the values in the object, as bits 1 << enum linx_state. linx_json_flags() writes the array of
 * an event's flags, among them such states. linx_json_ret() returns the number that is shown for the result, an
 * unsigned one if it is an address.
 */
unsigned int linx_json_args(struct linx_printer *p, const struct linx_event *ev);
void linx_json_flags(struct linx_strbuf *o, unsigned int states, unsigned int flags);
int64_t linx_json_ret(const struct linx_event *ev);
/* Counts the records that an event's line shows. The certificate's member "hidden" leaves out these records. */
void linx_json_count(struct linx_printer *p, const struct linx_event *ev);

/*
 * Writes the members from "pid" to "cmdline". whole: exe and command line are shown without a limit if the
 * event's record has them in full.
 */
void linx_json_task(struct linx_printer *p, const struct linx_event *ev, bool whole);

/* Writes the member "fds" if the options say so. linx_json_files_begin() returns 0 or -ENOMEM. */
void linx_json_files(struct linx_printer *p, const struct linx_event *ev);
int linx_json_files_begin(struct linx_printer *p);
void linx_json_files_end(struct linx_printer *p);

/* Appends a word to a JSON array of strings if set is true. o must not be empty. */
void linx_json_flag(struct linx_strbuf *o, bool set, const char *word);
/*
 * Writes members, each with a comma before it. Members that are not known are left out. linx_json_task_info() writes
 * what is known of a task, linx_json_usage() its resource usage.
 */
void linx_json_task_info(struct linx_strbuf *o, const struct linx_task *t);
/*
 * Writes ,"container_info":{...} if the event's process is in a container: what is known of the container, or
 * why nothing is known.
 */
void linx_json_container(struct linx_strbuf *o, const struct linx_event *ev);
/* Writes the members of an object of labels, and its end. The caller has written its beginning. */
void linx_json_labels(struct linx_strbuf *o, const struct linx_container_label *labels, unsigned int n);
void linx_json_usage(struct linx_strbuf *o, const struct linx_value *v);

#endif
