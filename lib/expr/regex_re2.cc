// The only C++ here: RE2 behind the C of expr/regex.h.
#include "expr/regex.h"
#include <cstdio>
#include <new>
#include <re2/re2.h>

struct regex {
	RE2 re;
	bool whole;

	regex(const re2::StringPiece &text, bool is_whole, const RE2::Options &options)
	    : re(text, options), whole(is_whole)
	{
	}
};

struct regex *regex_new(const char *text, uint32_t len, bool whole, char why[REGEX_WHY_MAX])
{
	RE2::Options options;
	struct regex *regex;

	options.set_log_errors(false);
	options.set_max_mem(REGEX_MEMORY_MAX);
	regex = new (std::nothrow)::regex(re2::StringPiece(text, len), whole, options);
	if (regex == nullptr) {
		snprintf(why, REGEX_WHY_MAX, "out of memory");
		return nullptr;
	}
	if (!regex->re.ok()) {
		snprintf(why, REGEX_WHY_MAX, "%s", regex->re.error().c_str());
		delete regex;
		return nullptr;
	}
	if (regex_groups(regex) > REGEX_GROUPS_MAX) {
		snprintf(why, REGEX_WHY_MAX, "more than %d groups", REGEX_GROUPS_MAX);
		delete regex;
		return nullptr;
	}
	return regex;
}

void regex_free(struct regex *regex)
{
	delete regex;
}

uint32_t regex_groups(const struct regex *regex)
{
	return static_cast<uint32_t>(regex->re.NumberOfCapturingGroups());
}

bool regex_find(const struct regex *regex, const char *text, uint32_t len, uint32_t from,
	struct regex_span *spans, uint32_t n)
{
	re2::StringPiece groups[REGEX_GROUPS_MAX + 1];
	const RE2::Anchor anchor = regex->whole ? RE2::ANCHOR_BOTH : RE2::UNANCHORED;

	if (!regex->re.Match(
		    re2::StringPiece(text, len), from, len, anchor, groups, static_cast<int>(n)))
		return false;
	for (uint32_t i = 0; i < n; i++) {
		const char *data = groups[i].data();

		spans[i].start = data != nullptr ? static_cast<int32_t>(data - text) : -1;
		spans[i].end = data != nullptr
				       ? spans[i].start + static_cast<int32_t>(groups[i].size())
				       : -1;
	}
	return true;
}
