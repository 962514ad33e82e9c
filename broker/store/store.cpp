#include "broker/store/store.h"

#include <fmt/format.h>

#include <atomic>
#include <mutex>
#include <utility>

#include "broker/store/instance_lock.h"
#include "broker/store/intake.h"
#include "broker/store/store_files.h"
#include "broker/store/writer.h"
#include "gateway/base/log.h"
#include "gateway/base/worker.h"

namespace sluice::store {

namespace {

constexpr std::chrono::seconds kRetry{5};
constexpr std::chrono::seconds kSlowCommit{1};

/// The intake on one side, the writer on the other, and the thread that moves between them.
class DurableStore final : public Store {
 public:
  DurableStore(const Settings& settings, InstanceLock lock, std::function<void()> committed)
      : lock_(std::move(lock)), committed_(std::move(committed)), intake_(settings), writer_(settings) {}

  ~DurableStore() override { intake_.stop(); }

  Result<void> start() {
    if (auto opened = writer_.open(); !opened) return opened;
    intake_.set_stored({}, writer_.on_disk());
    thread_.emplace("store", [this] { run(); });
    return {};
  }

  Append append(StreamId stream, MessagePtr message, Urgency urgency, Ticket& ticket) override {
    return intake_.append(stream, std::move(message), urgency, ticket);
  }

  Ticket stored_up_to() const override { return stored_up_to_.load(std::memory_order_acquire); }

  void fetch(StreamId stream, std::uint64_t after_sequence, std::size_t max_messages, std::size_t max_bytes,
             std::function<void(std::vector<StoredMessage>)> deliver) override {
    intake_.fetch({stream, after_sequence, max_messages, max_bytes, std::move(deliver)});
  }

  void delivered(StreamId stream, std::uint64_t up_to_sequence) override { intake_.delivered(stream, up_to_sequence); }
  std::uint64_t delivered_up_to(StreamId stream) const override { return intake_.delivered_up_to(stream); }
  StreamFigures figures(StreamId stream) const override { return intake_.figures(stream); }
  std::string trouble() const override;
  bool stop(MonotonicTime until) override;

 private:
  void run();
  void commit(const std::vector<std::uint64_t>& delivered);
  bool try_commit(std::vector<PendingMessage>& messages, const std::vector<std::uint64_t>& delivered);
  bool reopen();
  void announce(const std::vector<PendingMessage>& messages);
  void serve_fetches(const std::vector<std::uint64_t>& delivered);
  void begin_trouble(const Error& error);
  void end_trouble();
  bool in_trouble() const { return retry_at_ != MonotonicTime::max(); }

  const InstanceLock lock_;
  const std::function<void()> committed_;
  Intake intake_;
  std::atomic<Ticket> stored_up_to_{0};
  std::atomic<MonotonicTime> commit_since_{MonotonicTime::max()};
  std::atomic<bool> all_stored_{false};

  mutable std::mutex trouble_mutex_;
  std::string trouble_;

  // Of the store thread.
  Writer writer_;
  std::vector<PendingMessage> batch_;  // taken from the intake and not committed
  std::vector<FetchRequest> fetches_;
  MonotonicTime retry_at_ = MonotonicTime::max();
  MonotonicTime trouble_since_{};

