# mawk -f mawk.awk -v kind=tumble|hop -v min_count=N FILE.csv
# Partial results by slice and user; a window is the slices it has. Two slices are counted, one comes and one
# goes, for each user and window; sums and extremes only of windows that will be printed.
BEGIN {
	FS = ","; OFS = ","
	slice_s = kind == "hop" ? 30 : 60
	n_slices = kind == "hop" ? 10 : 1
	first = -1
}

{
	at = slice_of($2) SUBSEP $4
	amount = $11 + 0
	if (count[at]++ == 0) {
		low[at] = high[at] = amount
	} else if (amount < low[at]) {
		low[at] = amount
	} else if (amount > high[at]) {
		high[at] = amount
	}
	sum[at] += amount
	users[$4]
}

END {
	for (user in users) {
		n = 0
		for (end = first + 1; end < last + 1 + n_slices; end++) {
			n += count_of(end - 1, user) - count_of(end - 1 - n_slices, user)
			if (n >= min_count)
				show(user, end)
		}
	}
}

function slice_of(ts,    minute, slice) {
	minute = substr(ts, 1, 16)
	if (!(minute in minutes))
		minutes[minute] = mktime(substr(ts, 1, 4) " " substr(ts, 6, 2) " " substr(ts, 9, 2) " " \
			substr(ts, 12, 2) " " substr(ts, 15, 2) " 00") / slice_s
	slice = minutes[minute] + (slice_s == 30 && substr(ts, 18, 2) >= "30")
	if (first < 0 || slice < first)
		first = slice
	if (slice > last)
		last = slice
	return slice
}

function count_of(slice, user) {
	return ((slice, user) in count) ? count[slice, user] : 0
}

function show(user, end,    slice, total, least, most, n_all) {
	for (slice = end - n_slices; slice < end; slice++)
		if ((slice, user) in count) {
			if (n_all == 0 || low[slice, user] < least)
				least = low[slice, user]
			if (n_all == 0 || high[slice, user] > most)
				most = high[slice, user]
			n_all += count[slice, user]
			total += sum[slice, user]
		}
	printf "%s,%s,%d,%.2f,%.2f,%.2f\n", user, strftime("%Y-%m-%d %H:%M:%S", end * slice_s), n_all,
		total, least, most
}
