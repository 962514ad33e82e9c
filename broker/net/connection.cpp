#include "broker/net/connection.h"

#include <utility>

#include "broker/net/stream.h"

namespace sluice::net {

Connection::Connection(std::shared_ptr<Stream> stream) : stream_(std::move(stream)) {}
Connection::~Connection() { stream_->abandon(); }

const Peer& Connection::peer() const { return stream_->peer(); }
void Connection::start(ConnectionEvents& events) { stream_->start(events); }
void Connection::pause_reading() { stream_->pause_reading(); }
void Connection::resume_reading() { stream_->resume_reading(); }
Bytes& Connection::output() { return stream_->output().tail(); }
void Connection::append_payload(const MessagePtr& message) { stream_->output().share(message); }
std::size_t Connection::backlog() const { return stream_->backlog(); }
void Connection::close() { stream_->close(); }

}  // namespace sluice::net
