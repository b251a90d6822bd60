/* Multiply-adds of four float64 lanes on 10 accumulators that do not wait for each other: prints GFLOP/s at the
   lower quartile of the calls' times. x86-64 with AVX and FMA. */
#include <immintrin.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { ACCUMULATORS = 10, ITERATIONS = 100000, CALLS = 400 };

/* The empty statement keeps each one done, and in a register. */
#define FMA(a) a = _mm256_fmadd_pd(a, factor, summand); __asm__ volatile("" : "+x"(a));

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + 1e-9 * t.tv_nsec;
}

static int ascending(const void *one, const void *other) {
  double a = *(const double *)one, b = *(const double *)other;
  return (a > b) - (a < b);
}

int main(void) {
  static double seconds[CALLS];
  volatile double sink = 0;
  for (int call = 0; call < CALLS; call++) {
    __m256d a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, factor = _mm256_set1_pd(0.999), summand = _mm256_set1_pd(0.001);
    a0 = a1 = a2 = a3 = a4 = a5 = a6 = a7 = a8 = a9 = summand;
    double start = now();
    for (int k = 0; k < ITERATIONS; k++) {
      FMA(a0) FMA(a1) FMA(a2) FMA(a3) FMA(a4) FMA(a5) FMA(a6) FMA(a7) FMA(a8) FMA(a9)
    }
    seconds[call] = now() - start;
    sink += a0[0] + a1[0] + a2[0] + a3[0] + a4[0] + a5[0] + a6[0] + a7[0] + a8[0] + a9[0];
  }
  qsort(seconds, CALLS, sizeof *seconds, ascending);
  printf("%.3f\n", (double)ITERATIONS * ACCUMULATORS * 4 * 2 / seconds[CALLS / 4] / 1e9);
}
