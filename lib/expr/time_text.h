// What CAST reads as dates and times, which is more than row/datetime.h does: fields of one digit
// or two. As Flink's DateTimeUtils.
#pragma once
#include "expr/unit.h"

// "2020-1-5", then perhaps " 3:4:5.123"; a day beyond the month's last is the last, 24:00:00 is the
// next day, as in java.time. Digits of the fraction beyond precision are cut off.
bool time_text_timestamp(const char *text, uint32_t len, int32_t precision, struct moment *moment);
// "2020", "2020-1", "2020-1-5"; blanks around each; what follows a blank behind it does not count.
bool time_text_date(const char *text, uint32_t len, int32_t *days);
// "3", "3:4", "3:4:5", "3:4:5.123".
bool time_text_time(const char *text, uint32_t len, int32_t *ms);
// A moment in the units of a timestamp's type. False when it is out of range.
bool time_text_value(struct moment moment, struct type type, int64_t *value);
