#include "drivers/modbus/serial_port.h"

#include <linux/serial.h>
#include <modbus.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace sluice::modbus {

namespace {

using driver::Done;
using driver::Error;

Error cannot_open(const std::string& path, int code) {
  switch (code) {
    case ENOENT: return {"port " + path + " does not exist"};
    case EACCES:
    case EPERM: return {"port " + path + " may not be opened by this user; the group dialout usually may"};
    case EBUSY: return {"port " + path + " is held by another program"};
    case ENOTTY:
    case EINVAL: return {"port " + path + " is no serial port"};
    default: return {"port " + path + " cannot be opened: " + std::strerror(code)};
  }
}

/// Puts the kernel's own direction control on (with the line driven while sending only) or off.
bool set_kernel_rs485(int fd, bool is_on) {
  serial_rs485 mode{};
  if (::ioctl(fd, TIOCGRS485, &mode) != 0) return false;
  if (is_on) {
    mode.flags |= SER_RS485_ENABLED | SER_RS485_RTS_ON_SEND;
    mode.flags &= ~static_cast<unsigned>(SER_RS485_RTS_AFTER_SEND | SER_RS485_RX_DURING_TX);
  } else {
    mode.flags &= ~static_cast<unsigned>(SER_RS485_ENABLED);
  }
  return ::ioctl(fd, TIOCSRS485, &mode) == 0;
}

bool is_pseudo_terminal(int fd) {
  constexpr unsigned kFirstMajor = 136, kLastMajor = 143;  // the slave sides: Linux, devices.txt
  struct stat status {};
  if (::fstat(fd, &status) != 0) return false;
  return major(status.st_rdev) >= kFirstMajor && major(status.st_rdev) <= kLastMajor;
}

}  // namespace

void SerialPort::FreeContext::operator()(_modbus* context) const {
  modbus_close(context);
  modbus_free(context);
}

SerialPort::SerialPort(std::string path, SerialFormat format, Rs485 rs485)
    : path_(std::move(path)), format_(format), rs485_(rs485) {}

SerialPort::~SerialPort() { close(); }

int SerialPort::fd() const { return modbus_get_socket(context_.get()); }

Done SerialPort::open() {
  const auto parity = static_cast<char>(format_.parity);
  context_.reset(modbus_new_rtu(path_.c_str(), format_.baud, parity, 8, format_.stop_bits));
  if (!context_) return cannot_open(path_, errno);
  Done opened = modbus_connect(context_.get()) == 0 ? claim() : cannot_open(path_, errno);
  if (opened.ok()) opened = set_direction();
  if (!opened.ok()) close();
  return opened;
}

void SerialPort::close() {
  if (context_ && fd() >= 0) ::ioctl(fd(), TIOCNXCL);
  context_.reset();
}

/// TIOCEXCL keeps others out; flock finds those who came first and lock politely, and root, whom
/// TIOCEXCL does not keep out. On a pseudo terminal TIOCEXCL would outlive a crash of this program for
/// as long as the other end holds the line open.
Done SerialPort::claim() {
  if (!::isatty(fd())) return cannot_open(path_, ENOTTY);
  if (::flock(fd(), LOCK_EX | LOCK_NB) != 0) return cannot_open(path_, EBUSY);
  if (!is_pseudo_terminal(fd())) ::ioctl(fd(), TIOCEXCL);
  return driver::done();
}

Done SerialPort::set_direction() {
  switch (rs485_) {
    case Rs485::automatic: break;
    case Rs485::off: set_kernel_rs485(fd(), false); break;
    case Rs485::kernel:
      if (!set_kernel_rs485(fd(), true))
        return Error{"port " + path_ + " has no RS485 mode in the kernel; try rs485: auto"};
      break;
    case Rs485::rts:
      if (modbus_rtu_set_rts(context_.get(), MODBUS_RTU_RTS_UP) != 0) {
        return Error{"port " + path_ + " has no RTS line to switch the direction with"};
      }
      break;
  }
  return driver::done();
}

bool SerialPort::send(const Request& request) {
  Bytes raw{request.unit};
  raw.insert(raw.end(), request.pdu.begin(), request.pdu.end());
  return modbus_send_raw_request(context_.get(), raw.data(), static_cast<int>(raw.size())) > 0;
}

std::optional<std::size_t> SerialPort::receive(std::span<std::uint8_t> buffer) {
  const auto count = ::read(fd(), buffer.data(), buffer.size());
  if (count > 0) return static_cast<std::size_t>(count);
  // Readable, but nothing to read: the other end or the adapter has gone.
  if (count < 0 && (errno == EAGAIN || errno == EINTR)) return 0;
  return std::nullopt;
}

}  // namespace sluice::modbus
