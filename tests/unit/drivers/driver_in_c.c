/* A driver in C, with one point that is always 42: the contract needs no C++. */
#include <stdlib.h>
#include <string.h>

#include "drivers/sdk/driver.h"

struct sluice_bus {
  uint32_t point;
  sluice_exchange exchange;
  sluice_value value;
};

static sluice_bus* create(sluice_settings settings, const char** error) {
  sluice_bus* bus = calloc(1, sizeof *bus);
  (void)settings;
  if (!bus) *error = "out of memory";
  return bus;
}

static void destroy(sluice_bus* bus) { free(bus); }

static int add_device(sluice_bus* bus, const sluice_device* device, uint32_t* point, const char** error) {
  (void)bus;
  if (device->point_count == 1) return 0;
  *point = UINT32_MAX;
  *error = "this device has exactly one point";
  return -1;
}

static sluice_plan plan_read(sluice_bus* bus, uint32_t device, const uint32_t* must, uint32_t must_count,
                             const uint32_t* may, uint32_t may_count) {
  sluice_plan plan = {NULL, 0};
  (void)must;
  (void)may;
  (void)may_count;
  if (must_count == 0) return plan;
  memset(&bus->exchange, 0, sizeof bus->exchange);
  bus->exchange.size = sizeof bus->exchange;
  bus->exchange.device = device;
  bus->exchange.points = &bus->point;
  bus->exchange.point_count = 1;
  plan.exchanges = &bus->exchange;
  plan.count = 1;
  return plan;
}

static sluice_plan plan_write(sluice_bus* bus, uint32_t device, const sluice_value* values, uint32_t count,
                              const char** error) {
  const sluice_plan none = {NULL, 0};
  (void)bus;
  (void)device;
  (void)values;
  (void)count;
  *error = "nothing can be written here";
  return none;
}

static void learn(sluice_bus* bus, const sluice_fact* facts, uint32_t count) {
  (void)bus;
  (void)facts;
  (void)count;
}

static int open_bus(sluice_bus* bus, const char** error) {
  (void)bus;
  (void)error;
  return 0;
}

static void close_bus(sluice_bus* bus) { (void)bus; }

static void perform(sluice_bus* bus, const sluice_exchange* exchange, sluice_outcome* outcome) {
  const uint32_t room = outcome->size;
  (void)exchange;
  memset(outcome, 0, room);
  outcome->size = room;
  bus->value.size = sizeof bus->value;
  bus->value.type = SLUICE_VALUE_INT;
  bus->value.is.integer = 42;
  outcome->answered = 1;
  outcome->values = &bus->value;
  outcome->value_count = 1;
}

static const sluice_driver table = {sizeof(sluice_driver),
                                    SLUICE_DRIVER_ABI,
                                    "in-c",
                                    "1.0",
                                    "one point that is always 42",
                                    NULL,
                                    0,
                                    NULL,
                                    0,
                                    NULL,
                                    0,
                                    NULL,
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
                                    NULL,
                                    NULL};

const sluice_driver* sluice_get_driver(void) { return &table; }
