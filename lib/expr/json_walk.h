// Going through the members of an object or the elements of an array. Internal to the module.
#pragma once
#include "expr/json_text.h"

struct json_cursor {
	const char *at; // behind the value; NULL: at the beginning
	struct json_value key; // of an object's member, without the quotes
	struct json_value value;
};

// The next one of the container `of`. False at the end.
bool json_next(struct json_value of, struct json_cursor *cursor);
