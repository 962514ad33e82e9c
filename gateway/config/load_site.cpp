#include "gateway/config/load_site.h"

#include <algorithm>

#include "gateway/config/site_sections.h"
#include "gateway/config/topic_template.h"
#include "gateway/config/yaml.h"

namespace sluice::config {

namespace {

Result<std::string> to_device_topic(const Node& node) {
  const auto text = to_text(node);
  if (!text) return text;
  const auto parsed = TopicTemplate::parse(*text, kDevicePlaceholders);
  if (!parsed) return parsed.error();
  if (!parsed->has("device")) return wrong("needs {device}: each device has a status of its own");
  return text;
}

/// `from` of commands: `anonymous`, a user's name, or an upstream that exists.
void check_senders(const Site& site, const Node& commands, Complaints& complaints) {
  constexpr std::string_view kUpstream = "upstream:";
  for (const auto& sender : site.commands->from) {
    if (!sender.starts_with(kUpstream)) continue;
    const auto name = sender.substr(kUpstream.size());
    const auto is_it = [&](const Upstream& upstream) { return upstream.name == name; };
    if (std::any_of(site.upstreams.begin(), site.upstreams.end(), is_it)) continue;
    complaints.add(commands.find("from")->place, "commands.from", fmt::format("there is no upstream `{}`", name));
  }
}

void read_sections(const Node& root, const SiteSurroundings& surroundings, Site& site, Complaints& complaints) {
  const Node empty;
  const auto section = [&](std::string_view key) -> const Node& {
    const auto* node = root.find(key);
    return node ? *node : empty;
  };
  site.buses = read_buses(section("buses"), section("defaults"), surroundings.drivers, complaints);
  site.publish = read_publication(section("publish"), complaints);
  if (root.find("commands") != nullptr) site.commands = read_commands(section("commands"), complaints);
  site.broker = read_broker(section("broker"), surroundings.credentials, complaints);
  site.upstreams = read_upstreams(section("upstreams"), site.gateway, surroundings.credentials, complaints);
  check_upstreams(site, complaints);
  if (site.commands) check_senders(site, section("commands"), complaints);
}

}  // namespace

const DriverSpec* DriverCatalog::find(std::string_view name) const {
  const auto found =
      std::find_if(specs_.begin(), specs_.end(), [&](const DriverSpec& spec) { return spec.name == name; });
  return found == specs_.end() ? nullptr : &*found;
}

std::vector<std::string_view> DriverCatalog::names() const {
  std::vector<std::string_view> names;
  for (const auto& spec : specs_) names.push_back(spec.name);
  return names;
}

std::filesystem::path beside(const Place& naming, const std::string& named) {
  const auto folder = naming.file ? std::filesystem::path(*naming.file).parent_path() : std::filesystem::path{};
  return (folder / named).lexically_normal();
}

Site load_site(const std::filesystem::path& path, const SiteSurroundings& surroundings, Complaints& complaints) {
  Site site;
  site.file = path;
  const auto root = read_yaml(path, complaints);
  if (!root) return site;
  MapReader map(*root, "", complaints);
  map.check_keys({{"gateway", "buses", "publish", "commands", "broker", "upstreams", "defaults", "status"},
                  {"groups", "include", "vars", "timezone", "reload", "http", "store"}});
  site.gateway = map.require("gateway", checked_text(check_name), "the name of this gateway").value_or("");
  map.get_into(site.status_topic, "status", to_device_topic);
  read_sections(*root, surroundings, site, complaints);
  return site;
}

}  // namespace sluice::config
