#ifndef INTERPOLANTS_BENCHMARKS_CMULTIPLYADDS_H
#define INTERPOLANTS_BENCHMARKS_CMULTIPLYADDS_H

#include <stddef.h>

// Multiplies and adds floats in registers alone, `rounds` times over as many independent sums as keep
// the units busy, by the widest instructions of this processor. Returns the number of operations, two
// for each multiply-add.
double cma_multiply_adds(size_t rounds);

#endif
