// The sections of the site file, one reader each. Internal to load_site.
#pragma once

#include <string>

#include "gateway/config/load_site.h"
#include "gateway/config/node.h"
#include "gateway/config/reader.h"
#include "gateway/config/scalar.h"

namespace sluice::config {

std::vector<Bus> read_buses(const Node& buses, const Node& site_defaults, const DriverCatalog& drivers,
                            Complaints& complaints);

Publication read_publication(const Node& node, Complaints& complaints);

CommandRules read_commands(const Node& node, Complaints& complaints);

BrokerSection read_broker(const Node& node, const std::filesystem::path& credentials, Complaints& complaints);

std::vector<Upstream> read_upstreams(const Node& node, const std::string& gateway,
                                     const std::filesystem::path& credentials, Complaints& complaints);

/// Upstreams that would be sent again what they sent, and clients that would push each other out.
void check_upstreams(const Site& site, Complaints& complaints);

/// Calls `read` with each entry of a map of named things whose name is right, and its path.
template <class Read>
void for_each_named(const Node& node, const std::string& path, Complaints& complaints, Read read) {
  const MapReader map(node, path, complaints);  // complains when it is none
  for (const auto& entry : node.entries) {
    const auto entry_path = map.path_of(entry.key);
    if (const auto name = check_name(entry.key); !name) {
      complaints.add(entry.place, entry_path, name.error().text);
    } else {
      read(entry, entry_path);
    }
  }
}

/// A file that is named in another: relative to the folder of the naming file.
std::filesystem::path beside(const Place& naming, const std::string& named);

}  // namespace sluice::config
