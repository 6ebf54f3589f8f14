// Weighted sums of vectors, block by block in the first cache.
#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

// Numbers of a vector that are summed at a time: all of a block stays in the first cache.
constexpr std::size_t BLOCK = 1024;

// The attribute that counts the terms.
inline constexpr char TERMS[] = "m";

// sum = w[0] k[0] + ... + w[m-1] k[m-1] on [from, from + n), n <= BLOCK, in this order, each product and sum rounded to single precision.
inline void weightedSum(const float* w, const std::vector<const float*>& k, std::size_t from, std::size_t n, float* __restrict__ sum) {
  const float* first = k[0] + from;
  for (std::size_t i = 0; i < n; i++) sum[i] = w[0] * first[i];
  for (std::size_t j = 1; j < k.size(); j++) {
    const float weight = w[j];
    const float* slope = k[j] + from;
    for (std::size_t i = 0; i < n; i++) sum[i] += weight * slope[i];
  }
}
