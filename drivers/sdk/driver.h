/* The contract between the gateway and a driver plugin, in C, so that a plugin built by another
 * compiler, or written in C, loads.
 *
 * A plugin is a shared object named sluice-driver-<name>.so that exports one function,
 * sluice_get_driver. One bus instance is one wire (a serial port, or one host) and is called by one
 * thread at a time; calls block for their own stated deadline and never longer. The contract speaks
 * of points, exchanges and typed values; it knows no register, no topic and no schedule.
 *
 * Memory: what the gateway passes lives until the call returns. What the driver hands out belongs
 * to the driver and lives until the next call on the same bus or twin (the sentence of a failed
 * create: until the next create on that thread; the driver's table: for ever). Nothing is thrown
 * across this line. Texts are UTF-8 and end with a zero byte, except where a size is given.
 *
 * Growth: a struct that begins with its size has it set by whoever fills it; fields are only ever
 * added at the end, and a reader looks no further than the size says. In an array of such structs
 * all have one size, and the next begins that many bytes on. Where the gateway hands over a struct
 * to be filled (an outcome, a written value), it sets the size to the room there is, and the driver
 * fills no more than that. What cannot be added that way changes SLUICE_DRIVER_ABI.
 */
#ifndef SLUICE_DRIVER_H
#define SLUICE_DRIVER_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define SLUICE_DRIVER_ABI 1u
#define SLUICE_DRIVER_SYMBOL "sluice_get_driver"

#if defined(__GNUC__)
#define SLUICE_DRIVER_EXPORT __attribute__((visibility("default")))
#else
#define SLUICE_DRIVER_EXPORT
#endif

/* ---- settings ------------------------------------------------------------------------------ */

enum sluice_setting_type {
  SLUICE_SETTING_TEXT = 0,
  SLUICE_SETTING_INTEGER = 1,
  SLUICE_SETTING_NUMBER = 2,
  SLUICE_SETTING_BOOLEAN = 3,  /* integer 0 or 1 */
  SLUICE_SETTING_DURATION = 4, /* integer, microseconds */
  SLUICE_SETTING_CHOICE = 5,   /* text, one of choices */
  SLUICE_SETTING_RANGES = 6,   /* ranges; choices are the allowed keys */
  SLUICE_SETTING_PAIR = 7      /* written [ first, second ]: one range with an empty key; min and max bound both */
};

/* One declared key. Text fields that do not apply are NULL. */
typedef struct sluice_setting_spec {
  uint32_t size;
  uint32_t type; /* enum sluice_setting_type */
  const char* name;
  const char* fallback; /* default, as written in a file; NULL: none */
  const char* unit;
  const char* sentence;
  const char* choices; /* separated by one space each */
  int64_t min;         /* of an integer or a duration; INT64_MIN and INT64_MAX: no limit */
  int64_t max;
  uint32_t required; /* 0 or 1 */
} sluice_setting_spec;

typedef struct sluice_range {
  const char* key;
  int64_t first;
  int64_t second;
} sluice_range;

/* One value, already checked by the gateway against its spec. Settings that were not given and
 * have no default are left out. */
typedef struct sluice_setting {
  uint32_t size;
  uint32_t type;
  const char* name;
  const char* text;
  int64_t integer;
  double number;
  const sluice_range* ranges;
  uint32_t range_count;
} sluice_setting;

typedef struct sluice_settings {
  const sluice_setting* items;
  uint32_t count;
} sluice_settings;

/* ---- values -------------------------------------------------------------------------------- */

enum sluice_value_type {
  SLUICE_VALUE_NONE = 0,
  SLUICE_VALUE_BOOL = 1, /* integer 0 or 1 */
  SLUICE_VALUE_INT = 2,
  SLUICE_VALUE_UINT = 3,
  SLUICE_VALUE_REAL = 4,
  SLUICE_VALUE_TEXT = 5
};

/* The value of one point, or the reason why there is none. */
typedef struct sluice_value {
  uint32_t size;
  uint32_t point; /* position in the device's list of points */
  uint32_t type;  /* enum sluice_value_type; NONE: reason says why */
  uint32_t text_size;
  union {
    int64_t integer;  /* BOOL, INT */
    uint64_t natural; /* UINT */
    double real;
    const char* text; /* text_size bytes; need not end with a zero byte */
  } is;
  const char* reason; /* of NONE: one short word or two ("timeout", "crc", "exception 2") */
} sluice_value;

