// Valid packets of every type in every version, written by hand from the standards. They are in the
// form in which our encoder writes them, so that they test both directions.
#pragma once

#include <string>
#include <vector>

#include "broker/codec/decoder.h"

namespace sluice::codec::test {

struct Sample {
  std::string name;
  Version version;
  Side reader;
  Bytes bytes;
};

const std::vector<Sample>& samples();

}  // namespace sluice::codec::test
