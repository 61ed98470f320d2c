// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Prints each event as one line with a JSON object; docs/json.md is the schema. The text is written straight into the
 * printer's buffer. Names of calls and of constants never need escapes. The members about a task are the same in all
 * lines of the task, so their text is cached with the task.
 */
#include "base/dev_number.h"
#include "decoders/decoders.h"
#include "format/hit.h"
#include "format/refusal.h"
#include "format/http.h"
#include "format/json_who.h"
#include "format/printer.h"
#include "value/json.h"
#include "decoders/put_fd.h"
#include "event/resolved.h"
#include "event/uring.h"
#include "value/uring_text.h"

static void put_key_bool(struct linx_strbuf *o, const char *key, bool b)
{
	linx_strbuf_str(o, key);
	linx_strbuf_str(o, b ? "true" : "false");
}

/* ---- parts that all lines have ------------------------------------------------------ */

/*
 * Writes a time in nanoseconds. The digits down to tenths of a second are cached, because lines that follow
 * each other mostly share them.
 */
static void put_time(struct linx_printer *p, uint64_t ns)
{
	uint64_t upper = ns / LINX_NS_TENTH;
	char *to = linx_strbuf_room(&p->out, 2 * LINX_NUMBER_ROOM);

	if (!to)
		return;
	if (!p->upper_len || upper != p->upper) {
		p->upper = upper;
		p->upper_len = (uint8_t)(linx_u64_at(p->upper_text, upper) - p->upper_text);
	}
	memcpy(to, p->upper_text, sizeof(p->upper_text));
	to += p->upper_len;
	linx_eight_digits_at(to, (uint32_t)(ns % LINX_NS_TENTH));
	linx_strbuf_end(&p->out, to + LINX_EIGHT_DIGITS);
}

void linx_json_count(struct linx_printer *p, const struct linx_event *ev)
{
	if (ev->again)
		return;
	linx_kinds_count(&p->shown, ev->position->cpu, ev->rec->kind);
	if (ev->kind == LINX_EVENT_SYSCALL && ev->joined)
		linx_kinds_count(&p->shown, ev->entered_at.cpu, LINX_REC_ENTER);
}

static void put_head(struct linx_printer *p, const char *kind, const struct linx_event *ev)
{
	struct linx_strbuf *o = &p->out;

	linx_json_lit(o, "{\"kind\":\"");
	linx_strbuf_str(o, kind);
	linx_json_lit(o, "\",\"time_ns\":");
	if (ev->wall_ns >= LINX_NS_TENTH)
		put_time(p, ev->wall_ns);
	else
		linx_strbuf_u64(o, ev->wall_ns);
	linx_json_key_u64(o, ",\"cpu\":", ev->position->cpu);
	linx_json_key_u64(o, ",\"seq\":", ev->position->seq);
	linx_json_count(p, ev);
}

/*
 * Writes the position (CPU and sequence number) of the call's entry record, if that record has no line of its
 * own. If the entry already had a line, writes the position of the line that is being written.
 */
static void put_entry(struct linx_printer *p, const struct linx_event *ev)
{
	const struct linx_position *at = ev->again ? ev->position : &ev->entered_at;

	if (!ev->joined && !ev->again)
		return;
	linx_json_key_u64(&p->out, ",\"entry_cpu\":", at->cpu);
	linx_json_key_u64(&p->out, ",\"entry_seq\":", at->seq);
}

void linx_json_flag(struct linx_strbuf *o, bool set, const char *word)
{
	if (!set)
		return;
	if (o->data[o->len - 1] != '[')
		linx_strbuf_char(o, ',');
	linx_strbuf_char(o, '"');
	linx_strbuf_str(o, word);
	linx_strbuf_char(o, '"');
}

void linx_json_flags(struct linx_strbuf *o, unsigned int states, unsigned int flags)
{
	linx_strbuf_char(o, '[');
	if (states & ~(1u << LINX_WHOLE | 1u << LINX_ABSENT) && o->len) {
		linx_json_flag(o, states & 1u << LINX_TRUNCATED, "truncated");
		linx_json_flag(o, states & 1u << LINX_UNREADABLE, "unreadable");
		linx_json_flag(o, states & 1u << LINX_LATE, "late");
		linx_json_flag(o, states & 1u << LINX_UNAVAILABLE, "unavailable");
	}
	if (flags && o->len) {
		for (size_t i = 0; i < LINX_FLAG_WORDS; i++)
			linx_json_flag(o, flags & linx_flag_words[i].flag, linx_flag_words[i].word);
	}
	linx_strbuf_char(o, ']');
}

