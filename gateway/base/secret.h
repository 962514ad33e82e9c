// A password or key: readable where it is used, printable nowhere.
#pragma once

#include <string>
#include <utility>

namespace sluice {

/// Holds a secret without a stream operator and without a comparison, so that it cannot slip into
/// a log line. Its memory is overwritten when it ends.
class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string text) : text_(std::move(text)) {}
  Secret(const Secret&) = default;
  Secret& operator=(const Secret&) = default;
  ~Secret() { wipe(); }

  bool empty() const { return text_.empty(); }
  const std::string& reveal() const { return text_; }

 private:
  void wipe() {
    volatile char* at = text_.data();
    for (std::size_t left = text_.size(); left > 0; --left) *at++ = 0;
  }

  std::string text_;
};

}  // namespace sluice
