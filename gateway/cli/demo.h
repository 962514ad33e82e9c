// `sluice demo`: the main job without hardware. Simulated meters on a pty, the gateway, and Debian's
// mosquitto as the cloud, all as child processes with files in a temporary folder; live values; the
// cloud taken away and brought back; a receipt of what really arrived. Whatever it starts ends with it,
// on Ctrl-C, too.
#pragma once

#include <filesystem>

namespace sluice::cli {

struct DemoOptions {
  std::filesystem::path program;  // sluice itself
  int seconds = 30;               // a third each before, during and after the absence of the cloud
};

/// Answers the exit code: failed when something was lost, or did not come up.
int run_demo(const DemoOptions& options);

}  // namespace sluice::cli
