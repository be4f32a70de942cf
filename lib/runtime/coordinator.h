// When checkpoints are taken, and what becomes of them. Knows no clock, thread, task or disk: who
// has it says what time it is and hands in the world, so that it runs against time lines in tests
// and under the simulator's scheduler.
//
//	         due, or asked for              result
//	 ┌─────┐ ────────────────► ┌─────────┐ ──────────► IDLE
//	 │IDLE │                   │ RUNNING │
//	 └─────┘ ◄──────────┐      └─────────┘
//	            result  │           │ timeout
//	                ┌───┴─────┐     │
//	                │ABORTING │ ◄───┘
//	                └─────────┘
//
// One at a time: a checkpoint that is aborted still has to be reported by the writer before the
// next one begins.
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include "base/err.h"
#include "runtime/job.h"
#include "snapshot/checkpoint_result.h"

enum { COORDINATOR_REQUESTS_MAX = 16, COORDINATOR_PATH_MAX = 4096 };

// Everything that a coordinator does to others. arg is theirs.
struct coordinator_world {
	void *arg;
	// Checkpoint number n is to be taken. savepoint: copy it there when it is complete, or
	// NULL.
	void (*begin)(void *arg, uint64_t n, const char *savepoint);
	void (*abort)(void *arg, uint64_t n); // its result comes all the same
	bool (*result)(
		void *arg, struct checkpoint_result *result); // the next one, if there is one
};

enum coordinator_state { COORDINATOR_IDLE, COORDINATOR_RUNNING, COORDINATOR_ABORTING };

// Somebody wants a checkpoint and asks later how it went.
struct coordinator_request {
	uint64_t ticket; // 0 = free
	uint64_t checkpoint; // which will do, 0 = waits for one to begin
	bool is_done;
	struct checkpoint_result result;
	char savepoint[COORDINATOR_PATH_MAX]; // "" = none
};

struct coordinator {
	const struct checkpoint_settings *settings;
	struct coordinator_world world;
	enum coordinator_state state;
	uint64_t checkpoint; // in work, or the last one
	int64_t started_ms, next_ms; // of it; when the next periodic one is due
	uint64_t last_ticket;
	struct coordinator_request requests[COORDINATOR_REQUESTS_MAX];
	// for the summary and telemetry
	uint64_t n_completed, n_failed, n_failed_in_a_row;
	int64_t last_ms; // how long the last one that was completed took
	struct checkpoint_result last, last_failed; // the last one that was completed, that failed
};

// first: the number of the first checkpoint. settings must outlive the coordinator.
void coordinator_init(struct coordinator *coordinator, const struct checkpoint_settings *settings,
	const struct coordinator_world *world, uint64_t first, int64_t now_ms);

// Every few milliseconds. True when a checkpoint has ended: *ended says how, and for how long it
// ran.
bool coordinator_step(
	struct coordinator *coordinator, int64_t now_ms, struct checkpoint_result *ended);
// More have failed in a row than the settings tolerate: the job is to fail.
bool coordinator_has_failed(const struct coordinator *coordinator);

// A checkpoint as soon as one can begin; with a path a savepoint of it there. Returns a ticket, or
// 0 when too many are waiting, or the path is too long.
uint64_t coordinator_trigger(struct coordinator *coordinator, const char *savepoint);
// True once, when the checkpoint of the ticket has ended.
bool coordinator_done(
	struct coordinator *coordinator, uint64_t ticket, struct checkpoint_result *result);
