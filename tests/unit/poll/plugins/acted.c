/* A driver without a wire whose devices act out what they are told to, in plain C as a maker's own
 * driver might be written. Each device has a script of one letter per exchange, the last of which
 * goes on for ever:
 *
 *   o answers   s is silent   d sends a damaged reply   b is busy   r refuses
 *   e cannot    g loses the port   u leaves a write's fate open   w answers slowly
 *   f refuses and teaches "longest <half>"   n answers without values
 *
 * Points hold what was written to them, at first their own number times 10.
 */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "drivers/sdk/driver.h"

enum { MOST_DEVICES = 8, MOST_POINTS = 64 };

struct device {
  char script[64];
  uint32_t step;
  uint32_t point_count;
  uint32_t longest;
  int64_t values[MOST_POINTS];
};

struct sluice_bus {
  struct device devices[MOST_DEVICES];
  uint32_t device_count;
  uint32_t block;
  char openings[64]; /* one letter per opening: o, or x for a failure */
  uint32_t opening;
  sluice_exchange exchanges[MOST_POINTS];
  uint32_t points[MOST_POINTS];
  sluice_value values[MOST_POINTS];
  sluice_fact fact;
  char fact_text[64];
  int64_t bodies[MOST_POINTS];
};

static const sluice_setting* find(sluice_settings settings, const char* name) {
  for (uint32_t i = 0; i < settings.count; ++i) {
    if (strcmp(settings.items[i].name, name) == 0) return &settings.items[i];
  }
  return NULL;
}

static void copy_text(char* to, size_t size, sluice_settings settings, const char* name) {
  const sluice_setting* setting = find(settings, name);
  snprintf(to, size, "%s", setting != NULL && setting->text[0] != 0 ? setting->text : "o");
}

static char next_letter(const char* script, uint32_t* step) {
  const char letter = script[*step];
  if (script[*step + 1] != 0) ++*step;
  return letter;
}

static void sleep_ms(long ms) {
  const struct timespec time = {0, ms * 1000000};
  nanosleep(&time, NULL);
}

static sluice_bus* create(sluice_settings settings, const char** error) {
  const sluice_setting* block = find(settings, "block");
  if (block != NULL && block->integer == 13) {
    *error = "blocks of 13 bring bad luck";
    return NULL;
  }
  sluice_bus* bus = calloc(1, sizeof *bus);
  bus->block = block != NULL ? (uint32_t)block->integer : 4;
  copy_text(bus->openings, sizeof bus->openings, settings, "openings");
  return bus;
}

static void destroy(sluice_bus* bus) { free(bus); }

static int add_device(sluice_bus* bus, const sluice_device* device, uint32_t* point, const char** error) {
  if (device->point_count > MOST_POINTS) {
    *point = MOST_POINTS;
    *error = "one point too many";
    return -1;
  }
  struct device* added = &bus->devices[bus->device_count++];
  copy_text(added->script, sizeof added->script, device->settings, "script");
  added->point_count = device->point_count;
  added->longest = bus->block;
  for (uint32_t i = 0; i < device->point_count; ++i) added->values[i] = 10 * i;
  return 0;
}

static void fill_exchange(sluice_bus* bus, uint32_t number, uint32_t device, uint32_t is_write, uint32_t* points,
                          uint32_t count) {
  const sluice_exchange exchange = {sizeof exchange,
                                    device,
                                    is_write,
                                    1000,
                                    5000,
                                    points,
                                    count,
                                    (const uint8_t*)&bus->bodies[number],
                                    is_write ? sizeof(int64_t) : 0};
  bus->exchanges[number] = exchange;
}

static sluice_plan plan_read(sluice_bus* bus, uint32_t device, const uint32_t* must, uint32_t must_count,
                             const uint32_t* may, uint32_t may_count) {
  (void)may;
  (void)may_count;
  const uint32_t longest = bus->devices[device].longest;
  sluice_plan plan = {bus->exchanges, 0};
  for (uint32_t first = 0; first < must_count; first += longest) {
    const uint32_t count = must_count - first < longest ? must_count - first : longest;
    memcpy(bus->points + first, must + first, count * sizeof *must);
    fill_exchange(bus, plan.count++, device, 0, bus->points + first, count);
  }
  return plan;
}

