// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The records of an exec: the argument vector at entry, then the whole command line and the new context; and the record
 * of the end of the task that made the exec. These are checked for programs, scripts, threads, 32-bit programs, and
 * vectors too long for one record. Built for the 64-bit ABI only (native only).
 */
#include <pthread.h>
#include <sys/stat.h>
#include "rec.h"

#define HELPER "/job/prog/dev_helper"
#define SCRIPT "/tmp/rec_exec.script"
#define LINK "/tmp/rec_exec.link"

enum which {
	PLAIN,
	LONG,
	MANY,
	ALL_KEPT,
	TOO_MANY,
	HUGE,
	SCRIPTED,
	BITS32,
	FAILED,
	THREAD,
	NO_ARGV,
	LINKED,
	WHICH
};

static const char *const names[WHICH] = {
	[PLAIN] = "plain",
	[LONG] = "one long argument",
	[MANY] = "many arguments",
	[ALL_KEPT] = "as many arguments as are kept",
	[TOO_MANY] = "more arguments than are kept",
	[HUGE] = "beyond the limit",
	[SCRIPTED] = "script",
	[BITS32] = "32 bit",
	[FAILED] = "failed",
	[THREAD] = "of a thread",
	[NO_ARGV] = "no vector",
	[LINKED] = "link",
};

/* Bytes of the argument strings that are captured at the entry of an exec. */
#define KEPT 4096

static volatile pid_t *pids, *thread_tid; /* shared memory */
static char *argv[6000];
static char *env[3];
static const char *file;

/* ---- argument vectors of each program */

static void long_string(char **to, size_t n)
{
	*to = malloc(n + 1);
	for (size_t i = 0; i < n; i++)
		(*to)[i] = 'A' + (i * 7 + i / 1000) % 58;
	(*to)[n] = 0;
}

/*
 * Makes the argument vector. Its strings lie on the heap, because a probe cannot read a string literal whose page was
 * not accessed yet.
 */
static void make_argv(enum which w)
{
	int n = 0;

	file = strdup(w == SCRIPTED ? SCRIPT :
		      w == BITS32   ? HELPER SUFFIX_32 :
		      w == FAILED   ? "/nothing" :
		      w == LINKED   ? LINK :
				      HELPER);
	env[0] = strdup("ONE=1");
	env[1] = strdup("TWO=2");
	memset(argv, 0, sizeof(argv));
	if (w == NO_ARGV)
		return;
	argv[n++] = strdup("the helper");
	argv[n++] = strdup("exit");
	argv[n++] = strdup("5");
	if (w == LONG)
		long_string(&argv[n++], 131000);
	for (int i = 0; w == HUGE && i < 3; i++)
		long_string(&argv[n++], 131000);
	for (int i = 0; n < (w == MANY	   ? 3000 :
			     w == ALL_KEPT ? KEPT :
			     w == TOO_MANY ? 5000 :
					     0);
	     i++)
		if (asprintf(&argv[n++], "argument %d%s", i, i % 3 ? "" : " of three") < 0)
			die("asprintf");
	if (w == PLAIN)
		argv[n++] = strdup("");
}

static void *thread(void *arg)
{
	*thread_tid = syscall(SYS_gettid);
	execve(file, argv, env);
	return arg;
}

static void run(enum which w)
{
	pthread_t t;
	pid_t pid;

	make_argv(w);
	pid = fork();
	if (pid) {
		pids[w] = pid;
		reap(pid);
		return;
	}
	if (w == THREAD) {
		pthread_create(&t, NULL, thread, NULL);
		for (;;)
			pause();
	}
	execve(file, argv, env);
	_exit(6);
}

static void target(void)
{
	for (int w = 0; w < WHICH; w++)
		run(w);
	_exit(0);
}

/* ---- expected records */

static uint8_t got[1 << 20], wanted[1 << 20];

/* Concatenates the strings of the list, each with its NUL, in a buffer. Returns their total size. */
static size_t strings(char *const *list, unsigned int *count)
{
	size_t n = 0;

	for (*count = 0; list[*count]; ++*count) {
		strcpy((char *)wanted + n, list[*count]);
		n += strlen(list[*count]) + 1;
	}
	return n;
}

