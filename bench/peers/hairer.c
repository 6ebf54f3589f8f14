/* Runs dopri5, dop853 and radau5 (Hairer, Wanner) and DLSODA (ODEPACK) on one request. Finite-difference Jacobians. */
#include "problems.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef void *sub;
#define ERK(name)                                                                                                              \
  void name(int *n, rhs_f64, double *x, double *y, double *xend, double *rtol, double *atol, int *itol, sub solout, int *iout, \
            double *work, int *lwork, int *iwork, int *liwork, void *rpar, void *ipar, int *idid)
ERK(dopri5_);
ERK(dop853_);
void radau5_(int *n, rhs_f64, double *x, double *y, double *xend, double *h, double *rtol, double *atol, int *itol, sub jac,
             int *ijac, int *mljac, int *mujac, sub mas, int *imas, int *mlmas, int *mumas, sub solout, int *iout, double *work,
             int *lwork, int *iwork, int *liwork, void *rpar, void *ipar, int *idid);
void dlsoda_(rhs_f64, int *neq, double *y, double *t, double *tout, int *itol, double *rtol, double *atol, int *itask,
             int *istate, int *iopt, double *rwork, int *lrw, int *iwork, int *liw, sub jac, int *jt);

static request r;
static rhs_f64 rhs;
static double *y, *work;
static int *iwork, lwork, liwork, isBanded;
static long nfev;
static void unused(void) {}

static void check(int idid) {
  if (idid < 0) {
    fprintf(stderr, "%s on %s: failed with %d\n", r.method, r.problem, idid);
    exit(1);
  }
}

static void run_erk(void) {
  int itol = 0, iout = 0, idid;
  double x = r.t0, end = r.t1;
  memcpy(y, r.y0, r.n * sizeof(double));
  memset(work, 0, 20 * sizeof(double));
  memset(iwork, 0, 20 * sizeof(int));
  iwork[0] = 10000000;
  (strcmp(r.method, "dopri5") == 0 ? dopri5_ : dop853_)(&r.n, rhs, &x, y, &end, &r.rtol, &r.atol, &itol, unused, &iout, work,
                                                       &lwork, iwork, &liwork, 0, 0, &idid);
  check(idid);
  nfev = iwork[16];
}

static void run_radau5(void) {
  int zero = 0, idid, ml = isBanded ? r.ml : r.n, mu = isBanded ? r.mu : r.n;
  /* It changes the tolerances it is given, and reads ipar[0] as the right-hand side's error flag. */
  double x = r.t0, end = r.t1, h = 1e-6, rtol = r.rtol, atol = r.atol;
  int ipar[1] = {0};
  memcpy(y, r.y0, r.n * sizeof(double));
  memset(work, 0, 20 * sizeof(double));
  memset(iwork, 0, 20 * sizeof(int));
  iwork[1] = 10000000;
  radau5_(&r.n, rhs, &x, y, &end, &h, &rtol, &atol, &zero, unused, &zero, &ml, &mu, unused, &zero, &zero, &zero, unused,
          &zero, work, &lwork, iwork, &liwork, 0, ipar, &idid);
  check(idid);
  nfev = iwork[13];
}

static void run_lsoda(void) {
  int itol = 1, itask = 1, istate = 1, iopt = 1, jt = isBanded ? 5 : 2;
  double t = r.t0, end = r.t1;
  memcpy(y, r.y0, r.n * sizeof(double));
  memset(work, 0, 20 * sizeof(double));
  memset(iwork, 0, 20 * sizeof(int));
  iwork[0] = r.ml, iwork[1] = r.mu, iwork[5] = 10000000;
  dlsoda_(rhs, &r.n, y, &t, &end, &itol, &r.rtol, &r.atol, &itask, &istate, &iopt, work, &lwork, iwork, &liwork, unused, &jt);
  check(istate);
  nfev = iwork[11];
}

int main(void) {
  r = read_request();
  rhs = find_f64(r.problem);
  isBanded = r.ml >= 0;
  int band = isBanded ? 2 * r.ml + r.mu + 1 : r.n;
  void (*run)(void);
  if (strcmp(r.method, "radau5") == 0) {
    run = run_radau5;
    lwork = r.n * (4 * band + 12) + 20, liwork = 3 * r.n + 20;
  } else if (strcmp(r.method, "lsoda") == 0) {
    run = run_lsoda;
    lwork = 22 + 16 * r.n + band * r.n, liwork = 20 + r.n;
  } else {
    run = run_erk;
    lwork = 11 * r.n + 21, liwork = 21;
  }
  y = malloc(r.n * sizeof(double));
  work = malloc(lwork * sizeof(double));
  iwork = malloc(liwork * sizeof(int));
  double seconds = best_time(run, r.budget);
  answer(seconds, bare_rhs_f64(rhs, &r), nfev, y, r.n);
  return 0;
}