static sluice_plan plan_write(sluice_bus* bus, uint32_t device, const sluice_value* values, uint32_t count,
                              const char** error) {
  sluice_plan plan = {bus->exchanges, 0};
  for (uint32_t i = 0; i < count; ++i) {
    if (values[i].type != SLUICE_VALUE_INT) {
      *error = "it takes whole numbers only";
      plan.count = 0;
      return plan;
    }
    bus->points[i] = values[i].point;
    bus->bodies[i] = values[i].is.integer;
    fill_exchange(bus, plan.count++, device, 1, &bus->points[i], 1);
  }
  return plan;
}

static void learn(sluice_bus* bus, const sluice_fact* facts, uint32_t count) {
  for (uint32_t i = 0; i < count; ++i) {
    unsigned longest = 0;
    if (sscanf(facts[i].text, "longest %u", &longest) == 1) bus->devices[facts[i].device].longest = longest;
  }
}

static int open_bus(sluice_bus* bus, const char** error) {
  if (next_letter(bus->openings, &bus->opening) == 'o') return 0;
  *error = "no such port";
  return -1;
}

static void close_bus(sluice_bus* bus) { (void)bus; }

static void fill_values(sluice_bus* bus, const sluice_exchange* exchange, sluice_outcome* outcome) {
  struct device* device = &bus->devices[exchange->device];
  for (uint32_t i = 0; i < exchange->point_count; ++i) {
    sluice_value value = {sizeof value, exchange->points[i], SLUICE_VALUE_INT, 0, {0}, NULL};
    value.is.integer = device->values[exchange->points[i]];
    bus->values[i] = value;
  }
  outcome->values = bus->values;
  outcome->value_count = exchange->point_count;
}

static void do_it(sluice_bus* bus, const sluice_exchange* exchange, sluice_outcome* outcome) {
  if (!exchange->is_write) {
    fill_values(bus, exchange, outcome);
    return;
  }
  int64_t value = 0;
  memcpy(&value, exchange->body, sizeof value);
  bus->devices[exchange->device].values[exchange->points[0]] = value;
}

static void teach(sluice_bus* bus, const sluice_exchange* exchange, sluice_outcome* outcome) {
  bus->devices[exchange->device].longest = (exchange->point_count + 1) / 2;
  snprintf(bus->fact_text, sizeof bus->fact_text, "longest %u", (exchange->point_count + 1) / 2);
  const sluice_fact fact = {sizeof fact, exchange->device, bus->fact_text};
  bus->fact = fact;
  outcome->facts = &bus->fact;
  outcome->fact_count = 1;
}

static void answer(sluice_outcome* outcome, uint32_t code, uint32_t answered, const char* reason) {
  outcome->code = code;
  outcome->answered = answered;
  outcome->reason = reason;
  outcome->wire_us = answered ? 1000 : 5000;
}

static void perform(sluice_bus* bus, const sluice_exchange* exchange, sluice_outcome* outcome) {
  struct device* device = &bus->devices[exchange->device];
  const char letter = next_letter(device->script, &device->step);
  answer(outcome, SLUICE_OK, 1, NULL);
  switch (letter) {
    case 'w':
      sleep_ms(50);
      do_it(bus, exchange, outcome);
      break;
    case 's':
      sleep_ms(5);
      answer(outcome, SLUICE_RETRY, 0, "timeout");
      break;
    case 'd':
      answer(outcome, SLUICE_RETRY, 0, "crc");
      outcome->damaged = 1;
      break;
    case 'b':
      answer(outcome, SLUICE_LATER, 1, "busy");
      outcome->later_ms = 1;
      break;
    case 'r': answer(outcome, SLUICE_REFUSED, 1, "exception 2"); break;
    case 'f':
      answer(outcome, SLUICE_REFUSED, 1, "exception 2");
      teach(bus, exchange, outcome);
      break;
    case 'e': answer(outcome, SLUICE_DEVICE, 1, "exception 4"); break;
    case 'g': answer(outcome, SLUICE_BUS_GONE, 0, "unplugged"); break;
    case 'u':
      do_it(bus, exchange, outcome);
      answer(outcome, SLUICE_UNKNOWN, 0, "timeout");
      break;
    case 'n': break;
    default: do_it(bus, exchange, outcome); break;
  }
}

