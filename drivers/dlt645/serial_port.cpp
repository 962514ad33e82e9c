#include "drivers/dlt645/serial_port.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace sluice::dlt645 {

namespace {

using driver::Done;
using driver::Error;

Error cannot_open(const std::string& path, int code) {
  switch (code) {
    case ENOENT: return {"port " + path + " does not exist"};
    case EACCES:
    case EPERM: return {"port " + path + " may not be opened by this user; the group dialout usually may"};
    case EBUSY:
    case EWOULDBLOCK: return {"port " + path + " is held by another program"};
    case ENOTTY: return {"port " + path + " is no serial port"};
    default: return {"port " + path + " cannot be opened: " + std::strerror(code)};
  }
}

speed_t speed_of(int baud) {
  switch (baud) {
    case 300: return B300;
    case 600: return B600;
    case 1200: return B1200;
    case 4800: return B4800;
    case 9600: return B9600;
    case 19200: return B19200;
    case 38400: return B38400;
    case 57600: return B57600;
    case 115200: return B115200;
    default: return B2400;
  }
}

/// Bytes with a parity or framing error are dropped: the frame then has the wrong length, which says
/// more than a sum of one byte.
termios mode_of(const SerialFormat& format) {
  termios mode{};
  ::cfmakeraw(&mode);
  mode.c_iflag = IGNBRK | IGNPAR | INPCK;
  mode.c_cflag = CS8 | CREAD | CLOCAL;
  if (format.parity != Parity::none) mode.c_cflag |= PARENB;
  if (format.parity == Parity::odd) mode.c_cflag |= PARODD;
  if (format.stop_bits == 2) mode.c_cflag |= CSTOPB;
  mode.c_cc[VMIN] = 1;
  ::cfsetspeed(&mode, speed_of(format.baud));
  return mode;
}

/// A pseudo terminal has no parity (asking for it is an error), and keeps a claim for as long as its other end is open.
bool is_pseudo_terminal(int fd) {
  constexpr unsigned kFirstMajor = 136, kLastMajor = 143;  // the slave sides: Linux, devices.txt
  struct stat status {};
  if (::fstat(fd, &status) != 0) return false;
  return major(status.st_rdev) >= kFirstMajor && major(status.st_rdev) <= kLastMajor;
}

Ready wait_for(int fd, short events, Deadline deadline) {
  while (true) {
    const auto left = std::max(Clock::duration(0), deadline - Clock::now());
    const auto nanoseconds = std::chrono::duration_cast<std::chrono::nanoseconds>(left).count();
    const timespec time{nanoseconds / 1'000'000'000, nanoseconds % 1'000'000'000};
    pollfd waiting{fd, events, 0};
    const auto count = ::ppoll(&waiting, 1, &time, nullptr);
    if (count == 0) return Ready::timeout;
    if (count < 0 && errno == EINTR) continue;
    return count > 0 && (waiting.revents & events) ? Ready::yes : Ready::gone;
  }
}

}  // namespace

Done SerialPort::open() {
  fd_ = ::open(path_.c_str(), O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
  if (fd_ < 0) return cannot_open(path_, errno);
  auto opened = claim();
  if (opened.ok()) opened = set_up();
  if (!opened.ok()) close();
  return opened;
}

void SerialPort::close() {
  if (fd_ < 0 || !is_owner_) return;
  ::ioctl(fd_, TIOCNXCL);
  ::close(fd_);
  fd_ = -1;
}

/// TIOCEXCL keeps others out; flock finds those who came first and lock politely, and root, whom
/// TIOCEXCL does not keep out.
Done SerialPort::claim() const {
  if (!::isatty(fd_)) return cannot_open(path_, ENOTTY);
  if (::flock(fd_, LOCK_EX | LOCK_NB) != 0) return cannot_open(path_, errno);
  if (!is_pseudo_terminal(fd_)) ::ioctl(fd_, TIOCEXCL);
  return driver::done();
}

/// tcsetattr may succeed when it could do any part of what was asked, so the result is read back.
Done SerialPort::set_up() const {
  auto wanted = mode_of(format_);
  if (is_pseudo_terminal(fd_)) wanted.c_cflag &= ~static_cast<tcflag_t>(PARENB | PARODD);
  termios now{};
  const auto is_set = ::tcsetattr(fd_, TCSAFLUSH, &wanted) == 0 && ::tcgetattr(fd_, &now) == 0;
  if (!is_set && errno != EINVAL) return cannot_open(path_, errno);
  constexpr tcflag_t kFormat = CSIZE | PARENB | PARODD | CSTOPB;
  const auto is_as_wanted =
      ::cfgetospeed(&now) == ::cfgetospeed(&wanted) && (now.c_cflag & kFormat) == (wanted.c_cflag & kFormat);
  if (is_set && is_as_wanted) return driver::done();
  return Error{"port " + path_ + " does not take the `serial` that is set"};
}

Ready SerialPort::wait(Deadline deadline) const { return wait_for(fd_, POLLIN, deadline); }

std::optional<std::size_t> SerialPort::receive(std::span<std::uint8_t> buffer) const {
  const auto count = ::read(fd_, buffer.data(), buffer.size());
  if (count > 0) return static_cast<std::size_t>(count);
  if (count < 0 && (errno == EAGAIN || errno == EINTR)) return 0;
  return std::nullopt;
}

bool SerialPort::send(ByteView bytes, Deadline deadline) const {
  while (!bytes.empty()) {
    if (wait_for(fd_, POLLOUT, deadline) != Ready::yes) return false;
    const auto count = ::write(fd_, bytes.data(), bytes.size());
    if (count < 0 && (errno == EAGAIN || errno == EINTR)) continue;
    if (count <= 0) return false;
    bytes = bytes.subspan(static_cast<std::size_t>(count));
  }
  return true;
}

}  // namespace sluice::dlt645
