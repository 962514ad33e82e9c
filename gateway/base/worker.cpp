#include "gateway/base/worker.h"

#include <pthread.h>

#include <csignal>
#include <utility>

namespace sluice {

namespace {

// A new thread inherits the mask of the one that makes it, so the mask is set around its making:
// there is no moment in which the new thread could be handed a signal.
class SignalsBlocked {
 public:
  SignalsBlocked() {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  ~SignalsBlocked() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  SignalsBlocked(const SignalsBlocked&) = delete;
  SignalsBlocked& operator=(const SignalsBlocked&) = delete;

 private:
  sigset_t before_;
};

}  // namespace

Worker::Worker(std::string name, std::function<void()> body) {
  std::promise<void> finished;
  done_ = finished.get_future();
  const SignalsBlocked blocked;
  thread_ = std::thread([body = std::move(body), finished = std::move(finished)]() mutable {
    body();
    finished.set_value();
  });
  pthread_setname_np(thread_.native_handle(), name.substr(0, 15).c_str());
}

Worker::~Worker() {
  if (thread_.joinable()) thread_.join();
}

bool Worker::join_until(MonotonicTime until) {
  if (!thread_.joinable()) return true;
  if (done_.wait_until(until) != std::future_status::ready) return false;
  thread_.join();
  return true;
}

}  // namespace sluice