static const sluice_setting_spec kBusSettings[] = {
    {sizeof(sluice_setting_spec), SLUICE_SETTING_INTEGER, "block", "4", NULL, "points of one exchange", NULL, 1, 64, 0},
    {sizeof(sluice_setting_spec), SLUICE_SETTING_TEXT, "openings", NULL, NULL, "how opening goes", NULL, INT64_MIN,
     INT64_MAX, 0},
};
static const sluice_setting_spec kDeviceSettings[] = {
    {sizeof(sluice_setting_spec), SLUICE_SETTING_TEXT, "script", "o", NULL, "how exchanges go", NULL, INT64_MIN,
     INT64_MAX, 0},
};
static const sluice_setting_spec kReadingSettings[] = {
    {sizeof(sluice_setting_spec), SLUICE_SETTING_DURATION, "quiet", "10ms", NULL, "silence", NULL, 0, 1000000, 0},
};
static const sluice_setting_spec kPointSettings[] = {
    {sizeof(sluice_setting_spec), SLUICE_SETTING_CHOICE, "table", "input", NULL, "where it is", "input holding",
     INT64_MIN, INT64_MAX, 0},
};

/* The twin hands back what was set as if a master had written it. */
struct sluice_twin {
  sluice_value value;
  uint32_t device;
  int is_waiting;
  uint32_t is_mute;
};

static sluice_twin* twin_create(sluice_settings settings, int fd, const char** error) {
  (void)settings;
  if (fd == 99) {
    *error = "99 is nothing to serve on";
    return NULL;
  }
  return calloc(1, sizeof(sluice_twin));
}
static void twin_destroy(sluice_twin* twin) { free(twin); }
static int twin_add_device(sluice_twin* twin, const sluice_device* device, const char** error) {
  (void)twin;
  *error = "it has no points";
  return device->point_count == 0 ? -1 : 0;
}
static int twin_set(sluice_twin* twin, uint32_t device, const sluice_value* value, const char** error) {
  *error = "it is mute";
  if (twin->is_mute) return -1;
  twin->value = *value;
  twin->device = device;
  twin->is_waiting = 1;
  return 0;
}
static int twin_serve(sluice_twin* twin, int wake_fd, uint32_t timeout_ms) {
  (void)twin;
  struct pollfd watched = {wake_fd, POLLIN, 0};
  poll(&watched, 1, (int)timeout_ms);
  return 0;
}
static int twin_next_written(sluice_twin* twin, uint32_t* device, sluice_value* value) {
  if (!twin->is_waiting) return 0;
  twin->is_waiting = 0;
  *device = twin->device;
  *value = twin->value;
  return 1;
}
static int twin_mute(sluice_twin* twin, uint32_t device, uint32_t is_mute) {
  (void)device;
  twin->is_mute = is_mute;
  return 0;
}

static const sluice_twin_api kTwin = {sizeof(sluice_twin_api), twin_create, twin_destroy,
                                      twin_add_device,         twin_set,    twin_serve,
                                      twin_next_written,       twin_mute};

static const sluice_driver kDriver = {sizeof(sluice_driver),
                                      SLUICE_DRIVER_ABI,
                                      "acted",
                                      "1.2",
                                      "devices that act",
                                      kBusSettings,
                                      2,
                                      kDeviceSettings,
                                      1,
                                      kReadingSettings,
                                      1,
                                      kPointSettings,
                                      1,
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
                                      &kTwin};

const sluice_driver* sluice_get_driver(void) { return &kDriver; }
