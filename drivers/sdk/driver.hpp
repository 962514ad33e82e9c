// The contract of driver.h as a C++ driver sees it: a class per bus, values instead of pointers,
// and a table that is made from both. Needs the standard library and driver.h, nothing else.
//
// A driver derives from Bus, declares its settings as arrays of sluice_setting_spec, and ends with
//
//   SLUICE_DRIVER(sluice::driver::table<MyBus>(kDeclaration))
//
// Errors are values (Result); whatever is thrown all the same ends at this header as an error or an
// outcome, so nothing crosses the line. Strings and arrays that the contract promises until the
// next call are kept here.
#ifndef SLUICE_DRIVER_HPP
#define SLUICE_DRIVER_HPP

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <exception>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "driver.h"

namespace sluice::driver {

using Microseconds = std::chrono::microseconds;

inline constexpr std::uint32_t kNoPoint = std::numeric_limits<std::uint32_t>::max();

/// What went wrong, as one sentence that a site engineer can act on, and the point it is about.
struct Error {
  std::string text;
  std::uint32_t point = kNoPoint;
};

/// Either a T or the Error that kept it from being made. Reading the wrong side throws
/// std::bad_variant_access.
template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : content_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : content_(std::in_place_index<1>, std::move(error)) {}

  bool ok() const { return content_.index() == 0; }
  explicit operator bool() const { return ok(); }
  T& value() { return std::get<0>(content_); }
  const T& value() const { return std::get<0>(content_); }
  T& operator*() { return value(); }
  const T& operator*() const { return value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }
  const Error& error() const { return std::get<1>(content_); }

 private:
  std::variant<T, Error> content_;
};

/// Success without a value.
using Done = Result<std::monostate>;
inline Done done() { return std::monostate{}; }

// ---- settings

/// The element of an array whose elements may be larger than this header knows.
template <class Struct>
const Struct& element(const Struct* first, std::uint32_t index) {
  return *reinterpret_cast<const Struct*>(reinterpret_cast<const unsigned char*>(first) +
                                          std::size_t{first->size} * index);
}

/// The position of a choice among its declared choices, which are separated by one space each.
inline std::optional<std::size_t> position_among(std::string_view choices, std::string_view name) {
  for (std::size_t position = 0;; ++position) {
    const auto space = choices.find(' ');
    if (choices.substr(0, space) == name) return position;
    if (space == std::string_view::npos) return std::nullopt;
    choices.remove_prefix(space + 1);
  }
}

/// A view of the settings that the gateway passed; as short-lived as the call.
class Settings {
 public:
  Settings() = default;
  explicit Settings(sluice_settings settings) : settings_(settings) {}

  const sluice_setting* find(std::string_view name) const {
    for (std::uint32_t i = 0; i < settings_.count; ++i) {
      const auto& setting = element(settings_.items, i);
      if (setting.name == name) return &setting;
    }
    return nullptr;
  }
  bool has(std::string_view name) const { return find(name) != nullptr; }

  std::string text(std::string_view name, std::string_view otherwise = {}) const {
    const auto* setting = find(name);
    return std::string(setting && setting->text ? std::string_view(setting->text) : otherwise);
  }
  std::int64_t integer(std::string_view name, std::int64_t otherwise) const {
    const auto* setting = find(name);
    return setting ? setting->integer : otherwise;
  }
  double number(std::string_view name, double otherwise) const {
    const auto* setting = find(name);
    return setting ? setting->number : otherwise;
  }
  bool is_set(std::string_view name) const { return integer(name, 0) != 0; }
  Microseconds duration(std::string_view name, Microseconds otherwise) const {
    return Microseconds(integer(name, otherwise.count()));
  }
  std::span<const sluice_range> ranges(std::string_view name) const {
    const auto* setting = find(name);
    if (!setting) return {};
    return {setting->ranges, setting->range_count};
  }
  std::optional<std::pair<std::int64_t, std::int64_t>> pair(std::string_view name) const {
    const auto range = ranges(name);
    if (range.empty()) return std::nullopt;
    return std::pair{range[0].first, range[0].second};
  }

