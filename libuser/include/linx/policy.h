/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * liblinx: policies. A policy is a set of rules that refuse operations. The module judges the rules inside the kernel's
 * own checks. There the kernel holds the object (a file, an address), not the text that a program passed. A rule's
 * condition is written like a filter: "evt.type in (open, openat, openat2) and fd.name = /etc/secret". In a policy,
 * names of calls stand for the check that these calls reach, and fields stand for the kernel's object;
 * docs/enforcing.md lists them.
 *
 *   linx_policy_new(); linx_policy_add() for each rule; linx_set_policy() for a source that runs.
 *
 * A policy is used by one thread at a time.
 */
#ifndef LINX_POLICY_H
#define LINX_POLICY_H

#include <linx/linx.h>
#include <linx/rules.h>

#ifdef __cplusplus
extern "C" {
#endif

struct linx_policy;

/* Make an empty policy. -ENOMEM */
LINX_API int linx_policy_new(struct linx_policy **out);
/* Free a policy; p may be NULL. If the policy was set for a source, the source keeps its rules. */
LINX_API void linx_policy_free(struct linx_policy *p);

/* Effects of a rule. Every effect but LINX_POLICY_NOTIFY also makes the operation fail. */
enum linx_policy_action {
	LINX_POLICY_NOTIFY = 0, /* only an event */
	LINX_POLICY_DENY = 1, /* the operation fails with an error */
	LINX_POLICY_KILL = 2, /* fails with EPERM, and the process gets SIGKILL */
	LINX_POLICY_SIGNAL = 3, /* fails with EPERM, and the process gets a signal */
};
/*
 * Read an action: "notify", "deny", "deny EACCES", "kill", "signal SIGTERM". *value: the error of "deny" (EPERM if the
 * text has no error), the number of the signal, or 0. -EINVAL: err describes the mistake.
 */
LINX_API int linx_policy_parse_action(const char *text, enum linx_policy_action *action, unsigned int *value,
				      struct linx_error *err);

/* Rule of a policy. The strings are copied by linx_policy_add(). */
struct linx_policy_rule {
	size_t size; /* sizeof(struct linx_policy_rule) */
	const char *name; /* for people; NULL: the condition */
	const char *condition;
	enum linx_policy_action action;
	unsigned int value; /* the error (0: EPERM) or the signal; else 0 */
	bool observe; /* refuse nothing: count and report what would have been refused */
};
/*
 * Add a rule. The directories that its condition names are looked up now, on this machine and in this mount namespace.
 * The policy keeps descriptors of these directories until it is freed. A file that is named by its absolute path is
 * looked up when the policy is set, and needs no descriptor. Returns the rule's number, counted from 0; -EINVAL: the
 * condition is wrong, or has a part that the kernel cannot judge exactly, which err names; -ENOENT: the directory of a
 * named file does not exist; -EXDEV: the first process of the machine sees another file system at the path; -E2BIG: the
 * policy has too many rules or alternatives; -errno of the look-up; -ENOMEM. After an error, the policy is as before.
 */
LINX_API int linx_policy_add(struct linx_policy *p, const struct linx_policy_rule *rule, struct linx_error *err);
/*
 * Add the enabled rules of a compiled set that have an action, under their names and in their order. observe: all added
 * rules only observe, as in struct linx_policy_rule. Returns the number of added rules. Errors are those of
 * linx_policy_add(), with file, line and rule in the text; also -EINVAL: the set is not compiled. After an error, the
 * policy is as before.
 */
LINX_API int linx_policy_add_rules(struct linx_policy *p, const struct linx_rules *r, bool observe, struct linx_error *err);
/* Get rule i of a policy. The strings are borrowed from the policy. -ENOENT: i is past the last rule. */
LINX_API int linx_policy_get(const struct linx_policy *p, unsigned int i, struct linx_policy_rule *rule);

/*
 * Set the policy of a running source. It replaces the former policy in one step. p: NULL removes the policy. The rules
 * end when the source stops. Needs CAP_SYS_ADMIN, and the module's parameter "enforce". -EOPNOTSUPP: the engine, or
 * this kernel, cannot refuse (the error names the check); -EPERM: not allowed, or enforce is off; -EBUSY: another user
 * of the kernel's code, such as livepatch, holds a check; -EINVAL: the source does not run. After an error, the source
 * has its former policy.
 */
LINX_API int linx_set_policy(struct linx *l, const struct linx_policy *p);

/* Options of linx_set_policy_opts(); a member that is zero means its default. */
struct linx_policy_opts {
	size_t size; /* sizeof(struct linx_policy_opts) */
	const char *name; /* for linx_policies_get(), at most 63 bytes; NULL: "linx" or, without keep, "linx-" and the process id */
	/*
	 * The policy belongs to the module. When the source ends, the policy stays in force without records, until it
	 * is ended. It replaces the kept policy of the same name in one step.
	 */
	bool keep;
	bool fresh; /* keep: a kept policy of this name is an error (-EEXIST), and is not replaced */
	uint32_t trial_ms; /* the policy ends after this time unless it is confirmed: LINX_POLICY_CONFIRM; 0: no trial */
	/* without keep: the policy ends if the reader leaves events unread for this time, at least 10,000; 0: never */
	uint32_t late_ms;
	/*
	 * Paths of up to 64 programs to which the policy does not apply while root of the initial user namespace runs
	 * them.
	 */
	const char *const *exempt;
	unsigned int nexempt;
	/*
	 * The policy is a new version of the policy that the source has, for example after its files were read again.
	 * Changes that were made to the former version stay: the new version ends at the same time if the former one is
	 * a trial, has ended if the former one has ended, and its rules take over the modes and counts of rules of the
	 * same names. -ENOENT: the former version was kept, and was ended.
	 */
	bool renew;
};
/*
 * Set a policy as linx_set_policy() does. opts may be NULL. -EEXIST: see the option "fresh"; -ENOENT: an exempt program
 * does not exist.
 */
LINX_API int linx_set_policy_opts(struct linx *l, const struct linx_policy *p, const struct linx_policy_opts *opts);

/*
 * Counts of a rule since its policy was set. If the policy replaced others, counts of their rules of the same name are
 * included.
 */
struct linx_policy_counts {
	uint64_t observed; /* operations that the rule would have refused, or that it only reports */
	uint64_t refused; /* operations that failed by this rule */
	uint64_t signalled; /* refused operations whose process also got a signal */
	uint64_t undecided; /* observed and refused operations for which a part of the condition could not be decided */
};
/* Get the counts of rule i of the policy that a source has. -ENOENT: there is no such rule. */
LINX_API int linx_get_policy_counts(struct linx *l, unsigned int i, struct linx_policy_counts *counts);

/* Program for which a rule held. */
struct linx_policy_program {
	unsigned int rule; /* number of the rule in its policy */
	const char *name; /* last part of the path of its executable; "": a program that the kernel starts */
	uint64_t dev, ino; /* file of the executable */
	uint64_t count; /* operations that were refused, or would have been refused */
};
/*
 * Get program i, from 0, for which a rule of the source's policy held since it was set. The names are valid until the
 * next call with i 0, or linx_close(). -ENOENT: i is past the last program. The module has room for 128 pairs of a
 * program and a rule, of which one user can fill 32, and all users but root together 96.
 */
LINX_API int linx_get_policy_program(struct linx *l, unsigned int i, struct linx_policy_program *program);

/*
 * Danger that a policy locks everybody out: an operation that an enforcing rule would refuse to root of this machine.
 * The tried operations are those that a shell, login, sshd, init and linxcap need: on their programs, libraries, files
 * and devices, and calls such as clone(2).
 */
struct linx_policy_danger {
	unsigned int rule; /* number of the rule in the policy */
	/* path of a program, or of a file that it needs; borrowed from the policy until the next call */
	const char *program;
	const char *check; /* check of the kernel in which the rule would refuse the operation, such as "exec" */
};
/*
 * Find danger i, counted from 0, that a policy has. Tests of the acting user are evaluated for root. Tests of control
 * groups, namespaces and addresses are taken to hold. Returns 1 and sets *danger; 0: there are not more than i dangers;
 * -ENOMEM.
 */
LINX_API int linx_policy_find_danger(struct linx_policy *p, unsigned int i, struct linx_policy_danger *danger);

/* ---- the policies of the machine ---- */

/* Copy of the policies of all sources and of the policies that the module keeps. */
struct linx_policies;

/* Read the policies. The caller ends *out with linx_policies_close(). -ENOENT: the module is not loaded; -EACCES, -EPERM; -ENOMEM */
LINX_API int linx_policies_open(struct linx_policies **out, struct linx_error *err);
LINX_API void linx_policies_close(struct linx_policies *p);
/*
 * Add a policy that the module keeps, as linx_set_policy_opts() does with the option "keep", but without a source. This
 * function and linx_policies_change() read the policies anew at their end.
 */
LINX_API int linx_policies_add(struct linx_policies *p, const struct linx_policy *policy, const struct linx_policy_opts *opts,
			       struct linx_error *err);

struct linx_policy_info {
	const char *name;
	bool kept; /* the policy belongs to the module */
	bool trial; /* the policy ends in trial_left_ms, unless it is confirmed */
	bool ended; /* the rules do not apply any more, but the reader still runs */
	bool late; /* the reader has left events unread for ten seconds or more */
	int reader; /* the process that gets the events; 0: no process */
	uint32_t trial_left_ms;
	unsigned int nrules, nprograms;
	uint64_t programs_missed; /* operations of programs that the module had no room to list */
};
/*
 * Get policy i, counted from 0. The texts are valid until the policies are read anew. -ENOENT: i is past the last
 * policy.
 */
LINX_API int linx_policies_get(const struct linx_policies *p, unsigned int i, struct linx_policy_info *info);
/* State of a rule. */
struct linx_policy_state {
	const char *name, *condition;
	enum linx_policy_action action;
	unsigned int value; /* same as in struct linx_policy_rule */
	bool observe; /* the rule refuses nothing */
	bool ended; /* the rule was ended, and has no effect any more */
	/*
	 * program or file of linx_policy_find_danger() that the rule would refuse if it enforces; NULL: there is no
	 * such danger
	 */
	const char *danger;
	struct linx_policy_counts counts;
};
/* Get rule k of policy i. -ENOENT: there is no such rule. */
LINX_API int linx_policies_get_rule(const struct linx_policies *p, unsigned int i, unsigned int k, struct linx_policy_state *rule);
/* Get program k of policy i. -ENOENT: there is no such program. */
LINX_API int linx_policies_get_program(const struct linx_policies *p, unsigned int i, unsigned int k, struct linx_policy_program *program);

enum linx_policy_change {
	LINX_POLICY_OBSERVE = 0, /* the rule or policy refuses nothing */
	LINX_POLICY_ENFORCE = 1,
	LINX_POLICY_END = 2,
	LINX_POLICY_CONFIRM = 3, /* ends the trial of a whole policy, and the policy stays in force */
};
/*
 * Change a rule of policy i. rule: name of the rule; NULL: change the whole policy. Needs CAP_SYS_ADMIN. -ENOENT: the
 * policy has ended, or has no such rule; -EALREADY: LINX_POLICY_CONFIRM, and the policy is not a trial; -EPERM;
 * -EINVAL.
 */
LINX_API int linx_policies_change(struct linx_policies *p, unsigned int i, const char *rule, enum linx_policy_change what,
				  struct linx_error *err);
/*
 * Make a running source deliver the events of a kept policy that has no reader. name: name of the policy. -ENOENT:
 * there is no such policy; -EBUSY: the policy has another reader; -EPERM.
 */
LINX_API int linx_take_policy(struct linx *l, const char *name);

/* Facts about a LINX_EVENT_REFUSED. Strings are valid until the stream's next section, or linx_close(). */
struct linx_refusal {
	uint64_t rule; /* number of the rule; the rules of all policies of the stream are numbered together, from 0 */
	const char *name; /* name of the rule; NULL: the stream does not have it */
	const char *check; /* check of the kernel: "file_open", "exec", "connect" ...; NULL: an unknown check */
	bool refused; /* the operation failed with the error */
	bool signalled; /* the process got the signal */
	bool observed; /* the rule only observes, or only notifies */
	bool undecided; /* a part of the condition could not be decided, and was taken to hold */
	bool by_other; /* the error is that of a stricter rule in the policy of another reader */
	bool has_file; /* dev, ino, generation and mode are known: the values of the file that was judged */
	int error; /* as a positive number; 0: the operation was not refused */
	int signal; /* 0: none */
	uint64_t dev, ino;
	uint32_t generation;
	uint32_t mode; /* st_mode */
	uint64_t detail; /* how the file is opened, mapped or read: linx_refused.detail of linux/linx_record.h */
	struct linx_value path; /* path within the file system, as the kernel has it; borrowed from the event */
	struct linx_value address; /* of a socket operation: struct sockaddr; borrowed from the event */
};
/* Get the facts about an operation that a rule refused, or would have refused. -ENODATA: the event is of another kind. */
LINX_API int linx_event_get_refusal(const struct linx_event *ev, struct linx_refusal *refusal);

#ifdef __cplusplus
}
#endif

#endif
