#include "gateway/config/yaml.h"

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <cassert>
#include <map>
#include <sstream>

#include "gateway/base/utf8.h"
#include "gateway/config/text_file.h"

namespace sluice::config {

namespace {

/// Leaves the parser from inside of an event; caught in parse_yaml.
struct Refusal {
  Place place;
  std::string text;
};

/// Builds the tree from the parser's events. A container is open from its start to its end event;
/// a map that waits for a value holds its key meanwhile.
class TreeBuilder : public YAML::EventHandler {
 public:
  TreeBuilder(std::string_view text, std::shared_ptr<const std::string> file, Complaints& complaints)
      : text_(text), file_(std::move(file)), complaints_(complaints) {}

  bool has_document() const { return has_document_; }
  Node take_root() { return std::move(root_); }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (has_document_) throw Refusal{place(mark), "a second document begins here; a file holds one"};
    has_document_ = true;
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    Node node;
    node.place = place(mark);
    add(std::move(node), anchor);
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto found = anchors_.find(anchor);
    if (found == anchors_.end()) throw Refusal{place(mark), "the alias stands inside of what it names"};
    count_nodes(found->second, mark);
    if (open_.size() + depth_of(found->second) > kMaxDepth) refuse_depth(mark);
    attach(Node(found->second));
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    refuse_tag(mark, tag);
    refuse_open_quote(mark);
    Node node;
    node.kind = Node::Kind::scalar;
    node.quoted = tag == "!";  // how yaml-cpp hands out every scalar that is not plain
    node.text = value;
    node.place = place(mark);
    add(std::move(node), anchor);
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(mark, tag, anchor, Node::Kind::list);
  }
  void OnSequenceEnd() override { close(); }

  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(mark, tag, anchor, Node::Kind::map);
  }
  void OnMapEnd() override {
    expand_merges(open_.back());
    close();
  }

 private:
  struct Open {
    Node node;
    YAML::anchor_t anchor;
    std::optional<Entry> pending;  // of a map: the key whose value comes next
    std::vector<Node> merges;      // what stood under `<<`
  };

  Place place(const YAML::Mark& mark) const {
    if (mark.is_null()) return {file_, 0, 0};
    return {file_, static_cast<std::uint32_t>(mark.line + 1), static_cast<std::uint32_t>(mark.column + 1)};
  }

  void refuse_tag(const YAML::Mark& mark, const std::string& tag) const {
    if (tag.empty() || tag == "?" || tag == "!") return;
    throw Refusal{place(mark), "text that begins with `!` needs quotes"};
  }

  /// yaml-cpp lets a quote run to the end of a file that was cut off.
  void refuse_open_quote(const YAML::Mark& mark) const {
    auto at = static_cast<std::size_t>(mark.pos);
    if (at >= text_.size() || (text_[at] != '"' && text_[at] != '\'')) return;
    const char quote = text_[at];
    for (++at; at < text_.size() && text_[at] != quote; ++at) {
      if (quote == '"' && text_[at] == '\\') ++at;
    }
    if (at >= text_.size()) throw Refusal{place(mark), "the quote that opens here is never closed"};
  }

  [[noreturn]] void refuse_depth(const YAML::Mark& mark) const {
    throw Refusal{place(mark), fmt::format("nested deeper than {} levels", kMaxDepth)};
  }

  void count_node(const Place& at) {
    if (++nodes_ > kMaxNodes) throw Refusal{at, fmt::format("more than {} values, aliases counted in", kMaxNodes)};
  }

  void count_nodes(const Node& node, const YAML::Mark& mark) {
    count_node(place(mark));
    for (const auto& item : node.items) count_nodes(item, mark);
    for (const auto& entry : node.entries) count_nodes(entry.value, mark);
  }

  static std::size_t depth_of(const Node& node) {
    std::size_t deepest = 0;
    for (const auto& item : node.items) deepest = std::max(deepest, depth_of(item));
    for (const auto& entry : node.entries) deepest = std::max(deepest, depth_of(entry.value));
    return deepest + (node.is_list() || node.is_map() ? 1 : 0);
  }

  void open(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, Node::Kind kind) {
    refuse_tag(mark, tag);
    if (open_.size() >= kMaxDepth) refuse_depth(mark);
    if (wants_key()) throw Refusal{place(mark), "a key is a text, not a list or a map"};
    Node node;
    node.kind = kind;
    node.place = place(mark);
    count_node(node.place);
    open_.push_back({std::move(node), anchor, std::nullopt, {}});
  }

  void close() {
    assert(!open_.empty());
    auto closed = std::move(open_.back());
    open_.pop_back();
    remember(closed.node, closed.anchor);
    attach(std::move(closed.node));
  }

  void add(Node node, YAML::anchor_t anchor) {
    count_node(node.place);
    remember(node, anchor);
    attach(std::move(node));
  }

  void remember(const Node& node, YAML::anchor_t anchor) {
    if (anchor != 0) anchors_[anchor] = node;
  }

  bool wants_key() const { return !open_.empty() && open_.back().node.is_map() && !open_.back().pending; }

  void attach(Node node) {
    if (open_.empty()) {
      root_ = std::move(node);
    } else if (open_.back().node.is_list()) {
      open_.back().node.items.push_back(std::move(node));
    } else if (wants_key()) {
      begin_entry(node);
    } else {
      end_entry(std::move(node));
    }
  }