static void put_flags(struct linx_strbuf *o, unsigned int states, unsigned int flags)
{
	linx_json_lit(o, ",\"flags\":");
	linx_json_flags(o, states, flags);
}

static void put_end(struct linx_strbuf *o)
{
	linx_strbuf_mem(o, "}\n", 2);
}

/* Returns the flags of the event; "stale" is added if the list of descriptors in the line may be wrong. */
static unsigned int flags_of(const struct linx_printer *p, const struct linx_event *ev)
{
	bool stale = p->files && ev->files && !linx_files_is_complete(ev->files);

	return ev->flags | (stale ? LINX_EVENT_STALE : 0);
}

/* ---- system calls --------------------------------------------------------------------- */

static void put_call(struct linx_strbuf *o, const struct linx_event *ev)
{
	linx_strbuf_str(o,
		     ev->entry ? ",\"dir\":\"enter\",\"abi\":\"" : ",\"dir\":\"exit\",\"abi\":\"");
	linx_strbuf_str(o, linx_abi_name(linx_table_abi(ev->table, ev->abi)));
	linx_json_lit(o, "\",\"nr\":");
	linx_strbuf_i64(o, ev->nr);
	linx_json_lit(o, ",\"syscall\":\"");
	if (ev->call && ev->call->opening_len)
		linx_strbuf_short(o, ev->call->opening, ev->call->opening_len - 1, sizeof(ev->call->opening));
	else
		linx_strbuf_str(o, ev->call ? ev->call->name : ev->unknown_name);
	linx_strbuf_char(o, '"');
}

unsigned int linx_json_args(struct linx_printer *p, const struct linx_event *ev)
{
	struct linx_put put;

	linx_put_begin_json(&put, &p->out, &p->style, ev);
	linx_strbuf_char(&p->out, '{');
	linx_put_args(&put);
	linx_strbuf_char(&p->out, '}');
	return put.states;
}

static bool is_address(const struct linx_event *ev)
{
	return ev->call && ev->call->row->desc && ev->call->row->desc->ret == LINX_RET_HEX;
}

int64_t linx_json_ret(const struct linx_event *ev)
{
	const struct linx_ty *type = !linx_event_errno(ev) && is_address(ev) ? &linx_ty_ulong : &linx_ty_long;

	return linx_type_cut(type, linx_put_abi(ev), (uint64_t)ev->ret);
}

/* Writes the file or socket that the returned descriptor stands for. */
static void put_ret_fd(struct linx_printer *p, const struct linx_event *ev)
{
	struct linx_put put = linx_put_json(&p->out, &p->style, ev);

	if (!p->style.fds)
		return;
	linx_json_lit(&p->out, ",\"ret_fd\":");
	linx_put_fd_result(&put, ev->ret);
}

static void put_ret(struct linx_printer *p, const struct linx_event *ev)
{
	struct linx_strbuf *o = &p->out;
	unsigned int err = linx_event_errno(ev);
	const char *name = err ? linx_errno_name(err) : NULL;

	linx_json_lit(o, ",\"ret\":");
	if (!ev->has_ret)
		linx_json_lit(o, "null");
	else if (!err && is_address(ev))
		linx_strbuf_u64(o, (uint64_t)linx_json_ret(ev));
	else
		linx_strbuf_i64(o, linx_json_ret(ev));
	if (!err && linx_fds_result(ev->fds))
		put_ret_fd(p, ev);
	if (!err)
		return;
	linx_json_lit(o, ",\"errno\":");
	if (name)
		linx_json_cstring(o, name);
	else
		linx_strbuf_u64(o, err);
}

/*
 * Writes the path of the file that the kernel opened and the address of the peer that it connected to, which can differ
 * from the path and the address in the program's memory.
 */
