#include "drivers/modbus/bus.h"
#include "drivers/modbus/twin.h"

SLUICE_DRIVER((sluice::driver::table<sluice::modbus::Bus, sluice::modbus::Twin>(sluice::modbus::kDeclaration)))
