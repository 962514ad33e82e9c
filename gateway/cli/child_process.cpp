#include "gateway/cli/child_process.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <cerrno>
#include <cstring>

namespace sluice::cli {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

struct Pipe {
  int read = -1;
  int write = -1;
};

// Closed by exec, so that one child does not keep another's open.
Pipe make_pipe() {
  std::array<int, 2> ends{};
  const int made = pipe2(ends.data(), O_CLOEXEC);
  assert(made == 0);
  return {ends[0], ends[1]};
}

/// A socket, because writing to a pipe that nobody reads would end this process with SIGPIPE.
Pipe make_input() {
  std::array<int, 2> ends{};
  const int made = socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data());
  assert(made == 0);
  return {ends[0], ends[1]};
}

/// Only what is safe between fork and exec in a program with threads. Does not return.
[[noreturn]] void become(char* const* command, pid_t parent, const Pipe& input, const Pipe& output,
                         const Pipe& errors) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(127);  // it ended before the kernel was asked
  setpgid(0, 0);
  dup2(input.read, STDIN_FILENO);
  dup2(output.write, STDOUT_FILENO);
  dup2(errors.write, STDERR_FILENO);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  ::signal(SIGPIPE, SIG_DFL);
  execvp(command[0], command);
  _exit(127);
}

void read_lines(int descriptor, Lines& lines) {
  std::string rest;
  std::array<char, 4096> buffer{};
  for (ssize_t count = 0; (count = read(descriptor, buffer.data(), buffer.size())) > 0;) {
    rest.append(buffer.data(), static_cast<std::size_t>(count));
    for (std::size_t end = 0; (end = rest.find('\n')) != std::string::npos; rest.erase(0, end + 1)) {
      lines.add(rest.substr(0, end));
    }
  }
  if (!rest.empty()) lines.add(std::move(rest));
  lines.close();
  close(descriptor);
}

int milliseconds_until(MonotonicTime until) {
  const auto left = std::chrono::ceil<milliseconds>(until - monotonic_now());
  return static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, 1'000'000));
}

}  // namespace

void Lines::add(std::string line) {
  {
    const std::lock_guard lock(mutex_);
    lines_.push_back(std::move(line));
  }
  changed_.notify_all();
}

void Lines::close() {
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
  }
  changed_.notify_all();
}

std::vector<std::string> Lines::all() const {
  const std::lock_guard lock(mutex_);
  return lines_;
}

std::optional<std::string> Lines::wait_for(const std::function<bool(const std::string&)>& is_wanted,
                                           MonotonicTime until, std::size_t from) const {
  std::unique_lock lock(mutex_);
  for (;; ++from) {
    changed_.wait_until(lock, until, [&] { return closed_ || lines_.size() > from; });
    if (lines_.size() <= from) return std::nullopt;
    if (is_wanted(lines_[from])) return lines_[from];
  }
}

Result<std::unique_ptr<ChildProcess>> ChildProcess::start(const std::vector<std::string>& command) {
  assert(!command.empty());
  std::vector<char*> arguments;
  arguments.reserve(command.size() + 1);
  for (const auto& argument : command) arguments.push_back(const_cast<char*>(argument.c_str()));
  arguments.push_back(nullptr);

  const Pipe input = make_input();
  const Pipe output = make_pipe();
  const Pipe errors = make_pipe();
  const pid_t parent = getpid();
  const pid_t child = fork();
  if (child == 0) become(arguments.data(), parent, input, output, errors);
  if (child > 0) setpgid(child, child);  // on both sides: whoever comes first
  for (const int end : {input.read, output.write, errors.write}) close(end);
  if (child < 0) {
    for (const int end : {input.write, output.read, errors.read}) close(end);
    return Error{fmt::format("cannot start {}: {}", command[0], std::strerror(errno))};
  }
  return std::unique_ptr<ChildProcess>(new ChildProcess(child, input.write, output.read, errors.read));
}

ChildProcess::ChildProcess(pid_t pid, int input, int output, int errors)
    : pid_(pid),
      process_(static_cast<int>(syscall(SYS_pidfd_open, pid, 0))),  // glibc 2.36 declares its own for C only
      input_(input),
      output_reader_("child output", [this, output] { read_lines(output, output_); }),
      errors_reader_("child errors", [this, errors] { read_lines(errors, errors_); }) {
  assert(process_ >= 0);
}

ChildProcess::~ChildProcess() {
  if (!stop(monotonic_now() + seconds(5))) {
    signal(SIGKILL);
    wait_until(MonotonicTime::max());
  }
  close(input_);
  close(process_);
}

bool ChildProcess::write_line(std::string_view text) {
  const std::string line = std::string(text) + "\n";
  for (std::size_t done = 0; done < line.size();) {
    const ssize_t count = send(input_, line.data() + done, line.size() - done, MSG_NOSIGNAL);
    if (count < 0) return false;
    done += static_cast<std::size_t>(count);
  }
  return true;
}

void ChildProcess::signal(int number) {
  if (!ending_) kill(pid_, number);
}

std::optional<Ending> ChildProcess::wait_until(MonotonicTime until) {
  while (!ending_) {
    pollfd end{process_, POLLIN, 0};
    const int count = ::poll(&end, 1, milliseconds_until(until));
    if (count == 0 && monotonic_now() >= until) return std::nullopt;
    if (count <= 0) continue;
    // What it started itself goes with it; its number is still its own, as nobody has asked for its end.
    kill(-pid_, SIGKILL);
    int status = 0;
    waitpid(pid_, &status, 0);
    ending_ = WIFSIGNALED(status) ? Ending{true, WTERMSIG(status)} : Ending{false, WEXITSTATUS(status)};
  }
  return ending_;
}

std::optional<Ending> ChildProcess::stop(MonotonicTime until) {
  signal(SIGTERM);
  return wait_until(until);
}

}  // namespace sluice::cli
