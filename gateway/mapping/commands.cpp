#include "gateway/mapping/commands.h"

#include <algorithm>
#include <utility>

#include "gateway/base/json.h"
#include "gateway/base/topic.h"
#include "gateway/base/utf8.h"
#include "gateway/mapping/convert.h"
#include "gateway/mapping/topics.h"

namespace sluice::mapping {

namespace {

constexpr std::size_t kMaxPayload = 4096;
constexpr std::size_t kMaxIdBytes = 128;
constexpr std::size_t kRememberedIds = 1024;
constexpr std::size_t kMaxDepth = 2;

/// What a payload asks for.
struct Request {
  Wanted wanted;
  std::string id;  // as JSON
};

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlank = " \t\r\n";
  const auto first = text.find_first_not_of(kBlank);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlank) - first + 1);
}

Result<Value> to_value(const json::Node& node) {
  if (const auto* is_true = std::get_if<bool>(&node.is)) return Value(*is_true);
  if (const auto* integer = std::get_if<std::int64_t>(&node.is)) return Value(*integer);
  if (const auto* natural = std::get_if<std::uint64_t>(&node.is)) return Value(*natural);
  if (const auto* real = std::get_if<double>(&node.is)) return Value(*real);
  if (const auto* text = std::get_if<std::string>(&node.is)) return Value(*text);
  return config::wrong("`value` takes a number, a text, true or false");
}

Result<std::string> to_id(const json::Node& node) {
  std::string id;
  if (const auto* text = std::get_if<std::string>(&node.is)) {
    json::append_quoted(id, *text);
  } else if (const auto* integer = std::get_if<std::int64_t>(&node.is)) {
    id = std::to_string(*integer);
  } else {
    return config::wrong("`id` takes a text or a whole number");
  }
  if (id.size() > kMaxIdBytes) return config::wrong("`id` is too long");
  return id;
}

/// {"value":21.5,"id":"a7"}. The id is kept even where the rest is refused: the answer names it.
Result<void> read_object(std::string_view text, Request& request) {
  const auto root = json::parse(text, kMaxDepth);
  if (!root) return config::wrong("payload " + root.error().text);
  const json::Node* value = nullptr;
  std::string_view unknown;
  for (const auto& member : std::get<json::Object>(root->is)) {
    if (member.name == "value") {
      value = &member.value;
    } else if (member.name == "id") {
      auto id = to_id(member.value);
      if (!id) return id.error();
      request.id = std::move(*id);
    } else {
      unknown = member.name;
    }
  }
  if (!unknown.empty()) return config::wrong("`" + std::string(unknown) + "` is not known; there are value and id");
  if (value == nullptr) return config::wrong("`value` is missing");
  auto wanted = to_value(*value);
  if (!wanted) return wanted.error();
  request.wanted = {std::move(*wanted), false};
  return {};
}

Result<void> read_payload(std::string_view payload, Request& request) {
  if (payload.size() > kMaxPayload) return config::wrong("payload is too long");
  if (!is_valid_utf8(payload)) return config::wrong("payload is not UTF-8 text");
  const auto text = trimmed(payload);
  if (text.empty()) return config::wrong("payload is empty");
  if (text.front() == '{') return read_object(text, request);
  request.wanted = {std::string(text), true};
  return {};
}

std::string who(const Origin& origin) {
  if (origin.kind == Origin::Kind::upstream) return "upstream:" + origin.name;
  return origin.user.empty() ? "anonymous" : origin.user;
}

void append_value(std::string& out, const Value& value) {
  if (const auto* text = std::get_if<std::string>(&value)) return json::append_quoted(out, *text);
  out += has_value(value) ? to_text(value) : "null";
}

/// {"id":"a7","status":"done","value":21.5,"by":"nodered","time":"2026-11-20T17:00:00.123Z"}
std::string result_payload(const ReplyAddress& reply, const Value& value, std::string_view status,
                           std::string_view reason, WallTime wall) {
  std::string payload = "{";
  if (!reply.id.empty()) payload += "\"id\":" + reply.id + ",";
  payload += "\"status\":\"" + std::string(status) + "\",";
  if (has_value(value)) {
    payload += "\"value\":";
    append_value(payload, value);
    payload += ",";
  }
  payload += "\"by\":";
  json::append_quoted(payload, reply.by);
  payload += ",\"time\":\"" + to_iso8601(wall) + "\"";
  if (!is_plausible(wall)) payload += ",\"clock\":\"unset\"";
  if (!reason.empty()) {
    payload += ",\"reason\":";
    json::append_quoted(payload, reason);
  }
  return payload + "}";
}

