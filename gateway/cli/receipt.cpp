#include "gateway/cli/receipt.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <set>
#include <sstream>
#include <utility>

namespace sluice::cli {
namespace {

using Message = std::pair<std::string, std::string>;  // topic, payload

/// The numbers of one stream as they arrived.
struct Stream {
  std::set<std::uint64_t> seen;
  std::size_t duplicates = 0;
  std::size_t disordered = 0;

  void add(std::uint64_t sequence) {
    const bool is_behind = !seen.empty() && sequence < *seen.rbegin();
    if (!seen.insert(sequence).second) {
      ++duplicates;
    } else if (is_behind) {
      ++disordered;
    }
  }
  std::size_t given() const { return *seen.rbegin() - *seen.begin() + 1; }
};

/// `name:value name:value`, as mosquitto_sub prints user properties.
std::map<std::string, std::string> parse_properties(const std::string& text) {
  std::map<std::string, std::string> properties;
  std::istringstream words(text);
  for (std::string word; words >> word;) {
    const auto colon = word.find(':');
    if (colon != std::string::npos) properties[word.substr(0, colon)] = word.substr(colon + 1);
  }
  return properties;
}

void take_numbers(Delivery& delivery, const std::string& text) {
  auto properties = parse_properties(text);
  const auto& number = properties["sluice-seq"];
  const auto* end = number.data() + number.size();
  const auto parsed = std::from_chars(number.data(), end, delivery.sequence);
  if (parsed.ec != std::errc{} || parsed.ptr != end) return;
  delivery.stream = properties["sluice-gateway"] + " " + properties["sluice-stream"] + " " + properties["sluice-epoch"];
}

std::size_t count_in(const std::set<Message>& received, const std::vector<Delivery>& wanted, std::size_t from,
                     std::size_t to) {
  std::size_t count = 0;
  for (std::size_t at = from; at < std::min(to, wanted.size()); ++at) {
    count += received.contains({wanted[at].topic, wanted[at].payload}) ? 1 : 0;
  }
  return count;
}

}  // namespace

std::optional<Delivery> parse_delivery(const std::string& line) {
  const auto first = line.find('\t');
  const auto second = first == std::string::npos ? first : line.find('\t', first + 1);
  if (second == std::string::npos) return std::nullopt;
  Delivery delivery{line.substr(0, first), line.substr(second + 1), {}, 0};
  take_numbers(delivery, line.substr(first + 1, second - first - 1));
  return delivery;
}

Receipt make_receipt(const std::vector<Delivery>& edge, const std::vector<Delivery>& cloud, std::size_t away_from,
                     std::size_t away_to) {
  Receipt receipt;
  std::map<std::string, Stream> streams;
  std::set<Message> received;
  for (const auto& delivery : cloud) {
    received.emplace(delivery.topic, delivery.payload);
    if (delivery.stream.empty()) {
      ++receipt.unnumbered;
    } else {
      streams[delivery.stream].add(delivery.sequence);
    }
  }
  std::size_t missing_numbers = 0;
  for (const auto& [name, stream] : streams) {
    receipt.stored += stream.given();
    missing_numbers += stream.given() - stream.seen.size();
    receipt.duplicates += stream.duplicates;
    receipt.disordered += stream.disordered;
  }
  const auto missing_messages = edge.size() - count_in(received, edge, 0, edge.size());
  receipt.lost = std::max(missing_numbers, missing_messages);
  receipt.replayed = count_in(received, edge, away_from, away_to);
  return receipt;
}

}  // namespace sluice::cli
