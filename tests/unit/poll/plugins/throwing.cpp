// A driver that throws when it is asked for its table.
#include <stdexcept>

#include "drivers/sdk/driver.h"

const sluice_driver* sluice_get_driver() { throw std::runtime_error("no"); }