 private:
  sluice_settings settings_{nullptr, 0};
};

/// Makes one row of a driver's table of settings: `text("port").says("...").needed()`.
struct Spec : sluice_setting_spec {
 private:
  template <class Change>
  constexpr Spec with(Change change) const {
    Spec spec = *this;
    change(spec);
    return spec;
  }

 public:
  constexpr Spec(std::uint32_t type_, const char* name_)
      : sluice_setting_spec{
            sizeof(sluice_setting_spec), type_, name_, nullptr, nullptr, nullptr, nullptr, INT64_MIN, INT64_MAX, 0} {}
  constexpr Spec says(const char* text) const {
    return with([&](Spec& spec) { spec.sentence = text; });
  }
  constexpr Spec otherwise(const char* text) const {
    return with([&](Spec& spec) { spec.fallback = text; });
  }
  constexpr Spec in(const char* text) const {
    return with([&](Spec& spec) { spec.unit = text; });
  }
  constexpr Spec needed() const {
    return with([](Spec& spec) { spec.required = 1; });
  }
  constexpr Spec between(std::int64_t low, std::int64_t high) const {
    return with([&](Spec& spec) {
      spec.min = low;
      spec.max = high;
    });
  }
};
static_assert(sizeof(Spec) == sizeof(sluice_setting_spec));

constexpr Spec text(const char* name) { return {SLUICE_SETTING_TEXT, name}; }
constexpr Spec integer(const char* name) { return {SLUICE_SETTING_INTEGER, name}; }
constexpr Spec number(const char* name) { return {SLUICE_SETTING_NUMBER, name}; }
constexpr Spec boolean(const char* name) { return {SLUICE_SETTING_BOOLEAN, name}; }
constexpr Spec duration(const char* name) { return {SLUICE_SETTING_DURATION, name}; }
constexpr Spec pair(const char* name) { return {SLUICE_SETTING_PAIR, name}; }
constexpr Spec choice(const char* name, const char* choices) {
  Spec spec{SLUICE_SETTING_CHOICE, name};
  spec.choices = choices;
  return spec;
}
constexpr Spec ranges(const char* name, const char* keys) {
  Spec spec{SLUICE_SETTING_RANGES, name};
  spec.choices = keys;
  return spec;
}

// ---- values, exchanges, outcomes

/// A typed value; monostate is the absence of one.
using Value = std::variant<std::monostate, bool, std::int64_t, std::uint64_t, double, std::string>;

/// The value of one point, or the short reason why there is none.
struct PointValue {
  std::uint32_t point = 0;
  Value value;
  std::string reason;

  bool operator==(const PointValue&) const = default;
};

struct Exchange {
  std::uint32_t device = 0;
  bool is_write = false;
  Microseconds cost{0};
  Microseconds worst{0};
  std::vector<std::uint32_t> points;
  std::vector<std::uint8_t> body;
};

enum class Code : std::uint32_t {
  ok = SLUICE_OK,
  retry = SLUICE_RETRY,
  refused = SLUICE_REFUSED,
  device = SLUICE_DEVICE,
  later = SLUICE_LATER,
  unknown = SLUICE_UNKNOWN,
  bus_gone = SLUICE_BUS_GONE,
};

struct Fact {
  std::uint32_t device = 0;
  std::string text;
};

struct Outcome {
  Code code = Code::ok;
  std::string reason;
  bool answered = false;
  std::chrono::milliseconds later{0};
  Microseconds wire{0};
  std::uint32_t damaged = 0;
  std::vector<PointValue> values;
  std::vector<Fact> facts;
};

struct Point {
  std::string name;
  Settings settings;
};

struct Device {
  std::string name;
  Settings settings;
  std::vector<Point> points;
};

/// One wire. The rules for each call are those of the function of the same name in driver.h.
class Bus {
 public:
  Bus() = default;
  Bus(const Bus&) = delete;
  Bus& operator=(const Bus&) = delete;
  virtual ~Bus() = default;