static void put_resolved(struct linx_printer *p, const struct linx_event *ev)
{
	const struct linx_descriptor *opened = linx_resolved_opened(ev);
	struct linx_descriptor socket;
	struct linx_put put;

	if (opened) {
		linx_json_lit(&p->out, ",\"opened\":");
		linx_json_text(&p->out, linx_fd_has_path(opened) ? opened->path : NULL, linx_fd_path_len(opened),
			       opened->path_state);
	} else if (ev->call && ev->call->row->opens && !ev->entry && ev->ret >= 0 && linx_uring_makes_index(ev)) {
		linx_json_lit(&p->out, ",\"opened\":null");
	}
	if (linx_resolved_connected(ev, &socket)) {
		linx_put_begin_json(&put, &p->out, &p->style, ev);
		linx_json_lit(&p->out, ",\"connected\":");
		linx_put_fd_tuple(&put, &socket);
	}
}

static void put_raced(struct linx_printer *p, const struct linx_event *ev)
{
	struct linx_put put = linx_put_json(&p->out, &p->style, ev);

	linx_json_lit(&p->out, ",\"raced\":{");
	linx_put_raced(&put);
	linx_strbuf_char(&p->out, '}');
}

static void print_syscall(struct linx_printer *p, const struct linx_event *ev)
{
	struct linx_strbuf *o = &p->out;
	unsigned int states;
	uint64_t ns;

	put_head(p, "syscall", ev);
	put_entry(p, ev);
	put_call(o, ev);
	linx_json_task(p, ev, false);
	linx_json_lit(o, ",\"args\":");
	states = linx_json_args(p, ev);
	put_ret(p, ev);
	put_resolved(p, ev);
	if (ev->call && ev->call->row->restarts) {
		linx_json_lit(o, ",\"resumes\":");
		linx_json_cstring(o, ev->resumed ? ev->resumed->name : NULL);
	}
	put_flags(o, ev->late ? states | 1u << LINX_LATE : states, flags_of(p, ev));
	if (ev->flags & LINX_EVENT_RACED)
		put_raced(p, ev);
	if (ev->uring)
		linx_uring_json(&p->out, &p->style, ev);
	if (!linx_event_get_duration_ns(ev, &ns))
		linx_json_key_u64(o, ",\"duration_ns\":", ns);
	linx_json_files(p, ev);
	put_end(o);
}

/* ---- context events: TASK, FORK, EXEC, EXIT, and signals ---------------------------------- */

static void put_field(struct linx_put *p, const char *key, unsigned int field)
{
	const struct linx_value *v = &p->ev->field[field];
	struct linx_strbuf *o = p->o;

	if (!v->state)
		return;
	linx_strbuf_str(o, key);
	if (v->state == LINX_ABSENT)
		linx_json_lit(o, "null");
	else if (v->kind == LINX_VAL_STRINGS || v->kind == LINX_VAL_STRV)
		linx_put_vector(p, v);
	else
		linx_json_bytes(o, v, v->size, UINT32_MAX);
}

/* Writes the working directory; if its path is not known, also the device and inode. */
static void put_cwd(struct linx_put *p)
{
	const struct linx_value *v = &p->ev->field[LINX_FIELD_CWD];
	struct linx_file_id id;

	put_field(p, ",\"cwd\":", LINX_FIELD_CWD);
	if (v->state != LINX_UNAVAILABLE || v->size != sizeof(id))
		return;
	memcpy(&id, v->data, sizeof(id));
	linx_json_key_u64(p->o, ",\"cwd_dev_major\":", linx_dev_major(id.dev));
	linx_json_key_u64(p->o, ",\"cwd_dev_minor\":", linx_dev_minor(id.dev));
	linx_json_key_u64(p->o, ",\"cwd_ino\":", id.ino);
}

static unsigned int field_states(const struct linx_event *ev)
{
	unsigned int states = 0;

	for (unsigned int i = LINX_FIELD_EXE; i < sizeof(ev->field) / sizeof(ev->field[0]); i++)
		states |= ev->field[i].state ? 1u << ev->field[i].state : 0;
	return states;
}

static void put_ids(struct linx_strbuf *o, const struct linx_ctx *ctx)
{
	linx_json_key_u64(o, ",\"euid\":", ctx->euid);
	linx_json_key_u64(o, ",\"egid\":", ctx->egid);
	linx_json_key_u64(o, ",\"start_time_ns\":", ctx->start_time);
}

