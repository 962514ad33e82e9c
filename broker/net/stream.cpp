#include "broker/net/stream.h"

#include <algorithm>
#include <array>
#include <boost/asio/buffer.hpp>
#include <utility>

namespace sluice::net {

namespace {

namespace asio = boost::asio;

constexpr std::size_t kBuffersPerWrite = 64;
// What a layer makes of output waits in the queue of the wire: no more than the socket soon takes.
constexpr std::size_t kWireAhead = 64 * 1024;
// One record of TLS.
constexpr std::size_t kLargestPiece = 16 * 1024;
// A peer that asks a layer for answers (pings, keys) and does not read them is not heard any more.
constexpr std::size_t kWireLimit = 256 * 1024;
constexpr std::chrono::seconds kCloseWithin{5};
constexpr std::chrono::seconds kLinger{2};

// A range of buffers as Asio wants it, without memory of its own.
struct Buffers {
  std::array<asio::const_buffer, kBuffersPerWrite> all;
  std::size_t count = 0;

  const asio::const_buffer* begin() const { return all.data(); }
  const asio::const_buffer* end() const { return all.data() + count; }
  using value_type = asio::const_buffer;
  using const_iterator = const asio::const_buffer*;
};

Buffers gather(const OutputQueue& output) {
  std::array<ByteView, kBuffersPerWrite> views;
  Buffers buffers;
  buffers.count = output.gather(views);
  std::transform(views.begin(), views.begin() + static_cast<std::ptrdiff_t>(buffers.count), buffers.all.begin(),
                 [](ByteView view) { return asio::const_buffer(view.data(), view.size()); });
  return buffers;
}

bool is_not_now(const boost::system::error_code& error) {
  return error == asio::error::would_block || error == asio::error::try_again || error == asio::error::interrupted;
}

}  // namespace

Stream::Stream(LoopCore& core, Socket socket, Peer peer, std::unique_ptr<Layer> layer)
    : core_(core), socket_(std::move(socket)), peer_(std::move(peer)), layer_(std::move(layer)) {}

void Stream::start(ConnectionEvents& events) {
  events_ = &events;
  wait_readable();
}

void Stream::resume_reading() {
  paused_ = false;
  if (state_ == State::open && events_ != nullptr) wait_readable();
}

OutputQueue& Stream::output() {
  mark();
  if (output_.empty() && output_.tail().capacity() == 0) output_.adopt(core_.take_memory());
  return output_;
}

void Stream::mark() {
  if (marked_ || state_ == State::ended) return;
  marked_ = true;
  core_.mark(shared_from_this());
}

void Stream::close() {
  if (state_ != State::open) return;
  state_ = State::draining;
  ends_at_ = monotonic_now() + kCloseWithin;
  core_.watch(shared_from_this());
  mark();
}

void Stream::abandon() {
  events_ = nullptr;
  if (state_ == State::ended) return;
  state_ = State::ended;
  ErrorCode ignored;
  socket_.close(ignored);
}

// Waits without a buffer, so that a silent connection holds no memory for what may come.
void Stream::wait_readable() {
  if (std::exchange(reading_, true)) return;
  socket_.async_wait(Socket::wait_read, [self = shared_from_this()](const ErrorCode& error) {
    self->reading_ = false;
    self->on_readable(error);
  });
}

void Stream::on_readable(const ErrorCode& error) {
  if (state_ == State::ended) return;
  if (error) return end(error.message());
  if (state_ == State::open && paused_) return;
  take_bytes();
  if (reads_on()) wait_readable();
}

bool Stream::reads_on() const {
  if (state_ == State::open) return !paused_ && (!layer_ || layer_->wire().size() < kWireLimit);
  return state_ == State::lingering;
}

void Stream::take_bytes() {
  const auto buffer = core_.read_buffer();
  ErrorCode error;
  const auto size = socket_.read_some(asio::buffer(buffer.data(), buffer.size()), error);
  if (is_not_now(error)) return;
  if (error == asio::error::eof) {
    send_last();
    return end("the peer closed the connection");
  }
  if (error) return end(error.message());
  if (state_ != State::open) return;
  if (layer_) return take_through_layer(buffer.first(size));
  events_->on_bytes(buffer.first(size), monotonic_now());
}

// What comes up may close this connection or destroy it.
void Stream::take_through_layer(std::span<std::uint8_t> bytes) {
  const auto peer = layer_->receive(bytes, [this](std::span<std::uint8_t> clear) {
    if (state_ == State::open) events_->on_bytes(clear, monotonic_now());
  });
  mark();  // the layer may have answered, or output can go now
  if (state_ != State::open) return;
  if (!peer) return refuse(peer.error().text);
  if (*peer == Layer::Peer::there) return;
  send_last();
  end("the peer closed the connection");
}

void Stream::refuse(std::string_view why) {
  close();
  events_->on_refused(why, monotonic_now());
}

// A peer that sends no more may still read: it gets what its last bytes were answered with.
void Stream::send_last() {
  if (layer_) pass_down();
  ErrorCode ignored;
  if (!wire().empty()) socket_.write_some(gather(wire()), ignored);
}

// The buffer of the thread is free here: what was read into it has been handled.
void Stream::pass_down() {
  auto& wire = layer_->wire();
  if (!output_.empty() && wire.empty() && wire.tail().capacity() == 0) wire.adopt(core_.take_memory());
  while (layer_->is_open() && !output_.empty() && wire.size() < kWireAhead) {
    const auto piece = core_.read_buffer().first(kLargestPiece);
    const auto size = asio::buffer_copy(asio::buffer(piece.data(), piece.size()), gather(output_));
    layer_->send(ByteView(piece.first(size)));
    output_.consume(size);
  }
  if (state_ != State::draining) return;
  if (!layer_->is_open()) output_.consume(output_.size());  // nobody can read it
  if (output_.empty()) layer_->finish();
}

void Stream::flush() {
  marked_ = false;
  if (state_ == State::ended || state_ == State::lingering || writing_) return;
  send();
}

void Stream::send() {
  const auto before = backlog();
  if (layer_) pass_down();
  auto& wire = this->wire();
  if (!wire.empty()) {
    ErrorCode error;
    wire.consume(socket_.write_some(gather(wire), error));
    if (is_not_now(error)) return wait_writable();
    if (error) return end(error.message());
  }
  if (!wire.empty() || can_pass_down()) {
    mark();  // there were more buffers than one write takes, or the socket took a part
  } else {
    all_sent();
  }
  if (layer_ && reads_on() && events_ != nullptr) wait_readable();
  tell_low_water(before);
}

void Stream::all_sent() {
  if (output_.empty()) core_.give_memory(output_.release());
  if (layer_) core_.give_memory(layer_->wire().release());
  if (state_ != State::draining) return;
  state_ = State::lingering;
  ends_at_ = std::min(ends_at_, monotonic_now() + kLinger);
  ErrorCode error;
  socket_.shutdown(Socket::shutdown_send, error);
  // Closing with bytes unread would reset the connection, and the peer might never see what it was
  // sent last: so they are read and thrown away until it closes, too.
  wait_readable();
}

void Stream::tell_low_water(std::size_t before) {
  const bool came_down = before > Connection::kLowWater && backlog() <= Connection::kLowWater;
  if (came_down && state_ == State::open && events_ != nullptr) events_->on_writable(monotonic_now());
}

void Stream::wait_writable() {
  writing_ = true;
  socket_.async_wait(Socket::wait_write, [self = shared_from_this()](const ErrorCode& error) {
    self->writing_ = false;
    if (self->state_ == State::ended) return;
    if (error) return self->end(error.message());
    self->mark();
  });
}

bool Stream::end_when_overdue(MonotonicTime now) {
  if (state_ != State::ended && now >= ends_at_) end("closed by us");
  return state_ == State::ended;
}

void Stream::end(std::string_view why) {
  const auto to_tell = std::exchange(events_, nullptr);
  const bool was_ours = state_ == State::draining || state_ == State::lingering;
  abandon();
  if (to_tell != nullptr) to_tell->on_closed(was_ours ? "closed by us" : why, monotonic_now());
}

}  // namespace sluice::net
