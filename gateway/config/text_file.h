// Small files from disk, read whole.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>

#include "gateway/base/result.h"

namespace sluice::config {

inline constexpr std::size_t kMaxFileBytes = 1024 * 1024;

enum class FileRule : std::uint8_t {
  any,
  secret,  // mode 0600 or less, and ours
};

/// The file's content. Refused with a sentence: what is no regular file, cannot be read, is larger
/// than `max_bytes`, or breaks the rule. Symbolic links are followed; what counts is what they lead
/// to.
Result<std::string> read_text_file(const std::filesystem::path& path, std::size_t max_bytes = kMaxFileBytes,
                                   FileRule rule = FileRule::any);

}  // namespace sluice::config
