// The hot loops of the library, in C, compiled once per instruction-set level.
//
// One source (level.inc) is included once per level into a table of function pointers, so every
// level can be tested on one machine and a user can pin one. Results of one level do not depend on
// the position of an element in an array, on alignment or on the length: contraction is off, fused
// multiply-adds are written out where the level has them, and reductions use a fixed number of
// lanes. Levels differ from each other in the last bits.
//
// Unless it says otherwise an output may be the same array as an input, never a shifted one.
#ifndef INTERPOLANTS_CKERNELS_H
#define INTERPOLANTS_CKERNELS_H

#include <stddef.h>
#include <stdint.h>

typedef enum ck_level {
  CK_LEVEL_BASELINE = 0, // what the architecture guarantees: SSE2, or NEON on AArch64
  CK_LEVEL_AVX2 = 1,     // AVX2 and FMA
  CK_LEVEL_AVX512 = 2    // AVX-512 F, DQ, VL, BW
} ck_level;

// The highest derivative of an activation; a higher order ends the process with a message.
#define CK_MAX_ORDER 12

// The most arrays that are joined at once; another number ends the process with a message.
#define CK_MAX_JOINED 8

// SIGN keeps a zero and a NaN. Errors in units in the last place are in Tests/CKernelsTests.
typedef enum ck_unary {
  CK_NEGATE, CK_ABSOLUTE, CK_SIGN, CK_SQUARE, CK_SQRT, CK_RECIPROCAL, CK_FLOOR,
  CK_EXP, CK_EXPM1, CK_LOG, CK_LOG1P, CK_SIN, CK_COS, CK_TANH, CK_SIGMOID, CK_ERF
} ck_unary;

typedef enum ck_binary {
  CK_ADD, CK_SUBTRACT, CK_MULTIPLY, CK_DIVIDE,
  CK_MAXIMUM, CK_MINIMUM, // IEEE 754-2019 maximum and minimum: NaN if one is NaN, -0 below +0
  CK_GREATER, CK_GREATER_EQUAL, CK_EQUAL // 1 where true, else 0; false with NaN
} ck_binary;

// GELU is x Phi(x), without the approximation by tanh; SELU has PyTorch's constants.
typedef enum ck_activation {
  CK_RELU, CK_SILU, CK_GELU, CK_ACT_TANH, CK_SELU, CK_SOFTPLUS, CK_ACT_SIGMOID
} ck_activation;

// Where a block of random numbers stands: row r is sample `samples[r]`, or `sample + r` if
// `samples` is null. Column c is draw c of that (seed, stream, sample, step). If `rows_of_step` is
// not 0, the rows are those of several steps on end, so many each: row r is row r % rows_of_step of
// `step + r / rows_of_step`.
typedef struct ck_address {
  uint64_t seed;
  uint32_t stream; // below 2^16
  uint32_t step;
  uint64_t sample; // below 2^48
  const uint64_t *samples;
  size_t rows_of_step;
} ck_address;

// One Adam or AdamW update; the caller computes the corrections in double.
//   g <- gradient_scale * g + l2 * p          (Adam's weight decay)
//   m <- beta1 m + (1-beta1) g,  v <- beta2 v + (1-beta2) g^2
//   p <- p * (1 - decay) - step * m / (sqrt(v) * inverse_root_correction2 + epsilon)
typedef struct ck_adam {
  double gradient_scale, l2, beta1, beta2, decay, step, inverse_root_correction2, epsilon;
} ck_adam;

// SGD with momentum, as PyTorch writes it:
//   g <- gradient_scale * g + l2 * p;  m <- momentum m + (1-dampening) g
//   p <- p - rate * (nesterov ? g + momentum m : m)
// On the first step the caller passes dampening = 0.
typedef struct ck_sgd {
  double gradient_scale, l2, momentum, dampening, rate;
  int nesterov;
} ck_sgd;

// Bytes of the columns of one panel of a packed matrix: a cache line, at every level.
#define CK_PANEL_BYTES 64

// The most columns of a product that has its vectors along the rows; A in strips is not for it.
#define CK_FEW_COLUMNS 4

// What becomes of an element v of a product before it is written: v, max(v, 0) as ReLU does it, or
// v times 1 where the gate is above 0 and times 0 elsewhere.
typedef enum ck_finish { CK_KEEP, CK_RECTIFY, CK_GATE } ck_finish;

// How A, rows x inner, lies in memory: row by row, column by column, or packed by pack_strips. Columns
// are for a small A, strips for one whose columns would crowd each other out of the cache.
typedef enum ck_layout { CK_ROWS_OF_A, CK_COLUMNS_OF_A, CK_STRIPS_OF_A } ck_layout;

