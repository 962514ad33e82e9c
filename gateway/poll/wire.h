// What the polling of a bus needs of a driver: plans, exchanges and their outcomes as C++ values.
// DriverBus is the real one, behind which stands a plugin; tests put a scripted one in its place.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "gateway/base/bytes.h"
#include "gateway/base/clock.h"
#include "gateway/base/result.h"
#include "gateway/base/value.h"
#include "gateway/poll/bus_plan.h"

namespace sluice {

/// One question and its answer, scheduled as a whole. Only the driver can read `body`.
struct Exchange {
  std::uint32_t device = 0;
  bool is_write = false;
  Duration cost{};   // on the wire, when the device answers as it should
  Duration worst{};  // the same when it does not, never below cost
  std::vector<std::uint32_t> points;
  Bytes body;
};

using ExchangePtr = std::shared_ptr<const Exchange>;
using Plan = std::vector<ExchangePtr>;

enum class OutcomeCode : std::uint8_t { ok, retry, refused, device, later, unknown, bus_gone };

struct Outcome {
  OutcomeCode code = OutcomeCode::ok;
  bool answered = false;  // the device sent something valid, an exception included
  Duration later{};       // of code later
  Duration wire{};        // for so long the bus was occupied
  std::uint32_t damaged = 0;
  std::string reason;  // of all codes but ok
  std::vector<Reading> values;
  std::vector<Fact> facts;
};

/// What a device said without being asked.
struct Heard {
  std::uint32_t device = 0;
  Outcome outcome;
};

/// One bus as its driver sees it. Called by one thread; every call returns within the time that it
/// states for itself, and none throws.
class Wire {
 public:
  virtual ~Wire() = default;

  /// Exchanges that read all of `must`, and of `may` what costs no exchange more. Touches no port.
  virtual Result<Plan> plan_read(std::uint32_t device, std::span<const std::uint32_t> must,
                                 std::span<const std::uint32_t> may) = 0;

  /// Exchanges that write the values in their order. The error says which value cannot be taken.
  virtual Result<Plan> plan_write(std::uint32_t device, std::span<const Reading> values) = 0;

  virtual void learn(std::span<const Fact> facts) = 0;

  virtual Result<void> open() = 0;
  virtual void close() = 0;
  virtual Outcome perform(const Exchange& exchange) = 0;

  /// Whether devices speak unasked here; only then is `wait` called, and only while open.
  virtual bool listens() const { return false; }

  /// Waits until a device speaks, `wake_fd` becomes readable or `timeout` has passed.
  virtual std::optional<Heard> wait(int /*wake_fd*/, Duration /*timeout*/) { return std::nullopt; }
};

}  // namespace sluice
