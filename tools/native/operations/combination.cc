// SolveIvpCombination: y + (w[0] k[0] + ... + w[m-1] k[m-1]), a stage of a Runge-Kutta method, in one pass over memory. TensorFlow's own operations take two for
// each product and one more for each term of the sum.
// See Hairer, Norsett, Wanner, "Solving Ordinary Differential Equations I", Sec. II.1, eq. (1.8).

#include "combination.h"

#include "operation.h"
#include "parallel.h"

namespace {

// Inputs y, w, k[0] ... k[m-1]; output of the shape of y.
void combine(Call& call, int m) {
  const std::size_t n = call.size(0);
  call.expectSize(1, m);
  std::vector<const float*> k;
  for (int j = 0; j < m; j++) {
    call.expectSize(2 + j, n);
    k.push_back(call.input(2 + j));
  }
  const float* y = call.input(0);
  const float* w = call.input(1);
  float* out = call.output(0, call.shape(0));
  parallelFor(n, 16 * BLOCK, [&](std::size_t from, std::size_t to) {
    for (std::size_t at = from; at < to; at += BLOCK) {
      const std::size_t length = std::min(BLOCK, to - at);
      float* __restrict__ sum = out + at;
      weightedSum(w, k, at, length, sum);
      for (std::size_t i = 0; i < length; i++) sum[i] += y[at + i];
    }
  });
}

const bool isRegistered =
    registerOperation("SolveIvpCombination", "m: int >= 1", {"y: float", "w: float", "k: m * float"}, {"out: float"}, create<TERMS>, compute<combine>);

}  // namespace
