// Paths into JSON as Flink reads them, which is Jayway JsonPath's syntax with a mode in front:
// 'lax $.a["b c"][0][*].d'. Internal to the module.
#pragma once
#include <stdbool.h>
#include <stdint.h>

enum { JSON_STEPS_MAX = 32, JSON_PATH_WHY_MAX = 128 };

enum json_step_kind {
	JSON_STEP_KEY, // .key, ['key']
	JSON_STEP_INDEX, // [2]; [-1] is the last
	JSON_STEP_ALL, // .*, [*]: of an object or array
};

struct json_step {
	enum json_step_kind kind;
	uint32_t len;
	const char *key; // [:len], part of the path's text
	int64_t index;
};

struct json_path {
	bool is_lax; // strict when nothing is said, as in Flink
	bool is_definite; // leads to one value: no JSON_STEP_ALL
	uint16_t n_steps;
	struct json_step steps[JSON_STEPS_MAX];
};

// Parse text[:len], which must outlive path. Returns 0, or −1 with why filled.
int json_path_parse(
	struct json_path *path, const char *text, uint32_t len, char why[JSON_PATH_WHY_MAX]);
