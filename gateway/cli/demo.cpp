#include "gateway/cli/demo.h"

#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "gateway/cli/arguments.h"
#include "gateway/cli/complain.h"
#include "gateway/cli/demo_bench.h"

namespace sluice::cli {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// The gateway's attempts to connect are up to a minute apart when a cloud has been away for long.
constexpr seconds kLastNeeds{75};
constexpr std::array kMeters = {"meter-1", "meter-2", "meter-3"};
constexpr std::array kPoints = {"voltage_l1", "power_total", "energy_import"};

/// SIGINT and SIGTERM are waited for instead of ending the program, so that it can end what it started.
class EndSignals {
 public:
  EndSignals() {
    sigemptyset(&signals_);
    sigaddset(&signals_, SIGINT);
    sigaddset(&signals_, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &signals_, &before_);
  }
  ~EndSignals() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  EndSignals(const EndSignals&) = delete;
  EndSignals& operator=(const EndSignals&) = delete;

  /// True when one came within this time.
  bool come_within(milliseconds time) const {
    const timespec limit{time.count() / 1000, time.count() % 1000 * 1'000'000};
    return sigtimedwait(&signals_, nullptr, &limit) > 0;
  }

 private:
  sigset_t signals_{};
  sigset_t before_{};
};

/// The text of one member of a flat JSON object, without quotes; for showing only.
std::string shown_member(const std::string& object, std::string_view name) {
  const auto key = fmt::format("\"{}\":", name);
  const auto at = object.find(key);
  if (at == std::string::npos) return "";
  const auto end = object.find_first_of(",}", at);
  auto text = object.substr(at + key.size(), end - at - key.size());
  std::erase(text, '"');
  return text;
}

std::string shown_reading(const std::string& payload) {
  const auto value = shown_member(payload, "value");
  if (value.empty()) return "waiting";
  if (value == "null") return shown_member(payload, "reason");
  return value + " " + shown_member(payload, "unit");
}

/// Live values, drawn over themselves on a terminal; elsewhere a line now and then.
class Screen {
 public:
  void show(std::string_view headline, const std::vector<Delivery>& edge, const std::vector<Delivery>& cloud) {
    if (isatty(STDOUT_FILENO) != 1) {
      show_line(headline, edge, cloud);
      return;
    }
    std::string text = drawn_ ? fmt::format("\x1b[{}A", kMeters.size() + 3) : "";
    drawn_ = true;
    text += fmt::format("\x1b[K  {}\n", headline);
    text += table_of(edge);
    text += fmt::format("\x1b[K  {}\n\x1b[K\n", counts(edge, cloud));
    fmt::print("{}", text);
    std::fflush(stdout);
  }

 private:
  static std::string counts(const std::vector<Delivery>& edge, const std::vector<Delivery>& cloud) {
    return fmt::format("messages: {:>6} at the edge   {:>6} in the cloud", edge.size(), cloud.size());
  }

  static std::string table_of(const std::vector<Delivery>& edge) {
    std::map<std::string, std::string> latest;
    for (const auto& delivery : edge) latest[delivery.topic] = delivery.payload;
    std::string table;
    for (const auto* meter : kMeters) {
      table += fmt::format("\x1b[K    {}", meter);
      for (const auto* point : kPoints) {
        table += fmt::format("   {:>18}", shown_reading(latest[fmt::format("demo/{}/{}", meter, point)]));
      }
      table += "\n";
    }
    return table;
  }

  void show_line(std::string_view headline, const std::vector<Delivery>& edge, const std::vector<Delivery>& cloud) {
    const auto now = monotonic_now();
    if (now < next_line_) return;
    next_line_ = now + seconds(2);
    const auto latest = edge.empty() ? "" : edge.back().topic + " = " + shown_reading(edge.back().payload);
    fmt::print("  {:<46}{}   {}\n", headline, counts(edge, cloud), latest);
    std::fflush(stdout);
  }

  bool drawn_ = false;
  MonotonicTime next_line_{};
};

class Demo {
 public:
  explicit Demo(const DemoOptions& options) : bench_(options.program), third_(options.seconds / 3) {}

  Result<void> start() {
    fmt::print("Starting the parts, all of them on this machine and gone afterwards …\n");
    if (auto started = bench_.start(); !started) return started;
    fmt::print(
        "\n  three meters ── RS485, a pty ── Modbus driver ── edge broker :{} ── SQLite ── cloud, mosquitto :{}\n\n",
        bench_.edge_port(), bench_.cloud_port());
    return {};
  }

  /// Nothing when the user wants to end before.
  Result<std::optional<Receipt>> play() {
    if (!show("the cloud is there", third_)) return {std::nullopt};
    away_from_ = bench_.edge().size();
    if (auto stopped = bench_.stop_cloud(); !stopped) return stopped.error();
    if (!show("THE CLOUD IS AWAY, messages wait on disk", third_)) return {std::nullopt};
    away_to_ = bench_.edge().size();
    if (auto started = bench_.start_cloud(); !started) return started.error();
    if (!show("the cloud is back", third_)) return {std::nullopt};
    if (!bench_.publish_last()) return Error{"the gateway does not accept the last message"};
    const auto is_complete = [this] { return bench_.is_complete(); };
    if (!show("the last message is on its way", kLastNeeds, is_complete)) return {std::nullopt};
    return {make_receipt(bench_.edge(), bench_.cloud(), away_from_, away_to_)};
  }

  seconds third() const { return third_; }

 private:
  /// False when a signal came.
  bool show(
      std::string_view headline, seconds time, const std::function<bool()>& is_over = [] { return false; }) {
    const auto until = monotonic_now() + time;
    do {
      screen_.show(headline, bench_.edge(), bench_.cloud());
      if (signals_.come_within(milliseconds(250))) return false;
    } while (monotonic_now() < until && !is_over());
    return true;
  }

  EndSignals signals_;  // before anything is started: what starts may be interrupted, too
  DemoBench bench_;
  Screen screen_;
  seconds third_;
  std::size_t away_from_ = 0;
  std::size_t away_to_ = 0;
};

void print_receipt(const Receipt& receipt, seconds away) {
  fmt::print("\nReceipt, from what the cloud's subscriber really received:\n\n");
  fmt::print("  stored       {:>6}   on disk before anyone was told that they are safe\n", receipt.stored);
  fmt::print("  replayed     {:>6}   read while the cloud was away for {} s, and there now\n", receipt.replayed,
             away.count());
  fmt::print("  lost         {:>6}\n", receipt.lost);
  fmt::print("  duplicates   {:>6}   recognised by their sequence numbers\n", receipt.duplicates);
  fmt::print("  out of order {:>6}\n\n", receipt.disordered);
  if (receipt.unnumbered > 0) fmt::print("  {} messages carried no sequence number\n\n", receipt.unnumbered);
  std::fflush(stdout);
}

}  // namespace

int run_demo(const DemoOptions& options) {
  Demo demo(options);
  if (auto started = demo.start(); !started) return complain(started.error());
  const auto played = demo.play();
  if (!played) return complain(played.error());
  const auto& receipt = *played;
  if (!receipt) {
    fmt::print("\nEnded before its time; everything that it started ends with it.\n");
    return kFailed;
  }
  print_receipt(*receipt, demo.third());
  return receipt->is_clean() ? kDone : kFailed;
}

}  // namespace sluice::cli
