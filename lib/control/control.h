// The control socket: how tidewirectl talks to a job that runs. A Unix socket control.sock in the
// job's state directory; a request is a line of JSON, and so is its answer.
//
//   {"command": "checkpoint"}                      when it is complete:
//                                                  {"ok": true, "checkpoint": 7, "records": 12,
//                                                  "bytes": 3456, "milliseconds": 4}
//   {"command": "savepoint", "path": "/sp"}        the same, and "savepoint": "/sp"
//   {"command": "stop"}                            the same, of the job's last checkpoint
//   {"command": "stop", "savepoint": "/sp"}        the same, and "savepoint": "/sp"
//   {"command": "stop", "drain": true}             the same, but the input ends for ever: windows
//                                                  that are open come out first
//   anything else, or a failure                    {"ok": false, "error": "…"}
//
// Whoever has the job polls it, every few milliseconds and on no lcore that handles events: nothing
// here waits. Requests and clients are bounded; a client that sends more is refused.
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include "base/err.h"
#include "snapshot/checkpoint_result.h"

enum { CONTROL_CLIENTS_MAX = 8, CONTROL_LINE_MAX = 8192 }; // a line's bytes, its newline too
#define CONTROL_SOCKET "control.sock"

// What a request makes happen. A ticket is what to ask for the result by; 0 = too many are asked
// for already.
struct control_world {
	void *arg;
	uint64_t (*trigger)(void *arg, const char *savepoint); // a checkpoint now; or NULL
	// The sources stop (or, to drain, end), and the last checkpoint is the result.
	uint64_t (*stop)(void *arg, const char *savepoint, bool drain);
	// True once, when what the ticket stands for has ended.
	bool (*done)(void *arg, uint64_t ticket, struct checkpoint_result *result);
};

struct control;

// Listen in the directory dir, which is this process's alone: what an earlier one left there is
// replaced. Returns NULL with *err filled.
struct control *control_open(const char *dir, const struct control_world *world, struct err *err);
// Take requests, answer those that are done.
void control_poll(struct control *control);
// The last answers, those of requests that come too late too. control may be NULL.
void control_close(struct control *control);
