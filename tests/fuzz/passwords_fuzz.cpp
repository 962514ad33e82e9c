// Any text as a password file: read or refused, and never a user whom an empty password lets in.
#include <cassert>
#include <cstdint>

#include "broker/access/password_file.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto file = sluice::access::PasswordFile::parse(sluice::as_text({data, size}), "fuzz");
  if (file) {
    assert(file->size() > 0);
  } else {
    assert(!file.error().text.empty());
  }
  return 0;
}
