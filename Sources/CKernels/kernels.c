#include "CKernels.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

// See CK_FMA in level.inc.
#pragma clang fp contract(off)

// Names of one level, CK_AT(name), and of one scalar type in one level, CK(name).
#define CK_JOIN2_(a, b) ck_##a##_##b
#define CK_JOIN2(a, b) CK_JOIN2_(a, b)
#define CK_JOIN3_(a, b, c) ck_##a##_##b##_##c
#define CK_JOIN3(a, b, c) CK_JOIN3_(a, b, c)
#define CK_AT(name) CK_JOIN2(name, CK_L)
#define CK(name) CK_JOIN3(name, CK_S, CK_L)
#define CK_F64(name) CK_JOIN3(name, f64, CK_L)

// The iterations of such a loop are independent even where the output is an input: without the
// promise the compiler guards the vector body with an overlap test that every in-place call fails.
#define CK_LOOP _Pragma("clang loop vectorize(assume_safety)")

// A call that is left in a loop keeps it from vectorising, and the compiler's own limit on a
// function's size is below the longer polynomials.
#define CK_INLINE static inline __attribute__((always_inline))

#define CK_PANEL (CK_PANEL_BYTES / sizeof(T))

// Two numbers of bfloat16, in memory that callers declare as float's.
typedef uint32_t __attribute__((may_alias)) ck_word;

// Elements of a stack buffer: small enough for the first-level cache together with its neighbours.
#define CK_CHUNK 256

#define CK_ENTRY(name, S) .name##_##S = CK_JOIN3(name, S, CK_L)
#define CK_ENTRIES(S)                                                                              \
  CK_ENTRY(unary, S), CK_ENTRY(affine, S), CK_ENTRY(binary, S), CK_ENTRY(select, S),               \
      CK_ENTRY(activation, S), CK_ENTRY(activation_product, S), CK_ENTRY(slope_product, S),        \
      CK_ENTRY(sum_rows, S), CK_ENTRY(sum_columns, S), CK_ENTRY(max_rows, S),                      \
      CK_ENTRY(max_columns, S), CK_ENTRY(sum, S), CK_ENTRY(sum_of_squares, S), CK_ENTRY(dot, S),   \
      CK_ENTRY(axpy, S), CK_ENTRY(join, S), CK_ENTRY(lerp, S),                                     \
      CK_ENTRY(copy_rows, S), CK_ENTRY(transpose, S), CK_ENTRY(first_non_finite, S),               \
      CK_ENTRY(adam, S), CK_ENTRY(sgd, S), CK_ENTRY(pack_panels, S), CK_ENTRY(pack_strips, S),     \
      CK_ENTRY(product, S)

static inline size_t ck_least(size_t a, size_t b) { return a < b ? a : b; }

static inline uint32_t ck_bits_f32(float x) {
  uint32_t bits;
  memcpy(&bits, &x, sizeof bits);
  return bits;
}

static inline float ck_from_bits_f32(uint32_t bits) {
  float x;
  memcpy(&x, &bits, sizeof x);
  return x;
}

static inline uint64_t ck_bits_f64(double x) {
  uint64_t bits;
  memcpy(&bits, &x, sizeof bits);
  return bits;
}

static inline double ck_from_bits_f64(uint64_t bits) {
  double x;
  memcpy(&x, &bits, sizeof x);
  return x;
}

#define CK_BITS CK_JOIN2(bits, CK_S)
#define CK_FROM_BITS CK_JOIN2(from_bits, CK_S)

// PyTorch's.
#define CK_SELU_SCALE 1.0507009873554804934193349852946
#define CK_SELU_ALPHA 1.6732632423543772848170429916717

static inline void ck_check_order(unsigned order) {
  if (order <= CK_MAX_ORDER) return;
  fprintf(stderr, "CKernels: the derivative of order %u of an activation is asked for, the highest "
                  "is %d\n", order, CK_MAX_ORDER);
  abort();
}

static inline void ck_refuse_slope(ck_activation kind) {
  fprintf(stderr, "CKernels: the slope of the activation %u is no function of its value\n",
          (unsigned)kind);
  abort();
}