  std::optional<Worker> thread_;
};

void DurableStore::run() {
  for (bool stopping = false; !stopping;) {
    const auto until = in_trouble() ? retry_at_ : writer_.has_leftovers() ? monotonic_now() : MonotonicTime::max();
    auto work = intake_.wait(in_trouble() ? Intake::Mode::hold : Intake::Mode::normal, until);
    stopping = work.stop;
    std::move(work.messages.begin(), work.messages.end(), std::back_inserter(batch_));
    std::move(work.fetches.begin(), work.fetches.end(), std::back_inserter(fetches_));
    if (work.commit) commit(work.delivered);
    serve_fetches(work.delivered);
  }
  all_stored_ = batch_.empty();
}

void DurableStore::commit(const std::vector<std::uint64_t>& delivered) {
  if (!writer_.is_open() && !reopen()) return;
  // In trouble the cursors go first and alone: what they remove may make the room that is missing.
  std::vector<PendingMessage> nothing;
  if (in_trouble() && writer_.has_chores(delivered) && !try_commit(nothing, delivered)) return;
  if ((in_trouble() || !batch_.empty() || writer_.has_chores(delivered)) && !try_commit(batch_, delivered)) return;
  if (in_trouble()) end_trouble();
}

// After a failure the file is opened anew at once, so that reading goes on and it is known what
// the failed commit has stored; writing is tried again later.
bool DurableStore::try_commit(std::vector<PendingMessage>& messages, const std::vector<std::uint64_t>& delivered) {
  commit_since_ = monotonic_now();
  const auto done = writer_.commit(messages, delivered);
  commit_since_ = MonotonicTime::max();
  if (!done) {
    begin_trouble(done.error());
    reopen();
    return false;
  }
  announce(messages);
  messages.clear();
  return true;
}

bool DurableStore::reopen() {
  if (const auto opened = writer_.open(); !opened) {
    begin_trouble(opened.error());
    return false;
  }
  announce(writer_.forget_stored(batch_));
  return true;
}

void DurableStore::announce(const std::vector<PendingMessage>& messages) {
  intake_.set_stored(messages, writer_.on_disk());
  if (!messages.empty()) stored_up_to_.store(messages.back().ticket, std::memory_order_release);
  if (!messages.empty() || in_trouble()) committed_();
}

// A stream whose cursor lags too far behind on the disk gets nothing more to send: what is sent
// again after a crash has a bound.
void DurableStore::serve_fetches(const std::vector<std::uint64_t>& delivered) {
  std::vector<FetchRequest> held;
  for (auto& request : fetches_) {
    const bool lags = delivered[request.stream] >= writer_.delivered(request.stream) + kCursorGroup;
    if (lags || !writer_.is_open()) {
      held.push_back(std::move(request));
      continue;
    }
    auto found = writer_.read(request);
    if (found) {
      request.deliver(std::move(*found));
    } else {
      held.push_back(std::move(request));
      begin_trouble(found.error());
    }
  }
  fetches_ = std::move(held);
}

void DurableStore::begin_trouble(const Error& error) {
  const auto now = monotonic_now();
  // Nothing is gained by waiting when a new file takes the place of a damaged one.
  const bool at_once = !in_trouble() && writer_.is_damaged();
  if (!in_trouble()) {
    trouble_since_ = now;
    log::error("store", "messages cannot be stored, nothing is acknowledged until they can: {}", error.text);
  }
  retry_at_ = at_once ? now : now + kRetry;
  const std::lock_guard lock(trouble_mutex_);
  trouble_ = fmt::format("messages cannot be stored: {}", error.text);
}

void DurableStore::end_trouble() {
  const auto lasted = std::chrono::floor<std::chrono::seconds>(monotonic_now() - trouble_since_);
  log::warning("store", "messages are stored again, after {} s", lasted.count());
  retry_at_ = MonotonicTime::max();
  const std::lock_guard lock(trouble_mutex_);
  trouble_.clear();
}

std::string DurableStore::trouble() const {
  const std::lock_guard lock(trouble_mutex_);
  if (!trouble_.empty()) return trouble_;
  const auto since = commit_since_.load();
  const auto now = monotonic_now();
  if (since > now || now - since < kSlowCommit) return {};
  const auto waited = std::chrono::floor<std::chrono::seconds>(now - since);
  return fmt::format("the disk has not finished a write for {} s", waited.count());
}

bool DurableStore::stop(MonotonicTime until) {
  intake_.stop();
  return thread_->join_until(until) && all_stored_;
}

}  // namespace

Result<std::unique_ptr<Store>> Store::open(Settings settings, std::function<void()> committed) {
  if (auto made = make_directory(settings.directory); !made) return made.error();
  auto lock = InstanceLock::take(StoreFiles{settings.directory}.lock());
  if (!lock) return lock.error();
  auto store = std::make_unique<DurableStore>(settings, std::move(*lock), std::move(committed));
  if (auto started = store->start(); !started) {
    return Error{fmt::format("cannot open the store in {}: {}", settings.directory.string(), started.error().text),
                 started.error().kind};
  }
  return std::unique_ptr<Store>(std::move(store));
}

}  // namespace sluice::store
