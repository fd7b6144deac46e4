#include "bare_loop.h"

#include <CKernels.h>
#include <math.h>

// The library writes its fused operations out; contraction would fuse others.
#pragma clang fp contract(off)

#if defined(__x86_64__)
#define WIDEST __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define WIDEST
#endif

WIDEST static void move(size_t paths, double size, double rate, double deviation,
                        const double *normals, double *x) {
  for (size_t i = 0; i < paths; i++) {
    x[i] = fma(size, rate * x[i], x[i]) + deviation * normals[i];
  }
}

void bare_euler_maruyama(uint64_t seed, uint32_t stream, size_t paths, size_t steps, double rate,
                         double diffusion, double *x, double *normals) {
  const ck_table *kernels = ck_table_for_level(ck_highest_level());
  for (size_t step = 0; step < steps; step++) {
    double time = (double)step / (double)steps, end = (double)(step + 1) / (double)steps;
    ck_address address = {.seed = seed, .stream = stream, .step = (uint32_t)step};
    kernels->normal(&address, paths, 1, normals);
    move(paths, end - time, rate, sqrt(2 * diffusion * (end - time)), normals, x);
  }
}
