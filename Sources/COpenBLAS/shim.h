// The one file that names a BLAS. Another platform's library (Accelerate, MKL, BLIS) would be
// included here, with its `link` line in module.modulemap beside this file.
#ifndef INTERPOLANTS_COPENBLAS_H
#define INTERPOLANTS_COPENBLAS_H

#if !defined(__linux__)
#error "swift-interpolants runs on Linux. To port it, put your platform's BLAS in Sources/COpenBLAS/shim.h."
#elif !defined(__x86_64__) && !defined(__aarch64__)
#error "swift-interpolants is built for x86-64 and AArch64. To port it, put your BLAS in Sources/COpenBLAS/shim.h."
#endif

#include <cblas.h>

#endif
