// Inside the family: the detectors there are, and what they share. Only files of this folder and
// its tests include it.
#pragma once
#include "operator/anomaly/detector.h"

// A line for each, by name: detector_NAME is of detector_NAME.c and stands in detectors.c as well.
extern const struct detector_kind detector_auto;
extern const struct detector_kind detector_cusum;
extern const struct detector_kind detector_ensemble;
extern const struct detector_kind detector_ewma;
extern const struct detector_kind detector_rate;
extern const struct detector_kind detector_rcf;
extern const struct detector_kind detector_robust;
extern const struct detector_kind detector_seasonal;
extern const struct detector_kind detector_sequence;
extern const struct detector_kind detector_threshold;

// ---- Reading options. All return 0, or -EINVAL with *err filled: "'alpha' is 1.5: it must be a
// number from 0 to 1".

// The option's number into *value, which stays as it is when the option is not there. least and
// most are allowed; infinite: no bound. NaN and infinities are no numbers.
int detector_number(const struct detector_call *call, const char *name, double least, double most,
	double *value, struct err *err);
// The same for a count, which has no fraction.
int detector_whole(const struct detector_call *call, const char *name, double least, double most,
	double *value, struct err *err);
// Whether each option that is given is one of names[], NULL behind the last.
int detector_options(const struct detector_call *call, const char *detector,
	const char *const *names, struct err *err);
