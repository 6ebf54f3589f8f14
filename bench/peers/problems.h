/* Right-hand sides of the bench problems, with the calling convention of Hairer's codes (ODEPACK passes only the first four arguments). */
#pragma once
#ifdef __cplusplus
extern "C" {
#endif
typedef void (*rhs_f64)(const int *n, const double *t, const double *y, double *dydt, void *rpar, void *ipar);
typedef void (*rhs_f32)(const int *n, const float *t, const float *y, float *dydt, void *rpar, void *ipar);

rhs_f64 find_f64(const char *problem);
rhs_f32 find_f32(const char *problem);

/* What the driver asks for, read from standard input; y0 holds n values. */
typedef struct {
  char problem[64], method[64];
  double rtol, atol, budget, t0, t1;
  int n, ml, mu;
  double *y0;
} request;

request read_request(void);
/* Smallest mean duration of a batch of about a millisecond, in seconds, over `budget` seconds. */
double best_time(void (*run)(void), double budget);
/* The duration of one bare call of the right-hand side. */
double bare_rhs_f64(rhs_f64 rhs, const request *r);
double bare_rhs_f32(rhs_f32 rhs, const request *r);
void answer(double seconds, double rhs_seconds, long nfev, const double *y, int n);
#ifdef __cplusplus
}
#endif
