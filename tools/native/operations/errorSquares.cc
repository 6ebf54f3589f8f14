// SolveIvpErrorSquares: the sum over i of (e[i] / (atol + rtol max(|y[i]|, |yNew[i]|)))^2 with e = w . k, the square of the error norm before its division by n, in one
// pass over memory. See Hairer, Norsett, Wanner, "Solving Ordinary Differential Equations I", Sec. II.4, eq. (4.10) and (4.11).

#include <cmath>

#include "combination.h"
#include "operation.h"
#include "parallel.h"

namespace {

constexpr std::size_t LANES = 16;

// Of one block. Lanes of their own let the compiler add several at a time.
double sumOfSquares(const float* error, const float* y, const float* yNew, float rtol, float atol, std::size_t n) {
  float lanes[LANES] = {};
  const auto square = [&](std::size_t i) {
    const float a = std::fabs(y[i]);
    const float b = std::fabs(yNew[i]);
    // One that is not a number makes the sum none
    const float larger = a > b || a != a ? a : b;
    const float tolerance = larger * rtol + atol;
    // NaN where the state, and with it the tolerance, is infinite
    const float scaled = (error[i] + (tolerance - tolerance)) / tolerance;
    return scaled * scaled;
  };
  std::size_t i = 0;
  for (; i + LANES <= n; i += LANES)
    for (std::size_t lane = 0; lane < LANES; lane++) lanes[lane] += square(i + lane);
  double sum = 0;
  for (; i < n; i++) sum += square(i);
  for (const float lane : lanes) sum += lane;
  return sum;
}

// Inputs y, yNew, (rtol, atol), w, k[0] ... k[m-1]; output a scalar.
void errorSquares(Call& call, int m) {
  const std::size_t n = call.size(0);
  call.expectSize(1, n);
  call.expectSize(2, 2);
  call.expectSize(3, m);
  std::vector<const float*> k;
  for (int j = 0; j < m; j++) {
    call.expectSize(4 + j, n);
    k.push_back(call.input(4 + j));
  }
  const float* y = call.input(0);
  const float* yNew = call.input(1);
  const float* tolerance = call.input(2);
  const float* w = call.input(3);
  // One for each block, added in order: the sum does not depend on the number of threads
  std::vector<double> sums((n + BLOCK - 1) / BLOCK);
  parallelFor(n, 16 * BLOCK, [&](std::size_t from, std::size_t to) {
    float error[BLOCK];
    for (std::size_t at = from; at < to; at += BLOCK) {
      const std::size_t length = std::min(BLOCK, to - at);
      weightedSum(w, k, at, length, error);
      sums[at / BLOCK] = sumOfSquares(error, y + at, yNew + at, tolerance[0], tolerance[1], length);
    }
  });
  double sum = 0;
  for (const double part : sums) sum += part;
  *call.output(0, {}) = static_cast<float>(sum);
}

const bool isRegistered = registerOperation("SolveIvpErrorSquares", "m: int >= 1",
                                            {"y: float", "y_new: float", "tolerance: float", "w: float", "k: m * float"}, {"sum: float"},
                                            create<TERMS>, compute<errorSquares>);

}  // namespace