/* ---- exchanges ----------------------------------------------------------------------------- */

/* One question and its answer on the wire, which the gateway schedules as a whole. */
typedef struct sluice_exchange {
  uint32_t size;
  uint32_t device;        /* its number, from the order of add_device */
  uint32_t is_write;      /* 0 or 1 */
  uint32_t cost_us;       /* time on the wire when the device answers as it should */
  uint32_t worst_us;      /* the same when it does not, time-out and quarantine included */
  const uint32_t* points; /* the points that it reads or writes */
  uint32_t point_count;
  const uint8_t* body; /* the driver's own; copied and handed back unread */
  uint32_t body_size;
} sluice_exchange;

typedef struct sluice_plan {
  const sluice_exchange* exchanges;
  uint32_t count;
} sluice_plan;

/* What became of an exchange, named after what the scheduler does next. */
enum sluice_outcome_code {
  SLUICE_OK = 0,      /* answered; single points may still be NONE with a reason */
  SLUICE_RETRY = 1,   /* no answer, or a damaged one */
  SLUICE_REFUSED = 2, /* the device has no such thing: asking again is pointless for now */
  SLUICE_DEVICE = 3,  /* the device cannot at the moment */
  SLUICE_LATER = 4,   /* again after later_ms: the device is busy (answered), or the driver must wait itself */
  SLUICE_UNKNOWN = 5, /* a write that may or may not have happened */
  SLUICE_BUS_GONE = 6 /* the port or connection is lost: close, open again */
};

/* Something learned about a device on the way, such as "hole input 20 29". The bus that learned it
 * plans with it from then on, so plans made before are out of date. The gateway keeps each text
 * once, in the order in which they came, hands them to learn() after a restart and offers them as a
 * change to the mapping; it does not read them. Where two contradict each other the driver goes by
 * the later one. */
typedef struct sluice_fact {
  uint32_t size;
  uint32_t device;
  const char* text;
} sluice_fact;

typedef struct sluice_outcome {
  uint32_t size;
  uint32_t code;      /* enum sluice_outcome_code */
  uint32_t answered;  /* 1 when the device sent anything valid, an exception included: it is alive */
  uint32_t later_ms;  /* of LATER */
  uint32_t wire_us;   /* time for which the bus was occupied, quarantine included */
  uint32_t damaged;   /* frames with a wrong checksum, foreign or surplus bytes seen meanwhile */
  const char* reason; /* of all but OK: short, as in sluice_value */
  const sluice_value* values;
  uint32_t value_count;
  const sluice_fact* facts;
  uint32_t fact_count;
} sluice_outcome;

/* ---- the driver ---------------------------------------------------------------------------- */

typedef struct sluice_bus sluice_bus;   /* opaque: the driver's */
typedef struct sluice_twin sluice_twin; /* opaque: the driver's simulation of devices */

typedef struct sluice_point {
  uint32_t size;
  const char* name;
  sluice_settings settings;
} sluice_point;

typedef struct sluice_device {
  uint32_t size;
  const char* name;
  sluice_settings settings; /* of the device, and of its mapping's reading section */
  const sluice_point* points;
  uint32_t point_count;
} sluice_device;

enum sluice_wait_code { SLUICE_WAIT_TIME = 0, SLUICE_WAIT_WOKEN = 1, SLUICE_WAIT_VALUES = 2, SLUICE_WAIT_BUS_GONE = 3 };

/* The optional power to be the other end: devices that answer on a port, so that every mapping is
 * also a simulator. */