  virtual Done add_device(const Device& device) = 0;
  virtual std::vector<Exchange> plan_read(std::uint32_t device, std::span<const std::uint32_t> must,
                                          std::span<const std::uint32_t> may) = 0;
  virtual Result<std::vector<Exchange>> plan_write(std::uint32_t device, std::span<const PointValue> values) = 0;
  virtual void learn(std::span<const Fact> /*facts*/) {}
  virtual Done open() = 0;
  virtual void close() = 0;
  virtual Outcome perform(const Exchange& exchange) = 0;
};

/// The other end: devices that answer.
class Twin {
 public:
  Twin() = default;
  Twin(const Twin&) = delete;
  Twin& operator=(const Twin&) = delete;
  virtual ~Twin() = default;

  struct Written {
    std::uint32_t device = 0;
    PointValue value;
  };

  virtual Done add_device(const Device& device) = 0;
  virtual Done set(std::uint32_t device, const PointValue& value) = 0;
  /// False when the port is gone.
  virtual bool serve(int wake_fd, std::chrono::milliseconds timeout) = 0;
  virtual std::optional<Written> next_written() = 0;
  /// False when there is no such device.
  virtual bool mute(std::uint32_t device, bool is_mute) = 0;
};

/// What a driver says of itself. The arrays must live for ever.
struct Declaration {
  const char* name = nullptr;
  const char* version = nullptr;
  const char* sentence = nullptr;
  std::span<const Spec> bus_settings{};
  std::span<const Spec> device_settings{};
  std::span<const Spec> reading_settings{};
  std::span<const Spec> point_settings{};
};

// ---- the way across the line

namespace detail {

/// Runs `call`; what it throws becomes what `failed` makes of the sentence.
template <class Call, class Failed>
auto guarded(Call&& call, Failed&& failed) noexcept -> decltype(call()) {
  try {
    return call();
  } catch (const std::exception& thrown) {
    return failed(thrown.what());
  } catch (...) {
    return failed("the driver failed for an unknown reason");
  }
}

/// Fills as much of a struct of the gateway's as it has room for.
template <class Struct>
void fill(Struct* to, Struct from) {
  const auto room = to->size == 0 ? sizeof(Struct) : std::min<std::size_t>(to->size, sizeof(Struct));
  from.size = static_cast<std::uint32_t>(room);
  std::memcpy(to, &from, room);
}

inline Device device_from(const sluice_device& device) {
  Device made{device.name ? device.name : "", Settings(device.settings), {}};
  made.points.reserve(device.point_count);
  for (std::uint32_t i = 0; i < device.point_count; ++i) {
    const auto& point = element(device.points, i);
    made.points.push_back({point.name ? point.name : "", Settings(point.settings)});
  }
  return made;
}

inline PointValue value_from(const sluice_value& value) {
  PointValue made{value.point, {}, value.reason ? value.reason : ""};
  switch (value.type) {
    case SLUICE_VALUE_BOOL: made.value = value.is.integer != 0; break;
    case SLUICE_VALUE_INT: made.value = value.is.integer; break;
    case SLUICE_VALUE_UINT: made.value = value.is.natural; break;
    case SLUICE_VALUE_REAL: made.value = value.is.real; break;
    case SLUICE_VALUE_TEXT: made.value = std::string(value.is.text, value.text_size); break;
    default: break;
  }
  return made;
}

/// Points into `value`, which must outlive what is returned.
inline sluice_value value_to(const PointValue& value) {
  sluice_value made{};
  made.size = sizeof made;
  made.point = value.point;
  made.type = static_cast<std::uint32_t>(value.value.index());
  made.reason = value.reason.c_str();
  if (const auto* held = std::get_if<bool>(&value.value)) made.is.integer = *held ? 1 : 0;
  if (const auto* held = std::get_if<std::int64_t>(&value.value)) made.is.integer = *held;
  if (const auto* held = std::get_if<std::uint64_t>(&value.value)) made.is.natural = *held;
  if (const auto* held = std::get_if<double>(&value.value)) made.is.real = *held;
  if (const auto* held = std::get_if<std::string>(&value.value)) {
    made.is.text = held->data();
    made.text_size = static_cast<std::uint32_t>(held->size());
  }
  return made;
}

// value_to takes the position in the variant for the type's number.
template <std::uint32_t type, class Held>
inline constexpr bool kIsNumbered = std::is_same_v<std::variant_alternative_t<type, Value>, Held>;
static_assert(kIsNumbered<SLUICE_VALUE_NONE, std::monostate> && kIsNumbered<SLUICE_VALUE_BOOL, bool> &&
              kIsNumbered<SLUICE_VALUE_INT, std::int64_t> && kIsNumbered<SLUICE_VALUE_UINT, std::uint64_t> &&
              kIsNumbered<SLUICE_VALUE_REAL, double> && kIsNumbered<SLUICE_VALUE_TEXT, std::string>);

inline Exchange exchange_from(const sluice_exchange& exchange) {
  return {exchange.device,
          exchange.is_write != 0,
          Microseconds(exchange.cost_us),
          Microseconds(exchange.worst_us),
          {exchange.points, exchange.points + exchange.point_count},
          {exchange.body, exchange.body + exchange.body_size}};
}

inline std::uint32_t clamped(std::int64_t number) {
  return static_cast<std::uint32_t>(std::clamp<std::int64_t>(number, 0, std::numeric_limits<std::uint32_t>::max()));
}

/// Points into `exchange`, which must outlive what is returned.
inline sluice_exchange exchange_to(const Exchange& exchange) {
  sluice_exchange made{};
  made.size = sizeof made;
  made.device = exchange.device;
  made.is_write = exchange.is_write ? 1 : 0;
  made.cost_us = clamped(exchange.cost.count());
  made.worst_us = clamped(exchange.worst.count());
  made.points = exchange.points.data();
  made.point_count = static_cast<std::uint32_t>(exchange.points.size());
  made.body = exchange.body.data();
  made.body_size = static_cast<std::uint32_t>(exchange.body.size());
  return made;
}

/// One bus and everything that it handed out last.
struct BusBox {
  std::unique_ptr<Bus> bus;
  std::string error;
  std::vector<Exchange> plan;
  std::vector<sluice_exchange> plan_view;
  Outcome outcome;
  std::vector<sluice_value> value_views;
  std::vector<sluice_fact> fact_views;