// How B, inner x columns, lies in memory: packed by pack_panels, or row by row, which is for a small B;
// its columns must then fill panels, since whole registers of a row are read.
typedef enum ck_right_layout { CK_PANELS_OF_B, CK_ROWS_OF_B } ck_right_layout;

// What of B, of equal columns and inner, may differ from zero: all, k <= column or k >= column. The
// rest must be zero; a tile leaves out the terms in which all of its columns are.
typedef enum ck_triangle { CK_FULL, CK_UPPER, CK_LOWER } ck_triangle;

// C = finish(A B + bias), or C += A B. A is contiguous, and so is B; bias is null or
// has an element a column; gate, rows x columns, is read where finish says so; C is rows x columns,
// contiguous, and none of the others. With `adds` finish is CK_KEEP and bias null.
#define CK_PRODUCT_FOR(T, FACTOR, S)                                                               \
  typedef struct ck_product_##S {                                                                  \
    size_t rows, columns, inner;                                                                   \
    const FACTOR *a;                                                                               \
    ck_layout a_layout;                                                                            \
    const FACTOR *b;                                                                               \
    ck_right_layout b_layout;                                                                      \
    ck_triangle triangle;                                                                          \
    const T *bias;                                                                                 \
    int adds;                                                                                      \
    ck_finish finish;                                                                              \
    const T *gate;                                                                                 \
    T *c;                                                                                          \
  } ck_product_##S;
CK_PRODUCT_FOR(float, float, f32)
CK_PRODUCT_FOR(double, double, f64)
// A, in rows or strips, and B, in panels, are of bfloat16, packed by pack_..._bf16 in words of 32 bits with two
// terms each; `inner` counts words, of which a row has half as many as terms, rounded up; B is full.
CK_PRODUCT_FOR(float, void, bf16)

// A term of a sum: weight * x.
typedef struct ck_term {
  const double *x;
  double weight;
} ck_term;

