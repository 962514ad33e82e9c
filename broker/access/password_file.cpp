#include "broker/access/password_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <optional>

#include "gateway/base/utf8.h"

namespace sluice::access {

namespace {

constexpr std::size_t kMaxFile = 1u << 20;
constexpr std::size_t kHashSize = 64;  // SHA-512
constexpr std::size_t kMaxSalt = 256;
// A hash that takes minutes would stop everybody from logging in.
constexpr std::uint32_t kMaxIterations = 5'000'000;
constexpr std::uint32_t kGoodIterations = 210'000;

using Digest = std::array<std::uint8_t, kHashSize>;

Error failed(std::string text) { return {std::move(text), ErrorKind::failed}; }
Error invalid(std::string text) { return {std::move(text), ErrorKind::invalid}; }

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int number() const { return number_; }

 private:
  const int number_;
};

Result<std::string> read_all(const Descriptor& file, std::size_t size) {
  std::string text(size, '\0');
  std::size_t read = 0;
  while (read < size) {
    const auto got = ::read(file.number(), text.data() + read, size - read);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return failed(std::strerror(errno));
    if (got == 0) break;
    read += static_cast<std::size_t>(got);
  }
  text.resize(read);
  return text;
}

// O_NONBLOCK, so that a FIFO in place of the file does not hold up the start.
Result<std::string> read_file(const std::filesystem::path& path) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  struct stat status {};
  if (file.number() < 0 || ::fstat(file.number(), &status) != 0) return failed(std::strerror(errno));
  if (!S_ISREG(status.st_mode)) return invalid("is no regular file");
  if ((status.st_mode & S_IWOTH) != 0) return invalid("can be written by everybody");
  if (static_cast<std::size_t>(status.st_size) > kMaxFile) return invalid("is larger than 1 MiB");
  return read_all(file, static_cast<std::size_t>(status.st_size));
}

std::optional<Bytes> from_base64(std::string_view text) {
  if (text.empty() || text.size() % 4 != 0) return std::nullopt;
  const auto last = text.find_last_not_of('=');
  const auto padding = text.size() - 1 - (last == std::string_view::npos ? 0 : last);
  if (padding > 2) return std::nullopt;
  Bytes bytes(text.size() / 4 * 3);
  const auto* in = reinterpret_cast<const std::uint8_t*>(text.data());
  if (EVP_DecodeBlock(bytes.data(), in, static_cast<int>(text.size())) < 0) return std::nullopt;
  bytes.resize(bytes.size() - padding);
  return bytes;
}

// The part up to the next `$`, which is taken away with it.
std::string_view next_field(std::string_view& rest) {
  const auto end = rest.find('$');
  const auto field = rest.substr(0, end);
  rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
  return field;
}

std::optional<std::uint32_t> to_iterations(std::string_view text) {
  std::uint32_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number >= 1 && number <= kMaxIterations ? std::optional(number) : std::nullopt;
}

bool derive(std::string_view password, ByteView salt, std::uint32_t iterations, Digest& out) {
  return PKCS5_PBKDF2_HMAC(password.data(), static_cast<int>(password.size()), salt.data(),
                           static_cast<int>(salt.size()), static_cast<int>(iterations), EVP_sha512(),
                           static_cast<int>(out.size()), out.data()) == 1;
}

bool hash_once(std::string_view password, ByteView salt, Digest& out) {
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  unsigned size = 0;
  const bool done = context != nullptr && EVP_DigestInit_ex(context, EVP_sha512(), nullptr) == 1 &&
                    EVP_DigestUpdate(context, password.data(), password.size()) == 1 &&
                    EVP_DigestUpdate(context, salt.data(), salt.size()) == 1 &&
                    EVP_DigestFinal_ex(context, out.data(), &size) == 1;
  EVP_MD_CTX_free(context);
  return done;
}

}  // namespace

Result<PasswordFile> PasswordFile::read(const std::filesystem::path& path) {
  const auto text = read_file(path);
  if (!text) return Error{fmt::format("password file {}: {}", path.string(), text.error().text), text.error().kind};
  return parse(*text, path.string());
}

Result<PasswordFile> PasswordFile::parse(std::string_view text, std::string_view name) {
  PasswordFile file;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const auto end = text.find('\n');
    auto line = text.substr(0, end);
    text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty() || line.starts_with('#')) continue;
    const auto added = file.add_line(line);
    if (!added) file.complaints_.push_back(fmt::format("{}:{}: {}", name, number, added.error().text));
  }
  if (file.users_.empty()) {
    const auto first = file.complaints_.empty() ? std::string("it is empty") : file.complaints_.front();
    return invalid(fmt::format("password file {}: no user can log in with it: {}", name, first));
  }
  if (file.most_iterations_ < kGoodIterations) {
    file.complaints_.push_back(fmt::format("{}: the hashes are cheap to guess: at most {} iterations, {} are advised",
                                           name, file.most_iterations_, kGoodIterations));
  }
  return file;
}

Result<void> PasswordFile::add_line(std::string_view line) {
  const auto colon = line.find(':');
  const auto user = line.substr(0, colon);
  if (user.empty() || !is_valid_utf8(user)) return invalid("no valid user name");
  if (colon == std::string_view::npos) return invalid("user without a password hash");
  auto hash = parse_hash(line.substr(colon + 1));
  if (!hash) return hash.error();
  const auto iterations = hash->iterations;
  if (!users_.try_emplace(std::string(user), std::move(*hash)).second) return invalid("user named twice");
  most_iterations_ = std::max(most_iterations_, iterations);
  return {};
}

Result<PasswordFile::Hash> PasswordFile::parse_hash(std::string_view written) {
  const bool derived = written.starts_with("$7$");
  if (!derived && !written.starts_with("$6$")) return invalid("password hash of an unknown kind (not $7$ or $6$)");
  auto rest = written.substr(3);
  Hash parsed;
  if (derived) {
    const auto iterations = to_iterations(next_field(rest));
    if (!iterations) return invalid(fmt::format("number of iterations is not 1 to {}", kMaxIterations));
    parsed.iterations = *iterations;
  }
  auto salt = from_base64(next_field(rest));
  auto hash = from_base64(rest);
  if (!salt || salt->size() > kMaxSalt) return invalid("salt is not valid base64");
  if (!hash || hash->size() != kHashSize) return invalid("hash is not 64 bytes of base64");
  parsed.salt = std::move(*salt);
  parsed.hash = std::move(*hash);
  return parsed;
}

// HMAC fills up its key with zeros, so that a password would be as good with zeros behind it.
bool PasswordFile::verify(std::string_view user, std::string_view password) const {
  const auto found = users_.find(user);
  if (found == users_.end() || password.find('\0') != std::string_view::npos) {
    burn_time_of(most_iterations_, password);
    return false;
  }
  const Hash& expected = found->second;
  Digest digest{};
  const bool hashed = expected.iterations == 0 ? hash_once(password, expected.salt, digest)
                                               : derive(password, expected.salt, expected.iterations, digest);
  burn_time_of(most_iterations_ - expected.iterations, password);
  const bool same = hashed && CRYPTO_memcmp(digest.data(), expected.hash.data(), digest.size()) == 0;
  OPENSSL_cleanse(digest.data(), digest.size());
  return same;
}

void PasswordFile::burn_time_of(std::uint32_t iterations, std::string_view password) const {
  constexpr std::array<std::uint8_t, 12> kSalt{};
  Digest digest{};
  if (iterations > 0) derive(password, kSalt, iterations, digest);
  OPENSSL_cleanse(digest.data(), digest.size());
}

}  // namespace sluice::access
