#include "tests/scenario/transcript.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include "gateway/mapping/commands.h"
#include "gateway/mapping/resolve.h"
#include "gateway/mapping/translator.h"

namespace sluice::scenario {

namespace {

using namespace std::chrono;

constexpr sys_days kDay = year{2026} / November / 20;

/// `17:00:00.123` of that day; `unset` is a clock that was never set.
WallTime parse_time(const std::string& text) {
  if (text == "unset") return WallTime(seconds(42));
  unsigned h = 0, m = 0, s = 0, ms = 0;
  if (std::sscanf(text.c_str(), "%u:%u:%u.%u", &h, &m, &s, &ms) != 4) throw std::runtime_error("no time: " + text);
  return WallTime(kDay + hours(h) + minutes(m) + seconds(s) + milliseconds(ms));
}

std::string rest_of(std::istream& line) {
  std::string rest;
  std::getline(line >> std::ws, rest);
  return rest;
}

Reading parse_reading(std::uint32_t point, const std::string& type, const std::string& text) {
  if (type == "bad") return {point, {}, text};
  if (type == "int") return {point, std::int64_t{std::stoll(text)}, {}};
  if (type == "uint") return {point, std::uint64_t{std::stoull(text)}, {}};
  if (type == "real") return {point, std::stod(text), {}};
  if (type == "float") return {point, double{std::stof(text)}, {}};
  if (type == "bool") return {point, text == "true", {}};
  if (type == "text") return {point, text, {}};
  throw std::runtime_error("no type of value: " + type);
}

std::string print(const Message& message) {
  auto line = fmt::format("{} qos={}{}", message.topic, static_cast<int>(message.qos), message.retain ? " retain" : "");
  if (message.traffic_class == TrafficClass::alarm) line += " alarm";
  if (message.traffic_class == TrafficClass::trend) line += " trend";
  for (const auto& [name, value] : message.properties.user) line += fmt::format(" {}={}", name, value);
  if (message.properties.correlation_data) line += " correlation=" + *message.properties.correlation_data;
  return line + " | " + message.payload;
}

std::string print(const SettingValue& setting) {
  switch (setting.type) {
    case SettingType::text:
    case SettingType::choice: return fmt::format("{}={}", setting.name, setting.text);
    case SettingType::duration: return fmt::format("{}={}us", setting.name, setting.integer);
    case SettingType::number: return fmt::format("{}={}", setting.name, setting.number);
    case SettingType::integer:
    case SettingType::boolean: return fmt::format("{}={}", setting.name, setting.integer);
    case SettingType::ranges:
    case SettingType::pair: break;
  }
  auto text = setting.name + "=";
  for (const auto& range : setting.ranges) text += fmt::format("[{} {} {}]", range.key, range.first, range.second);
  return text;
}

std::string print(const SettingValues& settings) {
  std::vector<std::string> texts;
  for (const auto& setting : settings) texts.push_back(print(setting));
  std::sort(texts.begin(), texts.end());
  return fmt::format("{}", fmt::join(texts, " "));
}

Lines print(const mapping::Plan& plan) {
  Lines lines;
  for (const auto& bus : plan.buses) {
    lines.push_back(fmt::format("bus {} {} {}", bus.name, bus.driver, print(bus.settings)));
    for (const auto& device : bus.devices) {
      lines.push_back(
          fmt::format("  device {} status={} {}", device.name, device.status_topic, print(device.settings)));
      for (const auto& point : device.points) {
        lines.push_back(fmt::format("    {} every={}ms{} {}", point.name,
                                    duration_cast<milliseconds>(point.every).count(), point.aligned ? " aligned" : "",
                                    print(point.settings)));
      }
    }
  }
  return lines;
}

/// Runs the events of a script against what was made of the files.
class Stage {
 public:
  Stage(const config::Site& site, const mapping::Plan& plan) : plan_(plan), publication_(site.publish) {
    if (site.commands) commands_.emplace(plan, *site.commands);
  }