typedef struct sluice_twin_api {
  uint32_t size;
  /* `settings` are a bus's; `fd`, when not negative, is used instead of opening the named port (the
   * master side of a pseudo terminal) and stays the caller's. NULL and a sentence in *error on
   * failure. */
  sluice_twin* (*create)(sluice_settings settings, int fd, const char** error);
  void (*destroy)(sluice_twin* twin);
  /* 0, or -1 and a sentence in *error. Devices are numbered from 0 in the order of the calls. */
  int (*add_device)(sluice_twin* twin, const sluice_device* device, const char** error);
  /* What the device will answer for a point; raw, as perform would hand it out. 0 or -1. */
  int (*set)(sluice_twin* twin, uint32_t device, const sluice_value* value, const char** error);
  /* Answers requests until `wake_fd` becomes readable or `timeout_ms` have passed. 0, or -1 when the
   * port is gone. */
  int (*serve)(sluice_twin* twin, int wake_fd, uint32_t timeout_ms);
  /* The next value a master wrote since the last call, oldest first: 1 and *device, *value; 0 when
   * there is none. */
  int (*next_written)(sluice_twin* twin, uint32_t* device, sluice_value* value);
  /* While muted a device receives and does not answer. 0 or -1. */
  int (*mute)(sluice_twin* twin, uint32_t device, uint32_t is_mute);
} sluice_twin_api;

typedef struct sluice_driver {
  uint32_t size;
  uint32_t abi; /* SLUICE_DRIVER_ABI */
  const char* name;
  const char* version;
  const char* sentence;

  const sluice_setting_spec* bus_settings;
  uint32_t bus_setting_count;
  const sluice_setting_spec* device_settings;
  uint32_t device_setting_count;
  const sluice_setting_spec* reading_settings;
  uint32_t reading_setting_count;
  const sluice_setting_spec* point_settings;
  uint32_t point_setting_count;

  /* Makes a bus; opens nothing. NULL and a sentence in *error when the settings contradict each
   * other. */
  sluice_bus* (*create)(sluice_settings settings, const char** error);
  void (*destroy)(sluice_bus* bus);

  /* Tells the bus of a device and its points before the first plan. Devices are numbered from 0 in
   * the order of these calls, points by their position. 0, or -1, a sentence in *error, and in
   * *point the position of the point that it is about, or UINT32_MAX. */
  int (*add_device)(sluice_bus* bus, const sluice_device* device, uint32_t* point, const char** error);

  /* Pure: needs no open port and touches none. The fewest and cheapest exchanges that read every
   * point of `must`; points of `may` ride along where that costs no exchange more. A point that can
   * never be read is in no exchange. */
  sluice_plan (*plan_read)(sluice_bus* bus, uint32_t device, const uint32_t* must, uint32_t must_count,
                           const uint32_t* may, uint32_t may_count);

  /* Pure, likewise. Exchanges that write the values, in their order. On a value that the point
   * cannot take: no exchange, and a sentence in *error. */
  sluice_plan (*plan_write)(sluice_bus* bus, uint32_t device, const sluice_value* values, uint32_t count,
                            const char** error);

  /* Facts kept from earlier runs, before the first plan and after add_device. */
  void (*learn)(sluice_bus* bus, const sluice_fact* facts, uint32_t count);

  /* 0, or -1 and a sentence in *error: again later. Opening what is open is an error of the
   * caller. */
  int (*open)(sluice_bus* bus, const char** error);
  void (*close)(sluice_bus* bus);

  /* Does one exchange. Blocks for worst_us at most. */
  void (*perform)(sluice_bus* bus, const sluice_exchange* exchange, sluice_outcome* outcome);

  /* May be NULL for protocols in which devices speak only when asked. Otherwise waits for a device
   * that speaks, until `wake_fd` becomes readable or `timeout_ms` have passed, and answers with an
   * enum sluice_wait_code; values that came are in *outcome and belong to *device. */
  uint32_t (*wait)(sluice_bus* bus, int wake_fd, uint32_t timeout_ms, uint32_t* device, sluice_outcome* outcome);

  const sluice_twin_api* twin; /* NULL: cannot simulate */
} sluice_driver;

/* The one exported function, found by its name SLUICE_DRIVER_SYMBOL. The table lives as long as the
 * process. */
typedef const sluice_driver* (*sluice_driver_entry)(void);
SLUICE_DRIVER_EXPORT const sluice_driver* sluice_get_driver(void);

#ifdef __cplusplus
}
#endif

#endif /* SLUICE_DRIVER_H */
