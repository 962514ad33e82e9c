/* Drivers that must not load; which one is chosen by the REFUSED_... that is defined. */
#include <stddef.h>

#include "drivers/sdk/driver.h"

#ifdef REFUSED_no_symbol
int sluice_something_else(void);
int sluice_something_else(void) { return 0; }
#else

static sluice_bus* create(sluice_settings settings, const char** error) {
  (void)settings;
  *error = "it makes nothing";
  return NULL;
}
static void destroy(sluice_bus* bus) { (void)bus; }
static int add_device(sluice_bus* bus, const sluice_device* device, uint32_t* point, const char** error) {
  (void)bus, (void)device, (void)point, (void)error;
  return 0;
}
static sluice_plan plan_read(sluice_bus* bus, uint32_t device, const uint32_t* must, uint32_t must_count,
                             const uint32_t* may, uint32_t may_count) {
  (void)bus, (void)device, (void)must, (void)must_count, (void)may, (void)may_count;
  return (sluice_plan){NULL, 0};
}
static sluice_plan plan_write(sluice_bus* bus, uint32_t device, const sluice_value* values, uint32_t count,
                              const char** error) {
  (void)bus, (void)device, (void)values, (void)count, (void)error;
  return (sluice_plan){NULL, 0};
}
static void learn(sluice_bus* bus, const sluice_fact* facts, uint32_t count) { (void)bus, (void)facts, (void)count; }
static int open_bus(sluice_bus* bus, const char** error) {
  (void)bus, (void)error;
  return 0;
}
static void close_bus(sluice_bus* bus) { (void)bus; }
static void perform(sluice_bus* bus, const sluice_exchange* exchange, sluice_outcome* outcome) {
  (void)bus, (void)exchange, (void)outcome;
}

#define ROW(type, name, fallback, choices, min, max, required) \
  { sizeof(sluice_setting_spec), type, name, fallback, NULL, "a setting", choices, min, max, required }

static const sluice_setting_spec kSettings[] = {
#if defined(REFUSED_twice)
    ROW(SLUICE_SETTING_TEXT, "port", NULL, NULL, 0, 0, 1),
    ROW(SLUICE_SETTING_TEXT, "port", NULL, NULL, 0, 0, 0),
#elif defined(REFUSED_no_choices)
    ROW(SLUICE_SETTING_CHOICE, "parity", NULL, NULL, 0, 0, 0),
#elif defined(REFUSED_odd_default)
    ROW(SLUICE_SETTING_CHOICE, "parity", "mark", "even odd none", 0, 0, 0),
#elif defined(REFUSED_odd_type)
    ROW(77, "parity", NULL, NULL, 0, 0, 0),
#elif defined(REFUSED_no_name)
    ROW(SLUICE_SETTING_TEXT, NULL, NULL, NULL, 0, 0, 0),
#elif defined(REFUSED_limits)
    ROW(SLUICE_SETTING_INTEGER, "unit", NULL, NULL, 9, 1, 0),
#else
    ROW(SLUICE_SETTING_TEXT, "port", NULL, NULL, 0, 0, 0),
#endif
};

static sluice_driver table = {.size = sizeof(sluice_driver),
                              .abi = SLUICE_DRIVER_ABI,
                              .name = REFUSED_NAME,
                              .bus_settings = kSettings,
                              .bus_setting_count = sizeof kSettings / sizeof kSettings[0],
                              .create = create,
                              .destroy = destroy,
                              .add_device = add_device,
                              .plan_read = plan_read,
                              .plan_write = plan_write,
                              .learn = learn,
                              .open = open_bus,
                              .close = close_bus,
                              .perform = perform};

const sluice_driver* sluice_get_driver(void) {
#if defined(REFUSED_wrong_abi)
  table.abi = 7;
#elif defined(REFUSED_small)
  table.size = 16;
#elif defined(REFUSED_no_function)
  table.perform = NULL;
#elif defined(REFUSED_other_name)
  table.name = "somebody";
#elif defined(REFUSED_null_settings)
  table.bus_settings = NULL;
#elif defined(REFUSED_twin_hole)
  static const sluice_twin_api twin = {.size = sizeof(sluice_twin_api)};
  table.twin = &twin;
#elif defined(REFUSED_no_table)
  return NULL;
#endif
  return &table;
}
#endif
