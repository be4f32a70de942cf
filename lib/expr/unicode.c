#include "expr/unicode.h"
#include <locale.h>
#include <wctype.h>

static locale_t table; // one for the process, never freed

void unicode_load(void)
{
	if (table == NULL)
		table = newlocale(LC_CTYPE_MASK, "C.UTF-8", NULL);
}

uint32_t unicode_upper(uint32_t point)
{
	if (point < 0x80 || table == NULL)
		return point >= 'a' && point <= 'z' ? point - 32 : point;
	return towupper_l(point, table);
}

uint32_t unicode_lower(uint32_t point)
{
	if (point < 0x80 || table == NULL)
		return point >= 'A' && point <= 'Z' ? point + 32 : point;
	return towlower_l(point, table);
}

bool unicode_is_letter(uint32_t point)
{
	if (point < 0x80 || table == NULL)
		return (point | 32) >= 'a' && (point | 32) <= 'z';
	return iswalpha_l(point, table);
}
