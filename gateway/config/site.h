// The site file as plain structs: what a site engineer wrote, checked, with defaults filled in.
// Nothing here is opened, resolved or connected.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "gateway/base/clock.h"
#include "gateway/base/message.h"
#include "gateway/base/secret.h"
#include "gateway/base/setting.h"
#include "gateway/config/complaint.h"
#include "gateway/config/point_keys.h"

namespace sluice::config {

/// One device; a range in a name has already become one device each. The defaults of its bus and
/// of the site are laid under it.
struct Device {
  std::string name;
  std::string path;  // as written: buses.line-a.devices.hall-{01..16}
  Place place;
  std::string mapping;  // a name, or a path that begins with a dot
  Place mapping_place;
  SettingValues settings;           // the driver's device keys
  std::string host;                 // TCP: when each device has a host of its own; else empty
  std::vector<std::string> only;    // name patterns; empty: every point
  std::vector<std::string> except;  // name patterns
  std::vector<PointKeys> points;    // names and patterns, in the order of the file
  std::optional<Duration> every;
  std::optional<bool> aligned;
  std::optional<TrafficClass> traffic_class;
  std::optional<std::string> label;
  SettingValues reading;  // goes before what the mapping says
};

struct Bus {
  std::string name;
  std::string path;
  Place place;
  std::string driver;
  SettingValues settings;  // the driver's bus keys
  unsigned retries = 1;    // of damaged replies only
  std::vector<Device> devices;
};

enum class PayloadForm : std::uint8_t { value, json };

struct Publication {
  std::string topic = "{gateway}/{device}/{point}";
  PayloadForm payload = PayloadForm::json;
  QoS qos = QoS::at_least_once;
  bool retain = true;
  Place place;
};

struct CommandRules {
  std::string topic;              // template with {device} and {point}
  std::string result;             // template
  std::vector<std::string> from;  // users, `upstream:NAME`, `anonymous`; empty: whoever may publish there
  Duration wait = std::chrono::seconds(5);
  Place place;
};

enum class ClientCertificates : std::uint8_t { optional, required };

struct ListenTls {
  std::filesystem::path certificate;
  Secret key;
  std::filesystem::path ca;  // of clients; empty: they are asked for no certificate
  ClientCertificates clients = ClientCertificates::required;
};

struct ListenAddress {
  std::string host;
  std::uint16_t port = 1883;
  std::optional<ListenTls> tls{};
};

enum class Anonymous : std::uint8_t { loopback, everywhere, nowhere };

struct Rights {
  std::string user;
  std::vector<std::string> read;  // filters; a leading `!` takes away again
  std::vector<std::string> write;
};

struct BrokerSection {
  std::vector<ListenAddress> listen;
  Anonymous anonymous = Anonymous::loopback;
  std::filesystem::path passwords;  // empty: no user can log in
  std::vector<Rights> rights;       // empty: everybody may do everything
};

struct SendRule {
  std::vector<std::string> topics;
  std::vector<std::string> except;
  std::string as = "{topic}";
  std::optional<QoS> qos;
  std::optional<bool> retain;
  bool unconfirmed = false;
};

struct ReceiveRule {
  std::vector<std::string> topics;
  std::string as = "{topic}";
  QoS qos = QoS::at_least_once;
};

struct Upstream {
  std::string name;
  Place place;
  std::string host;
  std::uint16_t port = 1883;
  std::string client_id;  // the gateway's name unless given
  std::string username;
  Secret password;
  std::vector<SendRule> send;
  std::vector<ReceiveRule> receive;
  std::chrono::seconds heartbeat{15};
};

struct Site {
  std::string gateway;
  std::string status_topic = "{gateway}/{device}/status";
  std::vector<Bus> buses;
  Publication publish;
  std::optional<CommandRules> commands;  // absent: nothing is ever written
  BrokerSection broker;
  std::vector<Upstream> upstreams;
  std::filesystem::path file;
};

}  // namespace sluice::config
