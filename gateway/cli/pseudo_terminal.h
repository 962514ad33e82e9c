// A serial port without a wire: one side for us, the other for whoever opens its name (pty(7)).
#pragma once

#include <filesystem>

#include "gateway/base/result.h"

namespace sluice::cli {

/// Owns the master side; the port ends with it, and so does the link.
class PseudoTerminal {
 public:
  /// Makes a raw terminal and a symbolic link to it at `link`, replacing an older link but no other
  /// file.
  static Result<PseudoTerminal> create(const std::filesystem::path& link);

  PseudoTerminal(PseudoTerminal&& other) noexcept;
  PseudoTerminal& operator=(PseudoTerminal&&) = delete;
  ~PseudoTerminal();

  int master() const { return master_; }

 private:
  PseudoTerminal(int master, int slave, std::filesystem::path link);

  int master_;
  int slave_;  // held open, or reading the master fails while no one else has the port open
  std::filesystem::path link_;
};

}  // namespace sluice::cli
