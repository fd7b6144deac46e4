#include "CMultiplyAdds.h"

// More sums than a unit's latency times the units, and no more than there are registers.
#define CMA_LOOP(name, attribute, bytes, sums, term)                                               \
  typedef float name##_vector __attribute__((ext_vector_type(bytes / 4)));                         \
  attribute static double name(size_t rounds) {                                                    \
    name##_vector sum[sums], x = 0.999f, y = 1e-3f;                                                \
    for (int i = 0; i < sums; i++) sum[i] = (float)i;                                              \
    for (size_t round = 0; round < rounds; round++) {                                              \
      _Pragma("clang loop unroll(full)") for (int i = 0; i < sums; i++) {                          \
        sum[i] = term(sum[i], x, y);                                                               \
        /* Without it the compiler may make the sums of many rounds at once. */                    \
        __asm__ volatile("" : "+" CMA_REGISTER(sum[i]));                                           \
      }                                                                                            \
    }                                                                                              \
    return 2.0 * sums * (bytes / 4) * (double)rounds;                                              \
  }

#define CMA_FUSED(a, b, c) __builtin_elementwise_fma(a, b, c)
#define CMA_PLAIN(a, b, c) ((a) * (b) + (c))

#if defined(__x86_64__)

#define CMA_REGISTER "v"
CMA_LOOP(cma_avx512, __attribute__((target("avx512f"))), 64, 24, CMA_FUSED)
#undef CMA_REGISTER
#define CMA_REGISTER "x"
CMA_LOOP(cma_avx2, __attribute__((target("avx2,fma"))), 32, 12, CMA_FUSED)
CMA_LOOP(cma_baseline, , 16, 12, CMA_PLAIN)

double cma_multiply_adds(size_t rounds) {
  if (__builtin_cpu_supports("avx512f")) return cma_avx512(rounds);
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return cma_avx2(rounds);
  return cma_baseline(rounds);
}

#else

#define CMA_REGISTER "w"
CMA_LOOP(cma_baseline, , 16, 24, CMA_FUSED)

double cma_multiply_adds(size_t rounds) { return cma_baseline(rounds); }

#endif
