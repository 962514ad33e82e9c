// Where secrets come from: a credential of the service manager, or a file of our own; never the
// text itself.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "gateway/base/secret.h"
#include "gateway/config/reader.h"

namespace sluice::config {

/// `{ credential: NAME }` or `{ file: PATH }` under `key`; nothing when absent or complained about.
/// One newline at the end of the file is no part of the secret.
std::optional<Secret> read_secret(MapReader& map, std::string_view key, const std::filesystem::path& credentials,
                                  Complaints& complaints);

}  // namespace sluice::config
