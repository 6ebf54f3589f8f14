// SolveIvpGroupNorm and SolveIvpGroupNormGradient: group normalisation of (batch, ..., channels), image by image, each of which stays in the second cache: one pass over
// memory for the value, one for the gradient.
// See Wu, He, "Group Normalization" (ECCV 2018), Sec. 3.1, eq. (1), (2) and (6).

#include <algorithm>
#include <cmath>
#include <vector>

#include "operation.h"
#include "parallel.h"

namespace {

constexpr char GROUPS[] = "groups";
// As in src/model/groupNorm.ts.
constexpr float EPSILON = 1e-5f;
// Rows that are added in single precision before their sum is added in double.
constexpr std::size_t ROWS = 32;

// An image batch as the loops below see it.
struct Images {
  std::size_t batch, rows, channels, groups;

  Images(const Call& call, int input, int groups) : groups(groups) {
    const auto shape = call.shape(input);
    if (shape.size() < 2) throw InvalidInput("images have the shape (batch, ..., channels)");
    batch = shape.front();
    channels = shape.back();
    if (groups < 1 || channels % groups != 0) {
      throw InvalidInput(std::to_string(groups) + " groups do not divide " + std::to_string(channels) + " channels");
    }
    rows = batch * channels == 0 ? 0 : call.size(input) / (batch * channels);
  }

