// From the words of the site file to those of the broker, which does not know the site file. Pure.
#pragma once

#include <filesystem>

#include "broker/broker.h"
#include "gateway/config/site.h"

namespace sluice {

/// `data` is the directory of the store.
BrokerSettings broker_settings(const config::Site& site, const std::filesystem::path& data);

}  // namespace sluice
