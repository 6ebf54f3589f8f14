// Loops over ranges on a few threads.
#pragma once

#include <cstddef>
#include <functional>

// Cuts [0, n) into ranges of whole multiples of `grain` and runs `body(from, to)` on each, on as many threads as TensorFlow's operations may use
// (TF_NUM_INTRAOP_THREADS, else the number of cores). Returns when all are done. What body computes must not depend on where the cuts are.
void parallelFor(std::size_t n, std::size_t grain, const std::function<void(std::size_t, std::size_t)>& body);
