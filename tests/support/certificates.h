// An authority and its certificates, made by the openssl program in a folder of the test's own.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "tests/support/temp_dir.h"

namespace sluice::testing {

class Certificates {
 public:
  Certificates() {
    run("req -x509 " + kNewKey + " -subj /CN=test-authority -days 90 -keyout ca.key -out ca.pem");
    issue("server");
  }

  std::filesystem::path ca() const { return path("ca.pem"); }

  /// NAME.pem and NAME.key, good for localhost.
  void issue(const std::string& name, int days = 90) const {
    run("req " + kNewKey + " -subj /CN=" + name + " -addext subjectAltName=DNS:localhost,IP:127.0.0.1 -keyout " + name +
        ".key -out " + name + ".csr");
    run("x509 -req -in " + name + ".csr -CA ca.pem -CAkey ca.key -CAcreateserial -copy_extensions copy -days " +
        std::to_string(days) + " -out " + name + ".pem");
  }

  std::filesystem::path path(const std::string& file) const { return folder_.path() / file; }

  std::string text(const std::string& file) const {
    std::ifstream stream(path(file));
    return {std::istreambuf_iterator<char>(stream), {}};
  }

  /// The openssl program, in that folder.
  void run(const std::string& arguments) const {
    const auto command = "cd " + folder_.path().string() + " && openssl " + arguments + " >>log 2>&1";
    EXPECT_EQ(std::system(command.c_str()), 0) << command << '\n' << text("log");
  }

 private:
  inline static const std::string kNewKey = "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes";

  TempDir folder_;
};

}  // namespace sluice::testing
