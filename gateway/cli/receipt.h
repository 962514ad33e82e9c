// What became of the messages of a demonstration, from what two subscribers really received: one at
// the edge, one in the cloud. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace sluice::cli {

/// One message as a subscriber got it. The numbers are the user properties that the gateway gives
/// what it sends upstream.
struct Delivery {
  std::string topic;
  std::string payload;
  std::string stream;  // gateway, stream and epoch in one text; empty: it carries no numbers
  std::uint64_t sequence = 0;
};

/// How mosquitto_sub is to print a message for parse_delivery.
inline constexpr auto kDeliveryFormat = "%t\t%P\t%p";

/// Nothing for a line that is no message.
std::optional<Delivery> parse_delivery(const std::string& line);

struct Receipt {
  std::size_t stored = 0;      // sequence numbers given
  std::size_t replayed = 0;    // of those that the edge saw while the cloud was away, how many the cloud has now
  std::size_t lost = 0;        // counted twice, by sequence numbers and against the edge: the greater
  std::size_t duplicates = 0;  // received beyond the first time
  std::size_t disordered = 0;  // first receptions behind a higher number of their stream
  std::size_t unnumbered = 0;

  bool is_clean() const { return stored > 0 && lost == 0 && disordered == 0 && unnumbered == 0; }
};

/// `edge` and `cloud` in the order of reception; the cloud's messages end with the last one that was
/// published. The edge received number `away_from` to `away_to` (not included) while the cloud was
/// away.
Receipt make_receipt(const std::vector<Delivery>& edge, const std::vector<Delivery>& cloud, std::size_t away_from,
                     std::size_t away_to);

}  // namespace sluice::cli
