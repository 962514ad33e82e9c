// Checks passwords without holding up the broker thread: the slow hashing is done on one thread of
// its own ("passwords"), and a password that was right before is recognised at once.
//
// Everything public is for the broker thread.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "broker/access/password_file.h"
#include "gateway/base/channel.h"
#include "gateway/base/secret.h"
#include "gateway/base/worker.h"

namespace sluice::access {

class Gatekeeper {
 public:
  enum class Verdict : std::uint8_t { right, wrong, busy };

  using Answer = std::function<void(Verdict)>;
  /// Runs a function on the broker thread, later; called on any thread.
  using Post = std::function<void(std::function<void()>)>;

  /// To be ended on the broker thread; it waits for the hash that is being computed. Answers that
  /// are still owed then are not given.
  Gatekeeper(PasswordFile passwords, Post post);
  ~Gatekeeper();
  Gatekeeper(const Gatekeeper&) = delete;
  Gatekeeper& operator=(const Gatekeeper&) = delete;

  /// Calls `answer` once: during this call when the password is known to be right or too many are
  /// waiting (busy), else later through `post`.
  void check(std::string user, Secret password, Answer answer);

 private:
  using Fingerprint = std::array<std::uint8_t, 32>;

  struct Question {
    std::string user;
    Secret password;
    Fingerprint fingerprint;
    Answer answer;
  };

  void work();
  void settle(const Question& question, bool right);
  Fingerprint fingerprint(std::string_view user, std::string_view password) const;
  bool is_known(const std::string& user, const Fingerprint& fingerprint) const;
  void remember(const std::string& user, const Fingerprint& fingerprint);

  const PasswordFile passwords_;
  const Post post_;
  std::shared_ptr<const bool> alive_ = std::make_shared<const bool>(true);
  std::array<std::uint8_t, 32> key_;  // of the fingerprints; random for each process
  std::unordered_map<std::string, Fingerprint> known_;
  std::deque<std::string> oldest_first_;  // users of known_
  std::size_t waiting_ = 0;
  Channel<Question> questions_;
  Worker worker_;
};

}  // namespace sluice::access
