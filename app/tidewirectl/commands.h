// What each command does. All return an exit status, with *err filled when it is not CTL_DONE.
#pragma once
#include "tidewirectl/options.h"

// ask.c: of the job that runs
int ask_checkpoint(const struct ctl_options *options, struct err *err);
int ask_savepoint(const struct ctl_options *options, struct err *err);
int ask_stop(const struct ctl_options *options, struct err *err);
// checkpoints.c
int checkpoints_list(const struct ctl_options *options, struct err *err);
int checkpoints_verify(const struct ctl_options *options, struct err *err);
// state.c
int state_operators(const struct ctl_options *options, struct err *err);
int state_get(const struct ctl_options *options, struct err *err);
int state_dump(const struct ctl_options *options, struct err *err);
