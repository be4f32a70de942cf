// The values of execution.checkpointing.* and state.checkpoints.*. Each takes one and returns 0, or
// -EINVAL when it is none.
#pragma once
#include "sql/settings.h"

int settings_checkpoint_dir(struct settings *settings, const char *value);
int settings_checkpoint_interval(struct settings *settings, const char *value);
int settings_checkpoint_min_pause(struct settings *settings, const char *value);
int settings_checkpoint_timeout(struct settings *settings, const char *value);
int settings_checkpoint_tolerable(struct settings *settings, const char *value);
int settings_checkpoint_retained(struct settings *settings, const char *value);
int settings_checkpoint_buffer(struct settings *settings, const char *value);