static inline void ck_check_joined(size_t arrays) {
  if (arrays >= 1 && arrays <= CK_MAX_JOINED) return;
  fprintf(stderr, "CKernels: %zu arrays are to be joined, from 1 to %d can be\n", arrays,
          CK_MAX_JOINED);
  abort();
}

#include "derivative_coefficients.inc"
#include "philox.inc"

#define CK_L baseline
#define CK_LEVEL CK_LEVEL_BASELINE
#define CK_REGISTER 16
#define CK_STRIP 6
#define CK_NAME "baseline"
#define CK_PRODUCT_BF16 ck_product_bf16_baseline
#if defined(__FMA__) || defined(__aarch64__)
#define CK_FUSED 1
#else
#define CK_FUSED 0
#endif
#include "level.inc"

#if defined(__x86_64__)

#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#define CK_L avx2
#define CK_LEVEL CK_LEVEL_AVX2
#define CK_REGISTER 32
#define CK_STRIP 6
#define CK_NAME "avx2"
#define CK_PRODUCT_BF16 ck_product_bf16_avx2
#define CK_FUSED 1
#include "level.inc"
#pragma clang attribute pop

static void ck_widest_product_bf16(const ck_product_bf16 *p);

#pragma clang attribute push(                                                                      \
        __attribute__((target("avx512f,avx512dq,avx512vl,avx512bw,avx2,fma"))),                    \
            apply_to = function)
#define CK_L avx512
#define CK_LEVEL CK_LEVEL_AVX512
#define CK_REGISTER 64
#define CK_STRIP 12
#define CK_NAME "avx512"
#define CK_PRODUCT_BF16 ck_widest_product_bf16
#define CK_FUSED 1
#include "level.inc"
#pragma clang attribute pop

// AVX-512 and its instruction for bfloat16, which has the bits of the product without it except
// where a number is below 2^-126, there it reads and writes zero, or a product overflows.
#pragma clang attribute push(                                                                      \
        __attribute__((target("avx512f,avx512dq,avx512vl,avx512bw,avx512bf16,avx2,fma"))),         \
            apply_to = function)
#define CK_L avx512bf16
#define CK_REGISTER 64
#define CK_STRIP 12
#include "strips.inc"
#define T float
#define CK_S bf16
#define CK_FACTOR ck_word
#define CK_HAS_FEW_COLUMNS 0
#define CK_TERM(a, b, sum)                                                                         \
  ((CK(vector))_mm512_dpbf16_ps((__m512)(sum), (__m512bh)(a), (__m512bh)(b)))
#include "products.inc"
#undef CK_L
#undef CK_REGISTER
#undef CK_STRIP
#include "undefine.inc"
#pragma clang attribute pop

static int ck_has_bfloat16(void) { return __builtin_cpu_supports("avx512bf16"); }

static void ck_widest_product_bf16(const ck_product_bf16 *p) {
  if (ck_has_bfloat16()) {
    ck_product_bf16_avx512bf16(p);
  } else {
    ck_product_bf16_avx512(p);
  }
}

int ck_multiplies_bfloat16(ck_level level) {
  return level == CK_LEVEL_AVX512 && ck_has_bfloat16();
}

const ck_table *ck_table_for_level(ck_level level) {
  switch (level) {
  case CK_LEVEL_BASELINE:
    return &ck_table_baseline;
  case CK_LEVEL_AVX2:
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") ? &ck_table_avx2 : NULL;
  case CK_LEVEL_AVX512:
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
                   __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512bw") &&
                   __builtin_cpu_supports("fma")
               ? &ck_table_avx512
               : NULL;
  }
  return NULL;
}

#else

int ck_multiplies_bfloat16(ck_level level) {
  (void)level;
  return 0;
}

const ck_table *ck_table_for_level(ck_level level) {
  return level == CK_LEVEL_BASELINE ? &ck_table_baseline : NULL;
}

#endif

ck_level ck_highest_level(void) {
  if (ck_table_for_level(CK_LEVEL_AVX512)) return CK_LEVEL_AVX512;
  if (ck_table_for_level(CK_LEVEL_AVX2)) return CK_LEVEL_AVX2;
  return CK_LEVEL_BASELINE;
}
