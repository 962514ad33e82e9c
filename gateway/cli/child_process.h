// Another program, started by this one, that does not outlive it: whichever way this process ends,
// the kernel ends the child. What the child started itself ends with it.
//
// Start children on a thread that lives as long as they shall (the main thread): the kernel ends
// them with it. Each has two threads of its own here that collect the lines it writes.
#pragma once

#include <sys/types.h>

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/clock.h"
#include "gateway/base/result.h"
#include "gateway/base/worker.h"

namespace sluice::cli {

/// Lines of text that one thread adds and any thread reads or waits for.
class Lines {
 public:
  void add(std::string line);
  void close();

  std::vector<std::string> all() const;

  /// The first line from number `from` on that satisfies `is_wanted`; nothing when there is none by
  /// `until` or when no more can come.
  std::optional<std::string> wait_for(const std::function<bool(const std::string&)>& is_wanted, MonotonicTime until,
                                      std::size_t from = 0) const;

 private:
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  std::vector<std::string> lines_;
  bool closed_ = false;
};

/// How a process ended.
struct Ending {
  bool by_signal = false;
  int code = 0;  // exit code, or the number of the signal

  bool operator==(const Ending&) const = default;
};

class ChildProcess {
 public:
  /// `command[0]` is the program, sought in PATH when it holds no slash. The child has a process
  /// group of its own, so that Ctrl-C reaches this process alone, which then ends its children in
  /// the right order.
  static Result<std::unique_ptr<ChildProcess>> start(const std::vector<std::string>& command);

  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;
  /// Ends a child that still runs: SIGTERM, and SIGKILL when that does not help within 5 s.
  ~ChildProcess();

  pid_t pid() const { return pid_; }
  const Lines& output() const { return output_; }
  const Lines& errors() const { return errors_; }

  /// One line to the child's standard input. False when it does not read any more.
  bool write_line(std::string_view text);

  /// Does nothing once the child has ended.
  void signal(int number);

  /// Nothing while it still runs at `until`.
  std::optional<Ending> wait_until(MonotonicTime until);

  /// SIGTERM, then waits. Nothing when it has not ended by `until`.
  std::optional<Ending> stop(MonotonicTime until);

 private:
  ChildProcess(pid_t pid, int input, int output, int errors);

  pid_t pid_;
  int process_;  // pidfd
  int input_;
  std::optional<Ending> ending_;
  Lines output_;
  Lines errors_;
  Worker output_reader_;
  Worker errors_reader_;
};

}  // namespace sluice::cli