static void check_vector(const struct traced *t, const struct linx_rec *rec, enum which w)
{
	const struct linx_val *v = rec_val(rec, 1);
	bool cut = w == HUGE || w == TOO_MANY;
	const struct linx_strv *strv;
	unsigned int count, all;
	size_t n, len;

	strings(argv, &all);
	argv[KEPT] = NULL;
	n = strings(argv, &count);
	if (!ok(v != NULL, "%s: entry: a value for argv", names[w]))
		return;
	strv = (const struct linx_strv *)val_bytes(v);
	is(v->info, LINX_VAL_INFO(LINX_VAL_STRV, cut ? LINX_TRUNCATED : LINX_WHOLE),
	   "%s: entry: argv's state", names[w]);
	is(strv->count, all, "%s: entry: strings", names[w]);
	len = rec_whole(&t->log, rec, 1, sizeof(*strv), got, sizeof(got));
	if (w == HUGE)
		n = LINX_PIECES_MAX - sizeof(*strv);
	else
		is(strv->stored, count, "%s: entry: strings kept", names[w]);
	is(len, n, "%s: entry: bytes of argv", names[w]);
	is(memcmp(got, wanted, n), 0, "%s: entry: argv", names[w]);
	make_argv(w);
}

static void check_enter(const struct traced *t, const struct linx_rec *rec, enum which w, bool envp)
{
	const struct linx_val *v = rec_val(rec, 2);
	const struct linx_strv *strv;

	ok(!strcmp(rec_str(rec, 0), file), "%s: entry: path is %s", names[w], rec_str(rec, 0));
	is(rec->abi, LINX_ABI_X86_64, "%s: entry: ABI", names[w]);
	check_vector(t, rec, w);
	if (!ok(v != NULL, "%s: entry: a value for envp", names[w]))
		return;
	strv = (const struct linx_strv *)val_bytes(v);
	is(strv->count, 2, "%s: entry: variables", names[w]);
	is(strv->stored, envp ? 2 : 0, "%s: entry: variables kept", names[w]);
	is(LINX_VAL_STATE(v->info), envp ? LINX_WHOLE : LINX_TRUNCATED, "%s: entry: envp's state",
	   names[w]);
	if (!envp)
		return;
	is(rec_whole(&t->log, rec, 2, sizeof(*strv), got, sizeof(got)), 12,
	   "%s: entry: bytes of envp", names[w]);
	is(memcmp(got, "ONE=1\0TWO=2", 12), 0, "%s: entry: envp", names[w]);
}

static void check_command_line(const struct traced *t, const struct linx_rec *rec, enum which w)
{
	const struct linx_val *v = rec_val(rec, LINX_FIELD_ARGV);
	char *script[] = { HELPER, "exit 5", SCRIPT, "exit", "5", NULL };
	char *none[] = { "", NULL };
	unsigned int count;
	size_t n = strings(w == SCRIPTED ? script : w == NO_ARGV ? none : argv, &count), len;
	bool cut = n > LINX_PIECES_MAX;

	if (w == NO_ARGV && v && !v->orig)
		return; /* before Linux 5.18 a program may have an empty argv, and nothing is checked */
	if (!ok(v != NULL, "%s: exec: a command line", names[w]))
		return;
	is(v->info, LINX_VAL_INFO(LINX_VAL_STRINGS, cut ? LINX_TRUNCATED : LINX_WHOLE),
	   "%s: exec: its state", names[w]);
	is(v->orig, n, "%s: exec: its length", names[w]);
	len = rec_whole(&t->log, rec, LINX_FIELD_ARGV, 0, got, sizeof(got));
	if (cut)
		n = LINX_PIECES_MAX;
	is(len, n, "%s: exec: bytes of it", names[w]);
	is(memcmp(got, wanted, n), 0, "%s: exec: the command line", names[w]);
}

static void check_exec(const struct traced *t, const struct linx_rec *rec, enum which w, bool envp)
{
	const struct linx_ctx *ctx = rec_ctx(rec);
	const char *exe = w == BITS32 ? HELPER SUFFIX_32 : HELPER;
	struct linx_exe_id exe_id;
	struct linx_file_id id;
	struct stat st;

	is(ctx->tid, pids[w], "%s: exec: tid", names[w]);
	is(ctx->pid, pids[w], "%s: exec: pid", names[w]);
	is(ctx->ppid, t->pid, "%s: exec: ppid", names[w]);
	is(ctx->code, w == THREAD ? *thread_tid : pids[w], "%s: exec: the tid before", names[w]);
	is(ctx->uid | ctx->gid | ctx->euid | ctx->egid, 0, "%s: exec: ids", names[w]);
	ok(rec_path_is(rec, LINX_FIELD_EXE, exe), "%s: exec: executable %s", names[w],
	   rec_str(rec, LINX_FIELD_EXE));
	ok(!strcmp(rec_str(rec, LINX_FIELD_FILENAME), file), "%s: exec: file name %s", names[w],
	   rec_str(rec, LINX_FIELD_FILENAME));
	ok(rec_path_is(rec, LINX_FIELD_CWD, "/tmp"), "%s: exec: directory %s", names[w],
	   rec_str(rec, LINX_FIELD_CWD));
	if (w == SCRIPTED)
		ok(!strcmp(rec_str(rec, LINX_FIELD_INTERP), HELPER), "%s: exec: interpreter %s",
		   names[w], rec_str(rec, LINX_FIELD_INTERP));
	else
		ok(!rec_val(rec, LINX_FIELD_INTERP), "%s: exec: no interpreter", names[w]);
	is(rec_val(rec, LINX_FIELD_EXE_ID)->size, sizeof(exe_id), "%s: exec: size of the id", names[w]);
	memcpy(&exe_id, val_bytes(rec_val(rec, LINX_FIELD_EXE_ID)), sizeof(exe_id));
	id = exe_id.file;
	stat(exe, &st);
	is(exe_id.mtime, st.st_mtim.tv_sec * 1000000000ll + st.st_mtim.tv_nsec, "%s: exec: when it was written", names[w]);
	is(exe_id.ctime, st.st_ctim.tv_sec * 1000000000ll + st.st_ctim.tv_nsec, "%s: exec: when its inode was changed", names[w]);
	is(id.ino, st.st_ino, "%s: exec: inode", names[w]);
	is(id.dev,
	   (uint64_t)(st.st_dev >> 8 & 0xfff) << 20 | (st.st_dev & 0xff) |
		   (st.st_dev >> 12 & 0xfff00),
	   "%s: exec: device", names[w]);
	check_command_line(t, rec, w);
	ok(!rec_val(rec, LINX_FIELD_ENVP) == !envp, "%s: exec: environment %s", names[w],
	   envp ? "there" : "not there");
	ok(rec_is_tidy(rec), "%s: exec: the record is full", names[w]);
}

