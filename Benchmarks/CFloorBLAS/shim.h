// The floor's own way to OpenBLAS: the library itself does not export one.
#ifndef INTERPOLANTS_BENCHMARKS_COPENBLAS_H
#define INTERPOLANTS_BENCHMARKS_COPENBLAS_H

#include <cblas.h>

#endif