  std::size_t size() const { return rows * channels; }
};

// Adds term(row, channel) over all rows into sums[channel].
template <class Term>
void sumOverRows(const Images& images, std::vector<double>& sums, std::vector<float>& part, Term term) {
  std::fill(sums.begin(), sums.end(), 0.0);
  for (std::size_t from = 0; from < images.rows; from += ROWS) {
    std::fill(part.begin(), part.end(), 0.0f);
    const std::size_t to = std::min(images.rows, from + ROWS);
    float* __restrict__ p = part.data();
    for (std::size_t row = from; row < to; row++)
      for (std::size_t c = 0; c < images.channels; c++) p[c] += term(row * images.channels + c, c);
    for (std::size_t c = 0; c < images.channels; c++) sums[c] += p[c];
  }
}

// Puts the mean of term[channel] over each group into every channel of `means`; term is already a sum over `rows` rows.
template <class Term>
void meansOfGroups(const Images& images, float* means, Term term) {
  const std::size_t size = images.channels / images.groups;
  for (std::size_t from = 0; from < images.channels; from += size) {
    double sum = 0;
    for (std::size_t c = from; c < from + size; c++) sum += term(c);
    std::fill(means + from, means + from + size, static_cast<float>(sum / static_cast<double>(size * images.rows)));
  }
}

// Inputs x, gamma, beta; outputs the value, and mean and 1 / deviation as (batch, 1, channels), equal within a group.
void groupNorm(Call& call, int groups) {
  const Images images(call, 0, groups);
  const std::size_t channels = images.channels;
  call.expectSize(1, channels);
  call.expectSize(2, channels);
  const float* x = call.input(0);
  const float* gamma = call.input(1);
  const float* beta = call.input(2);
  float* value = call.output(0, call.shape(0));
  const std::vector<std::int64_t> ofMoments{static_cast<std::int64_t>(images.batch), 1, static_cast<std::int64_t>(channels)};
  float* mean = call.output(1, ofMoments);
  float* inverse = call.output(2, ofMoments);
  parallelFor(images.batch, 1, [&](std::size_t from, std::size_t to) {
    std::vector<double> sums(channels);
    std::vector<float> part(channels), slope(channels), shift(channels);
    for (std::size_t image = from; image < to; image++) {
      const float* in = x + image * images.size();
      float* __restrict__ out = value + image * images.size();
      float* m = mean + image * channels;
      float* s = inverse + image * channels;
      sumOverRows(images, sums, part, [&](std::size_t i, std::size_t) { return in[i]; });
      meansOfGroups(images, m, [&](std::size_t c) { return sums[c]; });
      sumOverRows(images, sums, part, [&](std::size_t i, std::size_t c) { return (in[i] - m[c]) * (in[i] - m[c]); });
      meansOfGroups(images, s, [&](std::size_t c) { return sums[c]; });
      for (std::size_t c = 0; c < channels; c++) {
        s[c] = 1 / std::sqrt(s[c] + EPSILON);
        slope[c] = s[c] * gamma[c];
        shift[c] = beta[c] - m[c] * slope[c];
      }
      for (std::size_t row = 0; row < images.rows; row++)
        for (std::size_t c = 0; c < channels; c++) out[row * channels + c] = in[row * channels + c] * slope[c] + shift[c];
    }
  });
}

// Inputs dy, x, mean, 1 / deviation, gamma; outputs dx, dgamma, dbeta. With s = 1 / deviation, xhat = s (x - mean) and m the mean over a group and space:
// dx = s (gamma dy - m(gamma dy) - xhat m(gamma dy xhat)).
void groupNormGradient(Call& call, int groups) {
  const Images images(call, 1, groups);
  const std::size_t channels = images.channels;
  call.expectSize(0, images.batch * images.size());
  call.expectSize(2, images.batch * channels);
  call.expectSize(3, images.batch * channels);
  call.expectSize(4, channels);
  const float* dy = call.input(0);
  const float* x = call.input(1);
  const float* mean = call.input(2);
  const float* inverse = call.input(3);
  const float* gamma = call.input(4);
  float* dx = call.output(0, call.shape(1));
  // One for each image, added in order below: the sums do not depend on the number of threads
  std::vector<double> ofGamma(images.batch * channels), ofBeta(images.batch * channels);
  parallelFor(images.batch, 1, [&](std::size_t from, std::size_t to) {
    std::vector<double> sums(channels), products(channels);
    std::vector<float> part(channels), meanOfDy(channels), meanOfProduct(channels), slope(channels), along(channels), shift(channels);
    for (std::size_t image = from; image < to; image++) {
      const float* in = x + image * images.size();
      const float* d = dy + image * images.size();
      float* __restrict__ out = dx + image * images.size();
      const float* m = mean + image * channels;
      const float* s = inverse + image * channels;
      sumOverRows(images, sums, part, [&](std::size_t i, std::size_t) { return d[i]; });
      sumOverRows(images, products, part, [&](std::size_t i, std::size_t c) { return d[i] * (in[i] - m[c]); });
      meansOfGroups(images, meanOfDy.data(), [&](std::size_t c) { return gamma[c] * sums[c]; });
      meansOfGroups(images, meanOfProduct.data(), [&](std::size_t c) { return gamma[c] * products[c]; });
      for (std::size_t c = 0; c < channels; c++) {
        ofGamma[image * channels + c] = products[c] * s[c];
        ofBeta[image * channels + c] = sums[c];
        slope[c] = s[c] * gamma[c];
        along[c] = s[c] * s[c] * s[c] * meanOfProduct[c];
        shift[c] = s[c] * meanOfDy[c];
      }
      for (std::size_t row = 0; row < images.rows; row++) {
        for (std::size_t c = 0; c < channels; c++) {
          const std::size_t i = row * channels + c;
          out[i] = d[i] * slope[c] - (in[i] - m[c]) * along[c] - shift[c];
        }
      }
    }
  });
  const auto total = [&](int output, const std::vector<double>& ofImages) {
    float* sum = call.output(output, {static_cast<std::int64_t>(channels)});
    for (std::size_t c = 0; c < channels; c++) {
      double all = 0;
      for (std::size_t image = 0; image < images.batch; image++) all += ofImages[image * channels + c];
      sum[c] = static_cast<float>(all);
    }
  };
  total(1, ofGamma);
  total(2, ofBeta);
}

const bool isRegistered =
    registerOperation("SolveIvpGroupNorm", "groups: int >= 1", {"x: float", "gamma: float", "beta: float"},
                      {"value: float", "mean: float", "inverse: float"}, create<GROUPS>, compute<groupNorm>) &&
    registerOperation("SolveIvpGroupNormGradient", "groups: int >= 1",
                      {"dy: float", "x: float", "mean: float", "inverse: float", "gamma: float"},
                      {"dx: float", "dgamma: float", "dbeta: float"}, create<GROUPS>, compute<groupNormGradient>);

}  // namespace