  Lines play(const Lines& script) {
    for (const auto& line : script) {
      if (!line.empty() && !line.starts_with('#')) play(line);
    }
    return std::move(lines_);
  }

 private:
  void play(const std::string& text) {
    std::istringstream line(text);
    std::string time, kind;
    line >> time >> kind;
    now_ = parse_time(time);
    if (kind == "read") {
      read(line);
    } else {
      command(line, kind == "retained");
    }
  }

  /// `TIME read DEVICE POINT TYPE VALUE`
  void read(std::istream& line) {
    std::string device_name, point_name, type;
    line >> device_name >> point_name >> type;
    const auto value = rest_of(line);
    for (const auto& bus : plan_.buses) {
      for (const auto& device : bus.devices) {
        if (device.name != device_name) continue;
        const std::vector<Reading> readings{parse_reading(position(device, point_name), type, value)};
        std::vector<Message> messages;
        mapping::Translator(device, publication_).translate(readings, {{}, now_}, messages);
        for (const auto& message : messages) lines_.push_back(print(message));
        return;
      }
    }
    throw std::runtime_error("no device " + device_name);
  }

  static std::uint32_t position(const mapping::DevicePlan& device, const std::string& name) {
    for (std::uint32_t i = 0; i < device.points.size(); ++i) {
      if (device.points[i].name == name) return i;
    }
    throw std::runtime_error("no point " + name);
  }

  /// `TIME command USER TOPIC PAYLOAD`, or `retained` for a retained one. USER is `-` without a name.
  void command(std::istream& line, bool retained) {
    std::string user;
    Message message;
    line >> user >> message.topic;
    message.payload = rest_of(line);
    message.retain = retained;
    if (user.starts_with("upstream:")) {
      message.origin = {Origin::Kind::upstream, user.substr(9), ""};
    } else {
      message.origin = {Origin::Kind::client, "test", user == "-" ? "" : user};
    }
    const auto taken = commands_->receive(message, mapping::AnswerAt::response_topic, {}, now_);
    if (!taken) {
      lines_.push_back("ignored " + message.topic);
    } else if (const auto* refusal = std::get_if<Message>(&*taken)) {
      lines_.push_back(print(*refusal));
    } else {
      execute(std::get<mapping::Command>(*taken));
    }
  }

  /// A device that does what it is told.
  void execute(const mapping::Command& command) {
    const auto& device = plan_.buses[command.bus].devices[command.device];
    lines_.push_back(
        fmt::format("write {} {} {}", device.name, device.points[command.point].name, to_text(command.raw)));
    lines_.push_back(print(mapping::Commands::result(command, mapping::CommandStatus::done, "", now_)));
  }

  const mapping::Plan& plan_;
  const config::Publication& publication_;
  std::optional<mapping::Commands> commands_;
  WallTime now_{};
  Lines lines_;
};

/// Without the folder in front, so that a transcript does not depend on where the tree lies.
std::string local(std::string line, const std::filesystem::path& folder) {
  const auto prefix = folder.native() + "/";
  for (auto at = line.find(prefix); at != std::string::npos; at = line.find(prefix)) line.erase(at, prefix.size());
  return line;
}

}  // namespace

Outcome act_out(const std::filesystem::path& folder, const config::DriverCatalog& drivers,
                const std::filesystem::path& shipped_mappings) {
  config::Complaints complaints;
  const config::SiteSurroundings surroundings{drivers, folder / "credentials"};
  const auto site = config::load_site(folder / "site.yaml", surroundings, complaints);
  const auto plan = mapping::resolve(site, drivers, {folder, shipped_mappings}, complaints);
  Outcome outcome;
  for (auto& line : complaints.lines()) outcome.complaints.push_back(local(std::move(line), folder));
  if (!complaints.empty()) return outcome;
  outcome.plan = print(plan);
  outcome.messages = Stage(site, plan).play(read_lines(folder / "script.txt"));
  return outcome;
}

Lines read_lines(const std::filesystem::path& file) {
  std::ifstream stream(file);
  Lines lines;
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

}  // namespace sluice::scenario
