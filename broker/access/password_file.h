// Who can log in, read from a file as mosquitto_passwd(1) writes it: one user per line,
//
//   name:$7$iterations$salt$hash    PBKDF2 with HMAC-SHA-512
//   name:$6$salt$hash               SHA-512 of password and salt, one round
//
// with salt and hash in base64. Immutable once read: any thread may ask it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/bytes.h"
#include "gateway/base/result.h"

namespace sluice::access {

class PasswordFile {
 public:
  /// Without any user: nobody can log in.
  PasswordFile() = default;

  /// Fails when the file cannot be read, is no regular file, is larger than 1 MiB, can be written by
  /// everybody, or holds no valid line.
  static Result<PasswordFile> read(const std::filesystem::path& path);

  /// As read, of text; `name` stands in the complaints.
  static Result<PasswordFile> parse(std::string_view text, std::string_view name);

  /// Slow by intent (tens of milliseconds with a good file): not for a thread that serves others.
  /// Takes the same time whether or not the user exists, however cheap the user's own hash is.
  bool verify(std::string_view user, std::string_view password) const;

  /// Lines that were left out, and hashes that are too cheap to compute, for the log: each with file
  /// and line.
  const std::vector<std::string>& complaints() const { return complaints_; }

  std::size_t size() const { return users_.size(); }

 private:
  struct Hash {
    std::uint32_t iterations = 0;  // 0: the one round of $6$
    Bytes salt;
    Bytes hash;
  };

  static Result<Hash> parse_hash(std::string_view written);
  Result<void> add_line(std::string_view line);
  void burn_time_of(std::uint32_t iterations, std::string_view password) const;

  std::map<std::string, Hash, std::less<>> users_;
  std::uint32_t most_iterations_ = 0;
  std::vector<std::string> complaints_;
};

}  // namespace sluice::access
