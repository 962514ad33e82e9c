#include "gateway/config/text_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

namespace sluice::config {

namespace {

/// A file descriptor that closes itself.
class OpenFile {
 public:
  explicit OpenFile(const std::filesystem::path& path)
      // Without O_NONBLOCK opening a FIFO waits for somebody to write into it.
      : fd_(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)) {}
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;
  ~OpenFile() {
    if (fd_ >= 0) ::close(fd_);
  }

  int fd() const { return fd_; }

 private:
  const int fd_;
};

Error unreadable(std::string text) { return {std::move(text), ErrorKind::invalid}; }

bool is_private(const struct stat& about) {
  constexpr mode_t kOthers = S_IRWXG | S_IRWXO;
  return about.st_uid == ::geteuid() && (about.st_mode & kOthers) == 0;
}

std::string system_text(int code) { return std::generic_category().message(code); }

}  // namespace

Result<std::string> read_text_file(const std::filesystem::path& path, std::size_t max_bytes, FileRule rule) {
  const OpenFile file(path);
  if (file.fd() < 0) return unreadable("cannot be opened: " + system_text(errno));
  struct stat about {};
  if (::fstat(file.fd(), &about) != 0) return unreadable("cannot be read: " + system_text(errno));
  if (!S_ISREG(about.st_mode)) return unreadable("is no regular file");
  if (rule == FileRule::secret && !is_private(about)) {
    return unreadable("holds a secret: it must belong to the user that runs the gateway and have mode 0600");
  }
  std::string text;
  char piece[16 * 1024];
  for (;;) {
    const auto count = ::read(file.fd(), piece, sizeof piece);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return unreadable("cannot be read: " + system_text(errno));
    if (count == 0) return text;
    text.append(piece, static_cast<std::size_t>(count));
    if (text.size() > max_bytes) return unreadable(fmt::format("is larger than {} bytes", max_bytes));
  }
}

}  // namespace sluice::config
