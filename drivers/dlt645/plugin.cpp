#include "drivers/dlt645/bus.h"
#include "drivers/dlt645/twin.h"

SLUICE_DRIVER((sluice::driver::table<sluice::dlt645::Bus, sluice::dlt645::Twin>(sluice::dlt645::kDeclaration)))
