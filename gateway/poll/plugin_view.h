// Reading what a plugin handed out without believing it: arrays whose stride is the size that the
// plugin says, and texts of bounded length. A wild pointer cannot be seen from here; NULL, odd
// alignment, sizes and counts can.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <type_traits>

#include "gateway/base/utf8.h"

namespace sluice {

inline constexpr std::uint32_t kLargestPluginStruct = 4096;
inline constexpr std::size_t kLongestPluginText = 1024;

/// Whether a struct that begins with its size can be read as a T: at least as large as we know it,
/// and not so large that the number must be nonsense.
template <class T>
bool has_size_of(std::uint32_t size) {
  return size >= sizeof(T) && size <= kLargestPluginStruct && size % alignof(T) == 0;
}

/// Elements that each begin with their size, which is larger than sizeof(T) when the plugin was
/// built against a later contract.
template <class T>
class PluginArray {
 public:
  static std::optional<PluginArray> of(const T* first, std::uint32_t count, std::uint32_t limit) {
    if (count == 0) return PluginArray(nullptr, 0, 0);
    if (count > limit || first == nullptr) return std::nullopt;
    if (reinterpret_cast<std::uintptr_t>(first) % alignof(T) != 0) return std::nullopt;
    const std::uint32_t stride = first->size;
    if (!has_size_of<T>(stride)) return std::nullopt;
    const PluginArray array(reinterpret_cast<const std::byte*>(first), stride, count);
    for (std::uint32_t i = 0; i < count; ++i) {
      if (array[i].size != stride) return std::nullopt;
    }
    return array;
  }

  std::uint32_t size() const { return count_; }
  const T& operator[](std::uint32_t i) const { return *reinterpret_cast<const T*>(first_ + std::size_t{stride_} * i); }

 private:
  PluginArray(const std::byte* first, std::uint32_t stride, std::uint32_t count)
      : first_(first), stride_(stride), count_(count) {}

  const std::byte* first_;
  std::uint32_t stride_;
  std::uint32_t count_;
};

/// `fallback` for NULL, for an empty text and for one that is not UTF-8; cut when it is too long.
inline std::string plugin_text(const char* text, std::string fallback = {}) {
  if (text == nullptr) return fallback;
  std::string copy(text, strnlen(text, kLongestPluginText));
  return copy.empty() || !is_valid_utf8(copy) ? std::move(fallback) : copy;
}

/// Calls into a plugin. Nothing may be thrown across that line; where it is all the same, the
/// answer is nullopt (false for functions that return nothing).
template <class F, class... Args>
auto call_plugin(F function, Args... args) noexcept {
  using Answer = std::invoke_result_t<F, Args...>;
  if constexpr (std::is_void_v<Answer>) {
    try {
      function(args...);
      return true;
    } catch (...) {
      return false;
    }
  } else {
    try {
      return std::optional<Answer>(function(args...));
    } catch (...) {
      return std::optional<Answer>();
    }
  }
}

}  // namespace sluice
