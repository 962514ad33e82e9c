#include "drivers/simulator/bus.h"

SLUICE_DRIVER(sluice::driver::table<sluice::simulator::Bus>(sluice::simulator::kDeclaration))
