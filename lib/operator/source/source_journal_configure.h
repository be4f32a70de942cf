// The options of a udp table that are about its journal.
#pragma once
#include "operator/source/source.h"

// Read 'journal' and 'journal.…' into config->journal. Returns 0, or -EINVAL with *err filled.
int source_journal_configure(struct source_config *config, struct arena *arena,
	const struct schema *schema, struct table_option *options, uint16_t n_options,
	struct err *err);