static void print_context(struct linx_printer *p, const struct linx_event *ev, const char *kind)
{
	struct linx_put put = linx_put_json(&p->out, &p->style, ev);
	struct linx_strbuf *o = &p->out;

	put_head(p, kind, ev);
	linx_json_task(p, ev, true);
	put_ids(o, ev->ctx);
	if (ev->kind == LINX_EVENT_EXEC)
		linx_json_key_u64(o, ",\"old_tid\":", ev->ctx->code);
	put_key_bool(o, ",\"kernel\":", ev->ctx->flags & LINX_CTX_KERNEL);
	put_field(&put, ",\"filename\":", LINX_FIELD_FILENAME);
	put_field(&put, ",\"interp\":", LINX_FIELD_INTERP);
	put_cwd(&put);
	put_field(&put, ",\"argv\":", LINX_FIELD_ARGV);
	put_field(&put, ",\"envp\":", LINX_FIELD_ENVP);
	if (ev->task)
		linx_json_task_info(o, ev->task);
	linx_json_container(o, ev);
	put_flags(o, field_states(ev), ev->flags);
	put_end(o);
}

static void print_fork(struct linx_printer *p, const struct linx_event *ev)
{
	struct linx_strbuf *o = &p->out;

	put_head(p, "fork", ev);
	linx_json_task(p, ev, false);
	linx_json_key_u64(o, ",\"child_pid\":", ev->ctx->pid);
	linx_json_key_u64(o, ",\"child_tid\":", ev->ctx->tid);
	put_key_bool(o, ",\"thread\":", ev->ctx->flags & LINX_CTX_THREAD);
	put_key_bool(o, ",\"vm_shared\":", ev->ctx->flags & LINX_CTX_VM_SHARED);
	linx_json_key_u64(o, ",\"start_time_ns\":", ev->ctx->start_time);
	put_flags(o, 0, ev->flags);
	put_end(o);
}

static void put_signal(struct linx_strbuf *o, unsigned int sig)
{
	const char *name = linx_signal_name(sig);

	if (!sig)
		linx_json_lit(o, "null");
	else if (name)
		linx_json_cstring(o, name);
	else
		linx_strbuf_u64(o, sig);
}

static void print_exit(struct linx_printer *p, const struct linx_event *ev)
{
	struct linx_strbuf *o = &p->out;
	uint32_t code = ev->ctx->code;

	put_head(p, "exit", ev);
	linx_json_task(p, ev, false);
	linx_json_lit(o, ",\"exit_code\":");
	if (code & 0x7f)
		linx_json_lit(o, "null");
	else
		linx_strbuf_u64(o, code >> 8 & 0xff);
	linx_json_lit(o, ",\"signal\":");
	put_signal(o, code & 0x7f);
	put_key_bool(o, ",\"core_dumped\":", code & 0x80);
	put_key_bool(o, ",\"process_ended\":", ev->ctx->flags & LINX_CTX_GROUP_DEAD);
	if (ev->superseded_by)
		linx_json_key_u64(o, ",\"superseded_by\":", ev->superseded_by);
	linx_json_usage(o, &ev->field[LINX_FIELD_USAGE]);
	put_flags(o, 0, ev->flags);
	put_end(o);
}

/* Returns the word for what a signal did to the task. */
static const char *signal_action(uint32_t flags)
{
	if (flags & LINX_SIGNAL_FATAL)
		return "fatal";
	if (flags & LINX_SIGNAL_HANDLER)
		return "handler";
	return flags & LINX_SIGNAL_DEFAULT ? "default" : "ignored";
}

static void print_signal(struct linx_printer *p, const struct linx_event *ev)
{
	struct linx_put put = linx_put_json(&p->out, &p->style, ev);
	struct linx_strbuf *o = &p->out;

	put_head(p, "signal", ev);
	linx_json_task(p, ev, false);
	linx_json_lit(o, ",\"signal\":");
	put_signal(o, (uint32_t)ev->signal->signo);
	linx_json_lit(o, ",\"action\":\"");
	linx_strbuf_str(o, signal_action(ev->signal->flags));
	linx_json_lit(o, "\",\"siginfo\":");
	linx_put_signal_info(&put);
	put_flags(o, 0, ev->flags);
	put_end(o);
}

