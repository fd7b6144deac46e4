// LAPACK's C interface. Only real routines are used; complex types are not imported by Swift.
#ifndef INTERPOLANTS_CLAPACKE_H
#define INTERPOLANTS_CLAPACKE_H

#include <lapacke.h>

#endif
