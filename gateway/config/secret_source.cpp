#include "gateway/config/secret_source.h"

#include "gateway/config/site_sections.h"
#include "gateway/config/text_file.h"

namespace sluice::config {

namespace {

constexpr std::size_t kMaxSecretBytes = 64 * 1024;

std::optional<Secret> from_file(const std::filesystem::path& path, FileRule rule, const Node& named,
                                std::string_view key, MapReader& map) {
  auto text = read_text_file(path, kMaxSecretBytes, rule);
  if (!text) {
    map.complain_at(named, key, fmt::format("{} {}", path.native(), text.error().text));
    return std::nullopt;
  }
  if (text->ends_with('\n')) text->pop_back();
  if (text->ends_with('\r')) text->pop_back();
  if (!text->empty()) return Secret(std::move(*text));
  map.complain_at(named, key, fmt::format("{} is empty", path.native()));
  return std::nullopt;
}

}  // namespace

std::optional<Secret> read_secret(MapReader& map, std::string_view key, const std::filesystem::path& credentials,
                                  Complaints& complaints) {
  const auto* node = map.find(key);
  if (node == nullptr) return std::nullopt;
  if (!node->is_map()) {
    // The text itself is not repeated: it may be the secret.
    map.complain_at(
        *node, key,
        "takes no text, secrets do not belong in this file; { credential: NAME } or { file: PATH } of mode 0600");
    return std::nullopt;
  }
  MapReader source(*node, map.path_of(key), complaints);
  source.check_keys({{"credential", "file"}, {}});
  if (source.has("credential") == source.has("file")) {
    map.complain_at(*node, key, "takes one of { credential: NAME } and { file: PATH }");
    return std::nullopt;
  }
  if (const auto path = source.get("file", to_text)) {
    return from_file(beside(node->place, *path), FileRule::secret, *source.find("file"), "file", source);
  }
  const auto name = source.get("credential", checked_text(check_name));
  if (!name) return std::nullopt;
  if (credentials.empty()) {
    source.complain("credential",
                    "there are no credentials here: the service manager passes them by CREDENTIALS_DIRECTORY; { file: "
                    "PATH } works without");
    return std::nullopt;
  }
  return from_file(credentials / *name, FileRule::any, *source.find("credential"), "credential", source);
}

}  // namespace sluice::config