#define CK_TABLE_FOR(T, S)                                                                         \
  void (*unary_##S)(ck_unary op, size_t n, const T *x, T *y);                                      \
  /* y = scale * x + offset */                                                                     \
  void (*affine_##S)(size_t n, double scale, double offset, const T *x, T *y);                     \
  /* z[r,c] = x[r*x_row + c*x_column] op y[...]; x_column, y_column in {0, 1}; z contiguous */     \
  void (*binary_##S)(ck_binary op, size_t rows, size_t columns, const T *x, size_t x_row,          \
                     size_t x_column, const T *y, size_t y_row, size_t y_column, T *z);            \
  /* z = mask != 0 ? x : y */                                                                      \
  void (*select_##S)(size_t n, const T *mask, const T *x, const T *y, T *z);                       \
  /* y = sigma^(order)(x), the order-th derivative of the activation, order <= CK_MAX_ORDER; at */ \
  /* a kink the derivative from below; ReLU's derivatives are 0 at NaN, all else is NaN there */   \
  void (*activation_##S)(ck_activation kind, unsigned order, size_t n, const T *x, T *y);          \
  /* y = sigma^(order)(x) * g */                                                                   \
  void (*activation_product_##S)(ck_activation kind, unsigned order, size_t n, const T *x,         \
                                 const T *g, T *y);                                                \
  /* y = sigma'(x) * g from v = sigma(x), where the slope is a function of the value: tanh, */     \
  /* sigmoid, SELU; it errs by a rounding of v, so a vanishing slope has no correct digits */      \
  void (*slope_product_##S)(ck_activation kind, size_t n, const T *v, const T *g, T *y);           \
  /* y[c] = sum over r of x[r, c]; y[r] = sum over c of x[r, c]; likewise the maxima, NaN where */ \
  /* one is NaN; of nothing the sum is 0 and the maximum -infinity. y is another array than x */   \
  void (*sum_rows_##S)(size_t rows, size_t columns, const T *x, T *y);                             \
  void (*sum_columns_##S)(size_t rows, size_t columns, const T *x, T *y);                          \
  void (*max_rows_##S)(size_t rows, size_t columns, const T *x, T *y);                             \
  void (*max_columns_##S)(size_t rows, size_t columns, const T *x, T *y);                          \
  /* sums in double, over a fixed number of lanes; y is not read by sum and sum_of_squares */      \
  double (*sum_##S)(size_t n, const T *x);                                                         \
  double (*sum_of_squares_##S)(size_t n, const T *x);                                              \
  double (*dot_##S)(size_t n, const T *x, const T *y);                                             \
  /* y += a * x */                                                                                 \
  void (*axpy_##S)(size_t n, double a, const T *x, T *y);                                          \
  /* x[0] = the sum of the arrays, ((x[0] + x[1]) + (x[2] + x[3])) + ..., missing ones left out, */\
  /* from 1 to CK_MAX_JOINED arrays, which do not overlap */                                       \
  void (*join_##S)(size_t arrays, size_t n, T *const *x);                                          \
  /* y += weight * (x - y) */                                                                      \
  void (*lerp_##S)(size_t n, double weight, const T *x, T *y);                                     \
  /* y[r*y_row + c] = x[r*x_row + c*x_column]; y is another array than x */                        \
  void (*copy_rows_##S)(size_t rows, size_t columns, const T *x, size_t x_row, size_t x_column,    \
                        T *y, size_t y_row);                                                       \
  /* y[c, r] = x[r, c]; y is another array than x */                                               \
  void (*transpose_##S)(size_t rows, size_t columns, const T *x, T *y);                            \
  /* index of the first value that is not finite, or n */                                          \
  size_t (*first_non_finite_##S)(size_t n, const T *x);                                            \
  void (*adam_##S)(size_t n, const ck_adam *c, const T *g, T *p, T *m, T *v);                      \
  void (*sgd_##S)(size_t n, const ck_sgd *c, const T *g, T *p, T *m);                              \
  /* Packs B, inner x columns or transposed columns x inner, into panels of CK_PANEL_BYTES of */   \
  /* columns: inner numbers a column, columns rounded up to whole panels, zeros in the rest. */    \
  void (*pack_panels_##S)(size_t inner, size_t columns, const T *b, int transposed, T *panels);    \
  /* Packs A given as its transpose, inner x rows, into rows * inner numbers. */                   \
  void (*pack_strips_##S)(size_t rows, size_t inner, const T *a, T *strips);                       \
  void (*product_##S)(const ck_product_##S *p);

typedef struct ck_table {
  ck_level level;
  const char *name; // "baseline", "avx2", "avx512"
  CK_TABLE_FOR(float, f32)
  CK_TABLE_FOR(double, f64)
  // Round to bfloat16, the nearest, and pack as their namesakes do, in words of two terms; `inner`
  // counts terms. pack_rows packs A given row by row.
  void (*pack_rows_bf16)(size_t rows, size_t inner, const float *a, void *words);
  void (*pack_panels_bf16)(size_t inner, size_t columns, const float *b, int transposed,
                           void *panels);
  void (*pack_strips_bf16)(size_t rows, size_t inner, const float *a, void *strips);
  // Products of bfloat16 are added in float, the later term of a word before the earlier: the same
  // bits at every level, except where a number is below 2^-126 or a product overflows.
  void (*product_bf16)(const ck_product_bf16 *p);
  void (*to_f32)(size_t n, const double *x, float *y);
  void (*to_f64)(size_t n, const float *x, double *y);
  // Uniform on [0, 1): the top 53 bits of two words of Philox 4x32-10, times 2^-53.
  void (*uniform)(const ck_address *address, size_t rows, size_t columns, double *y);
  // Standard normal: Box-Muller on the pair of 64-bit words of one Philox block. With u = (top 53
  // bits of the first + 1) 2^-53 in (0, 1] and v the uniform of the second, columns 2j and 2j+1 are
  // sqrt(-2 log u) times cos(2 pi v) and sin(2 pi v); the tails end at 8.57.
  void (*normal)(const ck_address *address, size_t rows, size_t columns, double *y);
  // y = base + the terms, each added in turn as axpy adds it; y may be base and is none of the terms.
  // The index of the first value of y that is not finite, or n.
  size_t (*combine)(size_t n, const double *base, size_t terms, const ck_term *term, double *y);
  // y[r, :] += weight[r] * x[r, :]; a row of weight 0 is left alone, whatever x is there.
  void (*add_rows)(size_t rows, size_t columns, const double *weight, const double *x, double *y);
} ck_table;

// The table of a level, or NULL where this processor cannot run it.
const ck_table *ck_table_for_level(ck_level level);

// The highest level this processor can run.
ck_level ck_highest_level(void);

// Whether a level multiplies bfloat16 by instructions made for it on this processor; otherwise a
// product takes longer than one of float.
int ck_multiplies_bfloat16(ck_level level);

// Philox 4x32-10 (Salmon et al. 2011): one block of four words from a counter and a key.
void ck_philox4x32(const uint32_t counter[4], const uint32_t key[2], uint32_t out[4]);

// The counter of a draw, the only place where its layout is written:
//   counter = { block, step, sample[0..31], stream << 16 | sample[32..47] }, key = { seed lo, hi }.
// Columns 2j and 2j+1 of a row share block j: words 0,1 (high, low) and 2,3.
void ck_counter(uint32_t stream, uint64_t sample, uint32_t step, uint32_t block, uint32_t out[4]);

// The number of processors this process may run on, at least 1.
int ck_available_processors(void);

// Tells the processor that this is a loop of waiting.
static inline void ck_spin_hint(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

#endif