  void take(std::unique_ptr<Bus> made) { bus = std::move(made); }
  static BusBox& of(sluice_bus* bus) { return *reinterpret_cast<BusBox*>(bus); }

  int fail(Error failure, const char** text, std::uint32_t* point = nullptr) {
    error = std::move(failure.text);
    if (text) *text = error.c_str();
    if (point) *point = failure.point;
    return -1;
  }

  sluice_plan keep(std::vector<Exchange> made) {
    plan = std::move(made);
    plan_view.clear();
    for (const auto& exchange : plan) plan_view.push_back(exchange_to(exchange));
    return {plan_view.data(), static_cast<std::uint32_t>(plan_view.size())};
  }

  void keep(Outcome made, sluice_outcome* out) {
    outcome = std::move(made);
    value_views.clear();
    fact_views.clear();
    for (const auto& value : outcome.values) value_views.push_back(value_to(value));
    for (const auto& fact : outcome.facts) {
      fact_views.push_back({sizeof(sluice_fact), fact.device, fact.text.c_str()});
    }
    sluice_outcome view{};
    view.code = static_cast<std::uint32_t>(outcome.code);
    view.answered = outcome.answered ? 1 : 0;
    view.later_ms = clamped(outcome.later.count());
    view.wire_us = clamped(outcome.wire.count());
    view.damaged = outcome.damaged;
    view.reason = outcome.reason.c_str();
    view.values = value_views.data();
    view.value_count = static_cast<std::uint32_t>(value_views.size());
    view.facts = fact_views.data();
    view.fact_count = static_cast<std::uint32_t>(fact_views.size());
    fill(out, view);
  }
};

struct TwinBox {
  std::unique_ptr<Twin> twin;
  std::string error;
  PointValue written;

  void take(std::unique_ptr<Twin> made) { twin = std::move(made); }
  static TwinBox& of(sluice_twin* twin) { return *reinterpret_cast<TwinBox*>(twin); }

