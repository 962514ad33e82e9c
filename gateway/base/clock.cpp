#include "gateway/base/clock.h"

#include <cstdio>

namespace sluice {

namespace {
using namespace std::chrono;
constexpr sys_days kFirstPlausibleDay = year{2020} / January / 1;
}  // namespace

std::string to_iso8601(WallTime time) {
  const auto ms = floor<milliseconds>(time);
  const auto day = floor<days>(ms);
  const year_month_day date{day};
  const hh_mm_ss clock{ms - day};
  char text[40];
  std::snprintf(text, sizeof text, "%04d-%02u-%02uT%02d:%02d:%02d.%03dZ", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
                static_cast<int>(clock.seconds().count()), static_cast<int>(clock.subseconds().count()));
  return text;
}

std::int64_t to_unix_ms(WallTime time) { return floor<milliseconds>(time).time_since_epoch().count(); }

bool is_plausible(WallTime time) { return time >= kFirstPlausibleDay; }

}  // namespace sluice
