// What the settings say about who may connect and what each user may do. Plain values.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace sluice {

/// Who may connect without a user name.
enum class Anonymous : std::uint8_t { loopback, everywhere, nowhere };

/// Topic filters that one user may read (subscribe to) and write (publish to); a leading `!` takes
/// away again.
struct Rights {
  std::string user;  // "anonymous" is who has no name
  std::vector<std::string> read;
  std::vector<std::string> write;
};

}  // namespace sluice
