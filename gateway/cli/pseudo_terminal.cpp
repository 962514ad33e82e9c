#include "gateway/cli/pseudo_terminal.h"

#include <fcntl.h>
#include <stdlib.h>
#include <termios.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace sluice::cli {

namespace {

Error system_error(const std::string& what) { return {what + ": " + std::strerror(errno)}; }

// Bytes pass as they are: no echo, no line editing, no translation of line ends.
bool make_raw(int terminal) {
  termios mode{};
  if (tcgetattr(terminal, &mode) != 0) return false;
  cfmakeraw(&mode);
  return tcsetattr(terminal, TCSANOW, &mode) == 0;
}

}  // namespace

Result<PseudoTerminal> PseudoTerminal::create(const std::filesystem::path& link) {
  const int master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (master < 0) return system_error("no pseudo terminal");
  char name[64];
  const bool ready = grantpt(master) == 0 && unlockpt(master) == 0 && ptsname_r(master, name, sizeof name) == 0;
  const int slave = ready ? open(name, O_RDWR | O_NOCTTY | O_CLOEXEC) : -1;
  PseudoTerminal terminal(master, slave, {});
  if (slave < 0 || !make_raw(slave)) return system_error("no pseudo terminal");

  std::error_code failure;
  if (is_symlink(symlink_status(link, failure))) std::filesystem::remove(link, failure);
  std::filesystem::create_symlink(name, link, failure);
  if (failure) return Error{"cannot link " + link.string() + " to " + name + ": " + failure.message()};
  terminal.link_ = link;
  return terminal;
}

PseudoTerminal::PseudoTerminal(int master, int slave, std::filesystem::path link)
    : master_(master), slave_(slave), link_(std::move(link)) {}

PseudoTerminal::PseudoTerminal(PseudoTerminal&& other) noexcept
    : master_(std::exchange(other.master_, -1)),
      slave_(std::exchange(other.slave_, -1)),
      link_(std::exchange(other.link_, {})) {}

PseudoTerminal::~PseudoTerminal() {
  std::error_code ignored;
  if (!link_.empty()) std::filesystem::remove(link_, ignored);
  if (slave_ >= 0) close(slave_);
  if (master_ >= 0) close(master_);
}

}  // namespace sluice::cli
