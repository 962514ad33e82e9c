#include "gateway/base/log.h"

#include <spdlog/async.h>
#include <spdlog/sinks/ansicolor_sink.h>
#include <spdlog/spdlog.h>

#include <atomic>
#include <memory>
#include <string>

namespace sluice::log {

namespace {

constexpr std::size_t kQueueLines = 8192;

struct Journal {
  std::shared_ptr<spdlog::details::thread_pool> pool;
  std::shared_ptr<spdlog::async_logger> logger;
  bool with_priority = false;
};

std::atomic<Level> threshold_now{Level::info};
Journal journal_now;

spdlog::level::level_enum to_spdlog(Level level) {
  switch (level) {
    case Level::debug: return spdlog::level::debug;
    case Level::info: return spdlog::level::info;
    case Level::warning: return spdlog::level::warn;
    case Level::error: return spdlog::level::err;
  }
  return spdlog::level::info;
}

// sd-daemon(3): what systemd takes as the priority of a line.
const char* priority_prefix(Level level) {
  switch (level) {
    case Level::debug: return "<7>";
    case Level::info: return "<6>";
    case Level::warning: return "<4>";
    case Level::error: return "<3>";
  }
  return "<6>";
}

}  // namespace

void start(Level threshold, bool journal) {
  threshold_now = threshold;
  auto sink = std::make_shared<spdlog::sinks::ansicolor_stderr_sink_mt>();
  journal_now.with_priority = journal;
  journal_now.pool = std::make_shared<spdlog::details::thread_pool>(kQueueLines, 1);
  journal_now.logger = std::make_shared<spdlog::async_logger>("sluice", std::move(sink), journal_now.pool,
                                                              spdlog::async_overflow_policy::overrun_oldest);
  journal_now.logger->set_level(spdlog::level::debug);
  journal_now.logger->flush_on(spdlog::level::info);
  journal_now.logger->set_pattern(journal ? "%v" : "%Y-%m-%d %H:%M:%S.%e %^%-7l%$ %v");
}

void stop() {
  if (!journal_now.logger) return;
  const auto lost = journal_now.pool->overrun_counter();
  if (lost > 0) write(Level::warning, "log", fmt::format("{} lines were dropped because the log was not read", lost));
  journal_now.logger->flush();
  journal_now.logger.reset();
  journal_now.pool.reset();
}

void set_threshold(Level threshold) { threshold_now = threshold; }

bool is_enabled(Level level) { return level >= threshold_now.load(std::memory_order_relaxed); }

void write(Level level, std::string_view part, std::string_view text) {
  if (!journal_now.logger || !is_enabled(level)) return;
  const auto* prefix = journal_now.with_priority ? priority_prefix(level) : "";
  journal_now.logger->log(to_spdlog(level), "{}{}: {}", prefix, part, text);
}

}  // namespace sluice::log
