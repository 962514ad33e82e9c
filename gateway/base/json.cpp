#include "gateway/base/json.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>
#include <utility>

namespace sluice::json {

namespace {

/// Builds the tree from the parser's events; the first refusal ends the parsing.
class TreeBuilder : public nlohmann::json_sax<nlohmann::json> {
 public:
  explicit TreeBuilder(std::size_t max_depth) : max_depth_(max_depth) {}

  const std::string& refusal() const { return refusal_; }
  Node take_root() { return std::move(root_); }

  bool null() override { return attach({}); }
  bool boolean(bool value) override { return attach({value}); }
  bool number_integer(number_integer_t value) override { return attach({std::int64_t{value}}); }
  bool number_unsigned(number_unsigned_t value) override {
    if (std::in_range<std::int64_t>(value)) return attach({static_cast<std::int64_t>(value)});
    return attach({std::uint64_t{value}});
  }
  bool number_float(number_float_t, const string_t& text) override { return add_real(text); }
  bool string(string_t& value) override { return attach({std::move(value)}); }
  bool binary(binary_t&) override { return refuse("holds what is not JSON"); }

  bool start_object(std::size_t) override { return open({Object{}}); }
  bool key(string_t& name) override {
    const auto& members = std::get<Object>(open_.back().is);
    const auto same = [&](const Member& member) { return member.name == name; };
    if (std::any_of(members.begin(), members.end(), same)) return refuse("has `" + name + "` twice");
    names_.back() = std::move(name);
    return true;
  }
  bool end_object() override { return close(); }
  bool start_array(std::size_t) override { return open({List{}}); }
  bool end_array() override { return close(); }

  bool parse_error(std::size_t position, const std::string&, const nlohmann::detail::exception& error) override {
    constexpr int kNumberOverflow = 406;
    if (error.id == kNumberOverflow) return refuse("has a number that is too large");
    return refuse("is no JSON at byte " + std::to_string(position));
  }

 private:
  bool refuse(std::string why) {
    if (refusal_.empty()) refusal_ = std::move(why);
    return false;
  }

  /// The parser hands over everything here that is no whole number of 64 bits. Its own conversion
  /// goes by the locale.
  bool add_real(std::string text) {
    std::replace(text.begin(), text.end(), ',', '.');
    if (text.find_first_of(".eE") == std::string::npos) return refuse("has a number beyond 64 bits");
    double value = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
    if (read.ec != std::errc{} || !std::isfinite(value)) return refuse("has a number that is too large or too small");
    return attach({value});
  }

  bool open(Node node) {
    if (open_.size() >= max_depth_) return refuse("is nested too deep");
    open_.push_back(std::move(node));
    names_.emplace_back();
    return true;
  }

  bool close() {
    auto closed = std::move(open_.back());
    open_.pop_back();
    names_.pop_back();
    return attach(std::move(closed));
  }

  bool attach(Node node) {
    if (open_.empty()) {
      root_ = std::move(node);
    } else if (auto* members = std::get_if<Object>(&open_.back().is)) {
      members->push_back({std::move(names_.back()), std::move(node)});
    } else {
      std::get<List>(open_.back().is).push_back(std::move(node));
    }
    return true;
  }

  const std::size_t max_depth_;
  Node root_;
  std::vector<Node> open_;
  std::vector<std::string> names_;  // of the member that comes next, per open container
  std::string refusal_;
};

constexpr char kHexDigits[] = "0123456789abcdef";

void append_control(std::string& out, char c) {
  out += "\\u00";
  out += kHexDigits[(c >> 4) & 0xF];
  out += kHexDigits[c & 0xF];
}

}  // namespace

Result<Node> parse(std::string_view text, std::size_t max_depth) {
  TreeBuilder builder(max_depth);
  const bool whole = nlohmann::json::sax_parse(text.begin(), text.end(), &builder);
  if (!whole || !builder.refusal().empty()) return Error{builder.refusal(), ErrorKind::invalid};
  return builder.take_root();
}

void append_quoted(std::string& out, std::string_view text) {
  out += '"';
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) {
      append_control(out, c);
    } else {
      out += c;
    }
  }
  out += '"';
}

}  // namespace sluice::json
