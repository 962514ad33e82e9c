// Writes the packets of the codec's tests as a seed corpus for fuzz_packets: fuzz_seeds DIRECTORY.
#include <cstdio>
#include <filesystem>
#include <fstream>

#include "tests/fuzz/packet_input.h"
#include "tests/unit/codec/samples.h"

int main(int count, char** arguments) {
  using namespace sluice;
  if (count != 2) {
    std::fprintf(stderr, "usage: fuzz_seeds DIRECTORY\n");
    return 2;
  }
  const std::filesystem::path directory = arguments[1];
  std::filesystem::create_directories(directory);
  int number = 0;
  for (const auto& sample : codec::test::samples()) {
    const bool is_connect = sample.bytes[0] == 0x10;
    std::ofstream file(directory / ("sample-" + std::to_string(number++)), std::ios::binary);
    file.put(static_cast<char>(fuzz::to_first_byte({sample.version, sample.reader, is_connect})));
    file.write(reinterpret_cast<const char*>(sample.bytes.data()), static_cast<std::streamsize>(sample.bytes.size()));
  }
  return 0;
}
