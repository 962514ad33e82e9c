// A driver that loads and then hands out nonsense: which, says the setting "garbage" of the bus.
#include <cstdint>
#include <cstring>
#include <stdexcept>
#include <string>

#include "drivers/sdk/driver.h"

struct sluice_bus {
  std::string garbage;
  std::uint32_t points[4] = {0, 1, 2, 3};
  sluice_exchange exchange{};
  sluice_value value{};
  sluice_fact fact{};
};

namespace {

bool is(const sluice_bus* bus, const char* what) { return bus->garbage == what; }

sluice_bus* create(sluice_settings settings, const char** /*error*/) {
  auto* bus = new sluice_bus;
  for (std::uint32_t i = 0; i < settings.count; ++i) bus->garbage = settings.items[i].text;
  if (is(bus, "create")) {
    delete bus;
    return nullptr;
  }
  return bus;
}

void destroy(sluice_bus* bus) { delete bus; }

int add_device(sluice_bus* bus, const sluice_device* /*device*/, std::uint32_t* point, const char** /*error*/) {
  if (!is(bus, "add")) return 0;
  *point = 4000;
  return -1;
}

sluice_plan plan(sluice_bus* bus, std::uint32_t is_write) {
  bus->exchange = {sizeof(sluice_exchange), 0, is_write, 10, 20, bus->points, 2, nullptr, 0};
  sluice_plan plan{&bus->exchange, 1};
  if (is(bus, "plan throws")) throw std::runtime_error("no plan");
  if (is(bus, "plan null")) plan.exchanges = nullptr;
  if (is(bus, "plan count")) plan.count = 0xFFFFFFFF;
  if (is(bus, "plan size")) bus->exchange.size = 3;
  if (is(bus, "plan device")) bus->exchange.device = 9;
  if (is(bus, "plan kind")) bus->exchange.is_write = 1 - is_write;
  if (is(bus, "plan points")) bus->points[1] = 17;
  if (is(bus, "plan no points")) bus->exchange.points = nullptr;
  if (is(bus, "plan body")) bus->exchange.body_size = 7;
  if (is(bus, "plan worst")) bus->exchange.worst_us = 1;
  return plan;
}

sluice_plan plan_read(sluice_bus* bus, std::uint32_t /*device*/, const std::uint32_t* /*must*/, std::uint32_t /*must*/,
                      const std::uint32_t* /*may*/, std::uint32_t /*may_count*/) {
  return plan(bus, 0);
}

sluice_plan plan_write(sluice_bus* bus, std::uint32_t /*device*/, const sluice_value* /*values*/,
                       std::uint32_t /*count*/, const char** /*error*/) {
  return plan(bus, 1);
}

void learn(sluice_bus* /*bus*/, const sluice_fact* /*facts*/, std::uint32_t /*count*/) {}

int open_bus(sluice_bus* bus, const char** /*error*/) {
  if (is(bus, "open throws")) throw 5;
  return is(bus, "open") ? -1 : 0;
}

void close_bus(sluice_bus* /*bus*/) {}

void perform(sluice_bus* bus, const sluice_exchange* /*exchange*/, sluice_outcome* outcome) {
  bus->value.size = sizeof(sluice_value);
  bus->value.type = SLUICE_VALUE_TEXT;
  bus->value.is.text = "\xFF\xFE";
  bus->value.text_size = 2;
  bus->fact = {sizeof(sluice_fact), 0, "a fact"};
  outcome->answered = 1;
  outcome->values = &bus->value;
  outcome->value_count = 1;
  if (is(bus, "throws")) throw std::runtime_error("no answer");
  if (is(bus, "size")) outcome->size = 1;
  if (is(bus, "code")) outcome->code = 99;
  if (is(bus, "no reason")) outcome->code = SLUICE_RETRY;
  if (is(bus, "count")) outcome->value_count = 0xFFFFFFFF;
  if (is(bus, "null")) outcome->values = nullptr;
  if (is(bus, "value size")) bus->value.size = 5;
  if (is(bus, "value point")) bus->value.point = 4;
  if (is(bus, "value type")) bus->value.type = 42;
  if (is(bus, "text null")) bus->value.is.text = nullptr;
  if (is(bus, "text size")) bus->value.text_size = 0xFFFFFFFF;
  if (is(bus, "fact null")) outcome->fact_count = 3;
  if (is(bus, "fact device")) {
    bus->fact.device = 9;
    outcome->facts = &bus->fact;
    outcome->fact_count = 1;
  }
}

const sluice_setting_spec kSettings[] = {{sizeof(sluice_setting_spec), SLUICE_SETTING_TEXT, "garbage", nullptr, nullptr,
                                          "what it does wrong", nullptr, INT64_MIN, INT64_MAX, 1}};

const sluice_driver kDriver = {sizeof(sluice_driver),
                               SLUICE_DRIVER_ABI,
                               "garbage",
                               nullptr,
                               nullptr,
                               kSettings,
                               1,
                               nullptr,
                               0,
                               nullptr,
                               0,
                               nullptr,
                               0,
                               create,
                               destroy,
                               add_device,
                               plan_read,
                               plan_write,
                               learn,
                               open_bus,
                               close_bus,
                               perform,
                               nullptr,
                               nullptr};

}  // namespace

const sluice_driver* sluice_get_driver() { return &kDriver; }
