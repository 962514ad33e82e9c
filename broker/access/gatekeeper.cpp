#include "broker/access/gatekeeper.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include <cassert>
#include <memory>

namespace sluice::access {

namespace {

// At some 100 ms each this is how long a client waits at most: within its handshake time.
constexpr std::size_t kMaxWaiting = 64;
constexpr std::size_t kMaxKnown = 1024;

std::array<std::uint8_t, 32> random_key() {
  std::array<std::uint8_t, 32> key{};
  const int made = RAND_bytes(key.data(), static_cast<int>(key.size()));
  assert(made == 1);
  return key;
}

}  // namespace

Gatekeeper::Gatekeeper(PasswordFile passwords, Post post)
    : passwords_(std::move(passwords)),
      post_(std::move(post)),
      key_(random_key()),
      questions_(kMaxWaiting),
      worker_("passwords", [this] { work(); }) {}

Gatekeeper::~Gatekeeper() {
  questions_.close();
  OPENSSL_cleanse(key_.data(), key_.size());
}

void Gatekeeper::check(std::string user, Secret password, Answer answer) {
  const auto mark = fingerprint(user, password.reveal());
  if (is_known(user, mark)) return answer(Verdict::right);
  if (waiting_ == kMaxWaiting) return answer(Verdict::busy);
  ++waiting_;
  const bool taken = questions_.push({std::move(user), std::move(password), mark, std::move(answer)});
  assert(taken);
}

void Gatekeeper::work() {
  while (!questions_.closed()) {
    for (auto& question : questions_.wait_drain(MonotonicTime::max())) {
      if (questions_.closed()) return;
      const bool right = passwords_.verify(question.user, question.password.reveal());
      const auto shared = std::make_shared<Question>(std::move(question));
      post_([this, shared, right, alive = std::weak_ptr(alive_)] {
        if (!alive.expired()) settle(*shared, right);
      });
    }
  }
}

void Gatekeeper::settle(const Question& question, bool right) {
  --waiting_;
  if (right) remember(question.user, question.fingerprint);
  question.answer(right ? Verdict::right : Verdict::wrong);
}

// HMAC-SHA-256 with a key that never leaves the process. The length of the name keeps the border
// between name and password.
Gatekeeper::Fingerprint Gatekeeper::fingerprint(std::string_view user, std::string_view password) const {
  std::string text = std::to_string(user.size());
  text.reserve(text.size() + 1 + user.size() + password.size());
  text.append(":").append(user).append(password);
  Fingerprint mark{};
  const auto bytes = as_bytes(text);
  const auto* made =
      HMAC(EVP_sha256(), key_.data(), static_cast<int>(key_.size()), bytes.data(), bytes.size(), mark.data(), nullptr);
  assert(made != nullptr);
  OPENSSL_cleanse(text.data(), text.size());
  return mark;
}

bool Gatekeeper::is_known(const std::string& user, const Fingerprint& mark) const {
  const auto found = known_.find(user);
  return found != known_.end() && CRYPTO_memcmp(found->second.data(), mark.data(), mark.size()) == 0;
}

void Gatekeeper::remember(const std::string& user, const Fingerprint& mark) {
  if (!known_.insert_or_assign(user, mark).second) return;
  oldest_first_.push_back(user);
  if (oldest_first_.size() <= kMaxKnown) return;
  known_.erase(oldest_first_.front());
  oldest_first_.pop_front();
}

}  // namespace sluice::access
