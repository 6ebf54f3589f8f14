#include "parallel.h"

#include <algorithm>
#include <condition_variable>
#include <cstdlib>
#include <mutex>
#include <thread>

namespace {

std::size_t threadsAllowed() {
  const char* named = std::getenv("TF_NUM_INTRAOP_THREADS");
  const int n = named == nullptr ? 0 : std::atoi(named);
  return n > 0 ? n : std::max(1u, std::thread::hardware_concurrency());
}

// Threads that sleep between loops. One loop at a time: whoever comes in between runs its own alone.
class Pool {
 public:
  explicit Pool(std::size_t threads) : threads_(threads) {
    for (std::size_t i = 1; i < threads; i++) std::thread([this, i] { work(i); }).detach();
  }

  void run(std::size_t n, std::size_t grain, const std::function<void(std::size_t, std::size_t)>& body) {
    const std::size_t grains = (n + grain - 1) / grain;
    const std::size_t parts = std::min(threads_, grains);
    std::unique_lock<std::mutex> turn(turn_, std::try_to_lock);
    if (parts <= 1 || !turn.owns_lock()) return body(0, n);
    const std::size_t length = (grains + parts - 1) / parts * grain;
    const auto part = [&](std::size_t i) {
      const std::size_t from = std::min(n, i * length);
      const std::size_t to = std::min(n, from + length);
      if (from < to) body(from, to);
    };
    {
      std::lock_guard<std::mutex> lock(mutex_);
      part_ = part;
      running_ = threads_ - 1;
      round_++;
    }
    wake_.notify_all();
    part(0);
    std::unique_lock<std::mutex> lock(mutex_);
    done_.wait(lock, [this] { return running_ == 0; });
  }

 private:
  void work(std::size_t i) {
    std::size_t seen = 0;
    for (;;) {
      std::unique_lock<std::mutex> lock(mutex_);
      wake_.wait(lock, [&] { return round_ != seen; });
      seen = round_;
      lock.unlock();
      part_(i);
      lock.lock();
      if (--running_ == 0) done_.notify_one();
    }
  }

  const std::size_t threads_;
  std::mutex turn_, mutex_;
  std::condition_variable wake_, done_;
  std::function<void(std::size_t)> part_;
  std::size_t running_ = 0, round_ = 0;
};

}  // namespace

void parallelFor(std::size_t n, std::size_t grain, const std::function<void(std::size_t, std::size_t)>& body) {
  // Never deleted: its threads end with the process
  static Pool* const pool = new Pool(threadsAllowed());
  pool->run(n, grain, body);
}
