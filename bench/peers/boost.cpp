// Boost.odeint's runge_kutta_dopri5 with step control. Compiled twice, with REAL=double and REAL=float.
#include "problems.h"
#include <boost/numeric/odeint.hpp>
#include <vector>

#define PASTE(a, b) a##b
#define NAME(a, b) PASTE(a, b)
namespace odeint = boost::numeric::odeint;
using state = std::vector<REAL>;

static request r;
static NAME(rhs_, SUFFIX) rhs;
static state start, y;
static long nfev;

static void run() {
  y = start;
  nfev = 0;
  auto system = [](const state &at, state &out, double t) {
    REAL time = t;
    nfev++;
    rhs(&r.n, &time, at.data(), out.data(), nullptr, nullptr);
  };
  auto stepper = odeint::make_controlled<odeint::runge_kutta_dopri5<state, double, state, double>>(r.atol, r.rtol);
  odeint::integrate_adaptive(stepper, system, y, r.t0, r.t1, (r.t1 - r.t0) * 1e-4);
}

int main() {
  r = read_request();
  rhs = NAME(find_, SUFFIX)(r.problem);
  start.assign(r.y0, r.y0 + r.n);
  double seconds = best_time(run, r.budget);
  std::vector<double> end(y.begin(), y.end());
  answer(seconds, NAME(bare_rhs_, SUFFIX)(rhs, &r), nfev, end.data(), r.n);
}
