// The lines of the control socket as JSON.
#pragma once
#include "control/control.h"

struct request {
	bool is_stop, drains;
	char savepoint[CONTROL_LINE_MAX]; // its path, "" = none
};

// Of line[:len]. Returns 0, or -EINVAL with *err filled.
int request_parse(struct request *request, const char *line, uint32_t len, struct err *err);
// Answers, with their newline, into line[:size]. Return the length.
uint32_t request_answer(
	const struct checkpoint_result *result, const char *savepoint, char *line, uint32_t size);
uint32_t request_refuse(const char *text, char *line, uint32_t size);