/* ---- lost records, and the certificate at the end -------------------------------------------- */

/* Writes the numbers of lost records by cause: {"full":3} */
static void put_lost(struct linx_strbuf *o, const uint64_t *lost)
{
	const char *sep = "";

	linx_json_lit(o, ",\"lost\":{");
	for (unsigned int i = 0; i < LINX_LOST_MAX; i++) {
		if (!lost[i])
			continue;
		linx_strbuf_str(o, sep);
		sep = ",";
		linx_strbuf_char(o, '"');
		linx_print_cause(o, i);
		linx_json_lit(o, "\":");
		linx_strbuf_u64(o, lost[i]);
	}
	linx_strbuf_char(o, '}');
}

static void print_gap(struct linx_printer *p, const struct linx_event *ev)
{
	struct linx_strbuf *o = &p->out;
	uint64_t lost[LINX_LOST_MAX];

	memcpy(lost, ev->gap->lost, sizeof(lost));
	put_head(p, "gap", ev);
	linx_json_key_u64(o, ",\"first_seq\":", ev->gap->first_seq);
	if (ev->position->seq > ev->gap->first_seq)
		linx_json_key_u64(o, ",\"last_seq\":", ev->position->seq - 1);
	linx_json_key_u64(o, ",\"duration_ns\":", ev->gap->last_time - ev->gap->first_time);
	put_lost(o, lost);
	linx_json_key_u64(o, ",\"lost_context\":", ev->gap->lost_context);
	put_end(o);
}

static void print_budget(struct linx_printer *p, const struct linx_event *ev)
{
	struct linx_strbuf *o = &p->out;

	put_head(p, "budget", ev);
	linx_json_lit(o, ",\"abi\":\"");
	linx_strbuf_str(o, linx_abi_name(linx_table_abi(ev->table, ev->abi)));
	linx_json_lit(o, "\",\"syscall\":\"");
	linx_strbuf_str(o, linx_event_get_name(ev));
	linx_json_lit(o, "\",\"from\":\"");
	linx_strbuf_str(o, linx_recorded_name(ev->step->from));
	linx_json_lit(o, "\",\"to\":\"");
	linx_strbuf_str(o, linx_recorded_name(ev->step->to));
	linx_strbuf_char(o, '"');
	linx_json_key_u64(o, ",\"counted\":", ev->step->counted);
	put_end(o);
}

static void print_tamper(struct linx_printer *p, const struct linx_event *ev)
{
	struct linx_strbuf *o = &p->out;
	struct linx_tamper tamper;

	linx_event_get_tamper(ev, &tamper);
	put_head(p, "tamper", ev);
	if (ev->rec->tid)
		linx_json_task(p, ev, false);
	linx_json_lit(o, ",\"what\":\"");
	linx_strbuf_str(o, linx_tamper_name(tamper.what));
	linx_strbuf_char(o, '"');
	put_end(o);
}

static void put_counts(struct linx_strbuf *o, const struct linx_counts *c)
{
	linx_json_key_u64(o, "\"selected\":", c->selected);
	linx_json_key_u64(o, ",\"committed\":", c->committed);
	linx_json_key_u64(o, ",\"delivered\":", c->delivered);
	linx_json_key_u64(o, ",\"unread\":", c->unread);
	linx_json_key_u64(o, ",\"overwritten\":", c->overwritten);
	linx_json_key_u64(o, ",\"filtered\":", c->filtered);
	put_lost(o, c->lost);
	linx_json_key_u64(o, ",\"lost_context\":", c->lost_context);
}

/*
 * Writes how many records of each kind no line shows, as {"files":3}. A record is shown if it has a line, or if
 * a line has its position in "entry_cpu" and "entry_seq".
 */
