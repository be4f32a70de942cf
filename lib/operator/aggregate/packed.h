// How states lie in a checkpoint's records: logical and little endian, nothing of how a state keeps
// it, so that another process, with another heap, makes a state of it that goes on the same way.
//
//   value    as wide as in a column; a view: length 4 B, bytes
//   list     n_in 4 │ n_out 4 │ n 4 │ n × (number 4, NULL bits 1, the values that are not NULL)
//   set      n 4 │ n × (times 4, value)
//
// The others are drawn where they are made. A state without a heap is its bytes.
#pragma once
#include "operator/aggregate/kept.h"
#include "snapshot/record.h"
#include "state/value_set.h"

void packed_put(struct record_out *out, const void *value, enum type_kind kind);
// The next value of this type; the bytes of a long string stay in the record. 0, or −EINVAL.
int packed_get(struct record_reader *in, struct kept *value, struct type type);

void packed_put_set(struct record_out *out, const struct value_set *set, enum type_kind kind);
// Into an empty set. 0, −EINVAL or −ENOMEM; what was taken is in the set.
int packed_get_set(struct record_reader *in, struct value_set *set, const struct value_set_of *of,
	struct type type);