  int fail(std::string sentence, const char** text) {
    error = std::move(sentence);
    if (text) *text = error.c_str();
    return -1;
  }
};

/// A failed create leaves no object that could keep its sentence.
inline void* fail_create(std::string sentence, const char** text) {
  static thread_local std::string kept;
  kept = std::move(sentence);
  if (text) *text = kept.c_str();
  return nullptr;
}

/// `make` is BusType::create or TwinType::create: a Result of a unique_ptr.
template <class Box, class Make>
Box* create_box(Make&& make, const char** error) {
  return guarded(
      [&]() -> Box* {
        auto made = make();
        if (!made.ok()) return static_cast<Box*>(fail_create(made.error().text, error));
        auto box = std::make_unique<Box>();
        box->take(std::move(*made));
        return box.release();
      },
      [&](const char* what) { return static_cast<Box*>(fail_create(what, error)); });
}

inline int add_device(sluice_bus* bus, const sluice_device* device, std::uint32_t* point, const char** error) {
  auto& box = BusBox::of(bus);
  return guarded(
      [&] {
        const auto added = box.bus->add_device(device_from(*device));
        return added.ok() ? 0 : box.fail(added.error(), error, point);
      },
      [&](const char* what) { return box.fail({what}, error, point); });
}

inline sluice_plan plan_read(sluice_bus* bus, std::uint32_t device, const std::uint32_t* must, std::uint32_t must_count,
                             const std::uint32_t* may, std::uint32_t may_count) {
  auto& box = BusBox::of(bus);
  return guarded(
      [&] {
        return box.keep(box.bus->plan_read(device, {must, must_count}, {may, may_count}));
      },
      [](const char*) {
        return sluice_plan{nullptr, 0};
      });
}

inline sluice_plan plan_write(sluice_bus* bus, std::uint32_t device, const sluice_value* values, std::uint32_t count,
                              const char** error) {
  auto& box = BusBox::of(bus);
  const auto refuse = [&](const Error& failure) {
    box.fail(failure, error);
    return sluice_plan{nullptr, 0};
  };
  return guarded(
      [&] {
        std::vector<PointValue> wanted;
        for (std::uint32_t i = 0; i < count; ++i) wanted.push_back(value_from(element(values, i)));
        auto planned = box.bus->plan_write(device, wanted);
        return planned.ok() ? box.keep(std::move(*planned)) : refuse(planned.error());
      },
      [&](const char* what) { return refuse({what}); });
}

inline void learn(sluice_bus* bus, const sluice_fact* facts, std::uint32_t count) {
  guarded(
      [&] {
        std::vector<Fact> known;
        for (std::uint32_t i = 0; i < count; ++i) {
          const auto& fact = element(facts, i);
          known.push_back({fact.device, fact.text});
        }
        BusBox::of(bus).bus->learn(known);
      },
      [](const char*) {});
}

inline int open(sluice_bus* bus, const char** error) {
  auto& box = BusBox::of(bus);
  return guarded(
      [&] {
        const auto opened = box.bus->open();
        return opened.ok() ? 0 : box.fail(opened.error(), error);
      },
      [&](const char* what) { return box.fail({what}, error); });
}

inline void close(sluice_bus* bus) {
  guarded([&] { BusBox::of(bus).bus->close(); }, [](const char*) {});
}

/// A write that ended in an exception may have reached the device.
inline void perform(sluice_bus* bus, const sluice_exchange* exchange, sluice_outcome* outcome) {
  auto& box = BusBox::of(bus);
  guarded([&] { box.keep(box.bus->perform(exchange_from(*exchange)), outcome); },
          [&](const char* what) {
            Outcome failed;
            failed.code = exchange->is_write ? Code::unknown : Code::retry;
            failed.reason = what;
            box.keep(std::move(failed), outcome);
          });
}

inline int twin_add_device(sluice_twin* twin, const sluice_device* device, const char** error) {
  auto& box = TwinBox::of(twin);
  return guarded(
      [&] {
        const auto added = box.twin->add_device(device_from(*device));
        return added.ok() ? 0 : box.fail(added.error().text, error);
      },
      [&](const char* what) { return box.fail(what, error); });
}

inline int twin_set(sluice_twin* twin, std::uint32_t device, const sluice_value* value, const char** error) {
  auto& box = TwinBox::of(twin);
  return guarded(
      [&] {
        const auto set = box.twin->set(device, value_from(*value));
        return set.ok() ? 0 : box.fail(set.error().text, error);
      },
      [&](const char* what) { return box.fail(what, error); });
}

inline int twin_serve(sluice_twin* twin, int wake_fd, std::uint32_t timeout_ms) {
  return guarded([&] { return TwinBox::of(twin).twin->serve(wake_fd, std::chrono::milliseconds(timeout_ms)) ? 0 : -1; },
                 [](const char*) { return -1; });
}

inline int twin_next_written(sluice_twin* twin, std::uint32_t* device, sluice_value* value) {
  auto& box = TwinBox::of(twin);
  return guarded(
      [&] {
        auto next = box.twin->next_written();
        if (!next) return 0;
        box.written = std::move(next->value);
        *device = next->device;
        fill(value, value_to(box.written));
        return 1;
      },
      [](const char*) { return 0; });
}

inline int twin_mute(sluice_twin* twin, std::uint32_t device, std::uint32_t is_mute) {
  return guarded([&] { return TwinBox::of(twin).twin->mute(device, is_mute != 0) ? 0 : -1; },
                 [](const char*) { return -1; });
}

template <class BusType>
sluice_bus* create_bus(sluice_settings settings, const char** error) {
  return reinterpret_cast<sluice_bus*>(create_box<BusBox>([&] { return BusType::create(Settings(settings)); }, error));
}

template <class TwinType>
const sluice_twin_api* twin_table() {
  if constexpr (std::is_void_v<TwinType>) {
    return nullptr;
  } else {
    static const sluice_twin_api table{sizeof(sluice_twin_api),
                                       [](sluice_settings settings, int fd, const char** error) {
                                         return reinterpret_cast<sluice_twin*>(create_box<TwinBox>(
                                             [&] { return TwinType::create(Settings(settings), fd); }, error));
                                       },
                                       [](sluice_twin* twin) { delete &TwinBox::of(twin); },
                                       twin_add_device,
                                       twin_set,
                                       twin_serve,
                                       twin_next_written,
                                       twin_mute};
    return &table;
  }
}

}  // namespace detail