static void put_hidden(struct linx_printer *p, const struct linx_kinds *delivered, unsigned int cpu)
{
	const uint64_t *all = delivered && cpu < delivered->ncpus ? delivered->n[cpu] : NULL;
	const uint64_t *shown = cpu < p->shown.ncpus ? p->shown.n[cpu] : NULL;
	const char *sep = "";

	if (!all)
		return;
	linx_json_lit(&p->out, ",\"hidden\":{");
	for (unsigned int k = 0; k < LINX_KINDS; k++) {
		uint64_t visible = shown ? shown[k] : 0;

		if (all[k] <= visible || !linx_kind_name(k))
			continue;
		linx_strbuf_str(&p->out, sep);
		sep = ",";
		linx_json_cstring(&p->out, linx_kind_name(k));
		linx_json_key_u64(&p->out, ":", all[k] - visible);
	}
	linx_strbuf_char(&p->out, '}');
}

static void print_certificate(struct linx_printer *p, const struct linx_event *ev)
{
	const struct linx_certificate *c = ev->cert;
	struct linx_strbuf *o = &p->out;

	linx_json_lit(o, "{\"kind\":\"certificate\"");
	put_key_bool(o, ",\"complete\":", c->complete);
	put_key_bool(o, ",\"cut_off\":", c->cut_off);
	linx_json_key_u64(o, ",\"start_ns\":", c->start_ns);
	linx_json_key_u64(o, ",\"stop_ns\":", c->stop_ns);
	linx_json_key_u64(o, ",\"events\":", c->events);
	if (c->sampled)
		linx_json_key_u64(o, ",\"sampled\":", c->sampled);
	if (c->skipped)
		linx_json_key_u64(o, ",\"skipped\":", c->skipped);
	if (c->left_out)
		linx_json_key_u64(o, ",\"left_out\":", c->left_out);
	if (c->tampers)
		linx_json_key_u64(o, ",\"tampers\":", c->tampers);
	if (c->probes_missed)
		linx_json_key_u64(o, ",\"probes_missed\":", c->probes_missed);
	if (c->uring_missed)
		put_key_bool(o, ",\"uring_missed\":", true);
	linx_strbuf_char(o, ',');
	put_counts(o, &c->total);
	linx_json_lit(o, ",\"cpus\":[");
	for (unsigned int i = 0; i < c->ncpus; i++) {
		linx_strbuf_str(o, i ? ",{" : "{");
		linx_json_key_u64(o, "\"cpu\":", i);
		linx_strbuf_char(o, ',');
		put_counts(o, &c->cpus[i]);
		if (c->left_out)
			linx_json_key_u64(o, ",\"left_out\":", c->cpus_left_out[i]);
		put_hidden(p, ev->delivered, i);
		linx_strbuf_char(o, '}');
	}
	linx_strbuf_char(o, ']');
	put_end(o);
}

static void print_json(struct linx_printer *p, const struct linx_event *ev)
{
	if (ev->kind == LINX_EVENT_SYSCALL)
		print_syscall(p, ev);
	else if (ev->kind == LINX_EVENT_SIGNAL)
		print_signal(p, ev);
	else if (ev->kind == LINX_EVENT_GAP)
		print_gap(p, ev);
	else if (ev->kind == LINX_EVENT_BUDGET)
		print_budget(p, ev);
	else if (ev->kind == LINX_EVENT_TAMPER)
		print_tamper(p, ev);
	else if (ev->kind == LINX_EVENT_CERTIFICATE)
		print_certificate(p, ev);
	else if (ev->kind == LINX_EVENT_HTTP)
		linx_http_json(p, ev);
	else if (ev->kind == LINX_EVENT_PROBE)
		linx_hit_json(p, ev);
	else if (ev->kind == LINX_EVENT_REFUSED)
		linx_refusal_json(p, ev);
	else if (!ev->ctx)
		return;
	else if (ev->kind == LINX_EVENT_TASK)
		print_context(p, ev, "task");
	else if (ev->kind == LINX_EVENT_EXEC)
		print_context(p, ev, "exec");
	else if (ev->kind == LINX_EVENT_FORK)
		print_fork(p, ev);
	else if (ev->kind == LINX_EVENT_EXIT)
		print_exit(p, ev);
}

const struct linx_format_ops linx_format_json = {
	.info = { "json", "one JSON object a line", .needs = LINX_NEEDS_SIGNALS | LINX_NEEDS_URING, .files = true,
		  .form = LINX_FORM_JSON },
	.begin = linx_json_files_begin,
	.end = linx_json_files_end,
	.print = print_json,
};