static void check_return(const struct linx_rec *rec, enum which w)
{
	if (!ok(rec != NULL, "%s: a return", names[w]))
		return;
	is(rec->nr, w == BITS32 ? 11 : SYS_execve, "%s: return: number", names[w]);
	is(rec->abi, w == BITS32 ? LINX_ABI_I386 : LINX_ABI_X86_64, "%s: return: ABI", names[w]);
	is(rec_ret(rec), w == FAILED ? -ENOENT : 0, "%s: return: result", names[w]);
	is(rec->flags, w == FAILED ? 0 : LINX_RF_ARGS_GONE, "%s: return: flags", names[w]);
	is(rec->nargs, w == FAILED ? 3 : 0, "%s: return: arguments", names[w]);
	is(rec->nvals, w == FAILED ? 3 : 0, "%s: return: values", names[w]);
}

static void check_end(const struct traced *t, const struct linx_rec *rec, enum which w)
{
	rec = rec_of(&t->log, rec, pids[w], LINX_REC_TASK_EXIT);
	if (!ok(rec != NULL, "%s: an end", names[w]))
		return;
	is(rec_ctx(rec)->code,
	   w == FAILED			 ? 0x600 :
	   w == NO_ARGV || w == SCRIPTED ? 0 :
					   0x500,
	   "%s: end: status", names[w]);
	is(rec_ctx(rec)->flags, LINX_CTX_GROUP_DEAD, "%s: end: the last thread", names[w]);
	ok(!rec_of(&t->log, rec, pids[w], 0), "%s: nothing after the end", names[w]);
}

static void check(const struct traced *t, enum which w, bool envp)
{
	const struct linx_rec *rec = NULL;
	pid_t tid = w == THREAD ? *thread_tid : pids[w];

	make_argv(w);
	do
		rec = rec_of(&t->log, rec, tid, LINX_REC_ENTER);
	while (rec && rec->nr != SYS_execve);
	if (!ok(rec != NULL, "%s: an entry", names[w]))
		return;
	if (w != NO_ARGV)
		check_enter(t, rec, w, envp);
	if (w != FAILED) {
		rec = rec_of(&t->log, rec, pids[w], LINX_REC_EXEC);
		if (!ok(rec != NULL, "%s: an EXEC record", names[w]))
			return;
		check_exec(t, rec, w, envp);
	}
	rec = rec_of(&t->log, rec, pids[w], LINX_REC_EXIT);
	check_return(rec, w);
	check_end(t, rec, w);
}

static void all(bool envp)
{
	struct traced t;

	traced_run(&t, (struct linx_setup){ .flags = envp ? LINX_SETUP_ENVP : 0 }, target);
	is(t.status, 0, "the child");
	for (int w = 0; w < WHICH; w++)
		check(&t, w, envp);
	traced_end(&t);
}

int main(void)
{
	FILE *f = fopen(SCRIPT, "we");

	if (!f || fprintf(f, "#!" HELPER " exit 5\n") < 0 || fclose(f) || chmod(SCRIPT, 0755) ||
	    symlink(HELPER, LINK))
		die("script");
	if (chdir("/tmp"))
		die("chdir");
	on_cpu(0);
	pids = shared(4096);
	thread_tid = pids + WHICH;
	all(false);
	all(true);
	return tap_end();
}
