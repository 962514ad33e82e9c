/* A plugin from a future in which the contract has changed: all that is known of it is its number. */
#include "drivers/sdk/driver.h"

const sluice_driver* sluice_get_driver(void) {
  static const sluice_driver driver = {
      .size = sizeof(sluice_driver), .abi = SLUICE_DRIVER_ABI + 1, .name = "future", .version = "1", .sentence = ""};
  return &driver;
}