  void begin_entry(const Node& key) {
    if (!key.is_scalar()) throw Refusal{key.place, "a key is a text"};
    open_.back().pending = Entry{key.text, key.place, {}};
  }

  void end_entry(Node value) {
    auto& map = open_.back();
    auto entry = std::move(*map.pending);
    map.pending.reset();
    entry.value = std::move(value);
    if (entry.key == "<<") return keep_merge(map, std::move(entry));
    if (is_duplicate(map.node, entry)) return;
    map.node.entries.push_back(std::move(entry));
  }

  bool is_duplicate(const Node& map, const Entry& entry) {
    const auto same = [&](const Entry& known) { return known.key == entry.key; };
    const auto first = std::find_if(map.entries.begin(), map.entries.end(), same);
    if (first == map.entries.end()) return false;
    complaints_.add(entry.place, path_to(entry.key),
                    fmt::format("stands here twice, first in line {} column {}; one of them has to go",
                                first->place.line, first->place.column));
    return true;
  }

  std::string path_to(const std::string& key) const {
    std::string path;
    for (const auto& open : open_) {
      if (open.pending) path += open.pending->key + ".";
    }
    return path + key;
  }

  void keep_merge(Open& map, Entry entry) {
    auto sources = entry.value.is_list() ? std::move(entry.value.items) : std::vector<Node>{std::move(entry.value)};
    for (auto& source : sources) {
      if (!source.is_map()) throw Refusal{source.place, "`<<` takes a map, or a list of maps"};
      map.merges.push_back(std::move(source));
    }
  }

  /// A key of the map itself goes before a merged one, an earlier merge before a later.
  static void expand_merges(Open& map) {
    for (auto& source : map.merges) {
      for (auto& entry : source.entries) {
        if (map.node.find(entry.key) == nullptr) map.node.entries.push_back(std::move(entry));
      }
    }
  }

  const std::string_view text_;
  const std::shared_ptr<const std::string> file_;
  Complaints& complaints_;
  Node root_;
  std::vector<Open> open_;
  std::map<YAML::anchor_t, Node> anchors_;
  std::size_t nodes_ = 0;
  bool has_document_ = false;
};

/// The first line that is not well-formed, or nothing.
std::optional<std::uint32_t> first_bad_line(std::string_view text) {
  std::uint32_t number = 1;
  while (!text.empty()) {
    const auto end = text.find('\n');
    if (!is_valid_utf8(text.substr(0, end))) return number;
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
    ++number;
  }
  return std::nullopt;
}

/// What the parser's complaint means to somebody who does not know its insides.
std::string explain(const YAML::Exception& trouble, std::string_view text) {
  if (trouble.msg == "unknown token") return "text that begins with `@`, `%` or a backquote needs quotes";
  if (trouble.msg == "the referenced anchor is not defined") {
    return "there is no anchor of this name; text that begins with `*` needs quotes";
  }
  for (int line = 0; line < trouble.mark.line; ++line) text.remove_prefix(text.find('\n') + 1);
  const auto indentation = text.substr(0, text.find_first_not_of(" \t"));
  if (indentation.find('\t') != std::string_view::npos) return "lines are indented with blanks, not with tabs";
  return "is no YAML: " + trouble.msg;
}

void parse(std::string_view text, TreeBuilder& builder) {
  std::istringstream stream{std::string(text)};
  YAML::Parser parser(stream);
  while (parser.HandleNextDocument(builder)) {
  }
}

}  // namespace

std::optional<Node> parse_yaml(std::string_view text, std::string_view name, Complaints& complaints) {
  const auto file = std::make_shared<const std::string>(name);
  if (const auto line = first_bad_line(text)) {
    complaints.add({file, *line, 1}, "", "holds bytes that are not UTF-8 text; save the file as UTF-8");
    return std::nullopt;
  }
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  TreeBuilder builder(text, file, complaints);
  try {
    parse(text, builder);
  } catch (const Refusal& refusal) {
    complaints.add(refusal.place, "", refusal.text);
    return std::nullopt;
  } catch (const YAML::Exception& trouble) {
    const auto line = static_cast<std::uint32_t>(std::max(trouble.mark.line, -1) + 1);
    const auto column = static_cast<std::uint32_t>(std::max(trouble.mark.column, -1) + 1);
    complaints.add({file, line, column}, "", explain(trouble, text));
    return std::nullopt;
  } catch (const std::exception& trouble) {
    complaints.add({file, 0, 0}, "", std::string("is no YAML: ") + trouble.what());
    return std::nullopt;
  }
  auto root = builder.take_root();
  if (!builder.has_document() || root.is_empty()) {
    complaints.add({file, 0, 0}, "", "is empty");
    return std::nullopt;
  }
  return root;
}

std::optional<Node> read_yaml(const std::filesystem::path& path, Complaints& complaints) {
  const auto text = read_text_file(path);
  if (text) return parse_yaml(*text, path.native(), complaints);
  complaints.add({std::make_shared<const std::string>(path.native()), 0, 0}, "", text.error().text);
  return std::nullopt;
}

}  // namespace sluice::config
