// The leaf of a stage's tree that sends its rows to another task: a sharder as an operator.
#pragma once
#include "exchange/sharder.h"
#include "runtime/job.h"

// Make the instance send to channels[:n], one for each instance of the target stage (the caller's;
// they must outlive it). Returns 0, or -ENOMEM.
int exchange_connect(struct op *op, struct channel *const *channels, uint32_t n);
// The task's input ran dry: send what is in open blocks. False when there is more to send later.
bool exchange_flush(struct op *op);
// It only paused: send the rows in open blocks.
void exchange_send_open(struct op *op);
bool exchange_is(const struct op *op);
// Before the first block: what went through it before had reached this watermark.
void exchange_restore(struct op *op, int64_t watermark);