/// The table of a driver whose class BusType has a static
/// `Result<std::unique_ptr<Bus>> create(const Settings&)`, and whose TwinType, where there is one, has a static
/// `Result<std::unique_ptr<Twin>> create(const Settings&, int fd)`.
template <class BusType, class TwinType = void>
const sluice_driver* table(const Declaration& declared) {
  const auto count = [](std::span<const Spec> specs) { return static_cast<std::uint32_t>(specs.size()); };
  static const sluice_driver made{sizeof(sluice_driver),
                                  SLUICE_DRIVER_ABI,
                                  declared.name,
                                  declared.version,
                                  declared.sentence,
                                  declared.bus_settings.data(),
                                  count(declared.bus_settings),
                                  declared.device_settings.data(),
                                  count(declared.device_settings),
                                  declared.reading_settings.data(),
                                  count(declared.reading_settings),
                                  declared.point_settings.data(),
                                  count(declared.point_settings),
                                  detail::create_bus<BusType>,
                                  [](sluice_bus* bus) { delete &detail::BusBox::of(bus); },
                                  detail::add_device,
                                  detail::plan_read,
                                  detail::plan_write,
                                  detail::learn,
                                  detail::open,
                                  detail::close,
                                  detail::perform,
                                  nullptr,
                                  detail::twin_table<TwinType>()};
  return &made;
}

}  // namespace sluice::driver

/// Defines the plugin's one exported function.
#define SLUICE_DRIVER(table_of_driver) \
  extern "C" SLUICE_DRIVER_EXPORT const sluice_driver* sluice_get_driver(void) { return (table_of_driver); }

#endif  // SLUICE_DRIVER_HPP
