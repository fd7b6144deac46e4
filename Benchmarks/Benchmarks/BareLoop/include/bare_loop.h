// The loops in plain C against which the integrators are measured.
#ifndef INTERPOLANTS_BARE_LOOP_H
#define INTERPOLANTS_BARE_LOOP_H

#include <stddef.h>
#include <stdint.h>

// Euler-Maruyama for dX = rate X dt + sqrt(2 diffusion) dW over [0, 1]: `steps` equal steps of
// `paths` scalar paths, x[i] that of sample i, with the library's normal numbers of (seed, stream).
// `normals` has room for one number a path.
void bare_euler_maruyama(uint64_t seed, uint32_t stream, size_t paths, size_t steps, double rate,
                         double diffusion, double *x, double *normals);

#endif