Message answer(const ReplyAddress& reply, TrafficClass traffic_class, std::string payload) {
  Message message;
  message.topic = reply.topic;
  message.payload = std::move(payload);
  message.qos = QoS::at_least_once;
  message.traffic_class = traffic_class;
  message.properties.payload_is_utf8 = true;
  message.properties.correlation_data = reply.correlation_data;
  message.origin.kind = Origin::Kind::gateway;
  return message;
}

std::string_view name_of(CommandStatus status) {
  switch (status) {
    case CommandStatus::done: return "done";
    case CommandStatus::refused: return "refused";
    case CommandStatus::unknown: return "unknown";
  }
  return "unknown";
}

}  // namespace

Commands::Commands(const Plan& plan, const config::CommandRules& rules) : from_(rules.from), wait_(rules.wait) {
  if (auto filter = topic_filter(rules.topic, plan.gateway); !filter.empty()) filters_.push_back(std::move(filter));
  for (std::uint32_t b = 0; b < plan.buses.size(); ++b) {
    const auto& bus = plan.buses[b];
    for (std::uint32_t d = 0; d < bus.devices.size(); ++d) {
      const auto& device = bus.devices[d];
      for (std::uint32_t p = 0; p < device.points.size(); ++p) {
        const auto& point = device.points[p];
        const auto words = words_of(plan, bus, device, point);
        targets_.emplace(fill_topic(rules.topic, words),
                         Target{b, d, p, fill_topic(rules.result, words), point.traffic_class, point.meaning});
      }
    }
  }
}

std::optional<std::variant<Command, Message>> Commands::receive(const Message& message, AnswerAt answer_at,
                                                                MonotonicTime now, WallTime wall) {
  // What the gateway itself publishes is no command, whatever its topic: a result that was sent to
  // a command topic would be answered for ever.
  const auto kind = message.origin.kind;
  if (kind == Origin::Kind::device || kind == Origin::Kind::gateway) return std::nullopt;
  const auto found = targets_.find(message.topic);
  if (found == targets_.end()) return std::nullopt;
  const auto& target = found->second;

  Command command{target.bus,          target.device, target.point, {}, {}, reply_address(message, target, answer_at),
                  target.traffic_class};
  if (const auto checked = check(message, target, now, command); !checked) {
    return answer(command.reply, command.traffic_class,
                  result_payload(command.reply, command.value, "refused", checked.error().text, wall));
  }
  // Not refused: the first one with this id may have been done.
  if (is_repeated(message.topic, command.reply.id))
    return result(command, CommandStatus::unknown, "this id was taken already", wall);
  return command;
}

ReplyAddress Commands::reply_address(const Message& message, const Target& target, AnswerAt answer_at) const {
  const auto& wanted = message.properties.response_topic;
  const bool is_usable = answer_at == AnswerAt::response_topic && topic::is_valid_name(wanted) &&
                         topic::is_within_limits(wanted) && !wanted.starts_with('$') &&
                         targets_.find(wanted) == targets_.end();
  return {is_usable ? wanted : target.result_topic, message.properties.correlation_data, {}, who(message.origin)};
}

Result<void> Commands::check(const Message& message, const Target& target, MonotonicTime now, Command& command) {
  Request request;
  const auto read = read_payload(message.payload, request);
  command.reply.id = request.id;
  if (!may_command(message.origin)) return config::wrong("not allowed");
  if (message.retain) return config::wrong("retained; a command is for now");
  if (has_expired(message, now)) return config::wrong("expired");
  if (!read) return read.error();
  command.value = request.wanted.value;
  if (!target.meaning.access.write) return config::wrong("read only");
  auto writable = to_raw(target.meaning, request.wanted);
  if (!writable) return writable.error();
  command.value = std::move(writable->value);
  command.raw = std::move(writable->raw);
  command.not_after = not_after(message, now);
  return {};
}

MonotonicTime Commands::not_after(const Message& message, MonotonicTime now) const {
  const auto& expiry = message.properties.expiry_seconds;
  const auto turn = now + wait_;
  return expiry ? std::min<MonotonicTime>(turn, message.received + std::chrono::seconds(*expiry)) : turn;
}

Message Commands::result(const Command& command, CommandStatus status, std::string_view reason, WallTime wall) {
  return answer(command.reply, command.traffic_class,
                result_payload(command.reply, command.value, name_of(status), reason, wall));
}

bool Commands::may_command(const Origin& origin) const {
  return from_.empty() || std::find(from_.begin(), from_.end(), who(origin)) != from_.end();
}

bool Commands::is_repeated(const std::string& topic, const std::string& id) {
  if (id.empty()) return false;
  auto key = topic + '\n' + id;
  if (std::find(recent_ids_.begin(), recent_ids_.end(), key) != recent_ids_.end()) return true;
  recent_ids_.push_back(std::move(key));
  if (recent_ids_.size() > kRememberedIds) recent_ids_.pop_front();
  return false;
}

}  // namespace sluice::mapping
