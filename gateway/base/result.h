// Errors as values. A function that can fail returns Result<T>; exceptions come only from
// libraries and are turned into an Error where that library is called.
#pragma once

#include <cassert>
#include <string>
#include <utility>
#include <variant>

namespace sluice {

/// What the program as a whole does about an error.
enum class ErrorKind : unsigned char {
  failed,   // try again, or give up at run time: exit code 1
  invalid,  // files or arguments are wrong: exit code 2
  in_use,   // another instance owns the store: exit code 75
};

/// What went wrong, as one sentence that a site engineer can act on.
struct Error {
  std::string text;
  ErrorKind kind = ErrorKind::failed;
};

/// Either a T or the Error that kept it from being made. Reading the wrong side is a broken
/// invariant and stops the program, in release builds, too.
template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : content_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : content_(std::in_place_index<1>, std::move(error)) {}

  bool ok() const { return content_.index() == 0; }
  explicit operator bool() const { return ok(); }

  T& value() & {
    assert(ok());
    return *std::get_if<0>(&content_);
  }
  const T& value() const& {
    assert(ok());
    return *std::get_if<0>(&content_);
  }
  T&& value() && {
    assert(ok());
    return std::move(*std::get_if<0>(&content_));
  }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  const Error& error() const {
    assert(!ok());
    return *std::get_if<1>(&content_);
  }

 private:
  std::variant<T, Error> content_;
};

/// Success without a value.
template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : error_(std::move(error)), ok_(false) {}

  bool ok() const { return ok_; }
  explicit operator bool() const { return ok_; }
  const Error& error() const {
    assert(!ok_);
    return error_;
  }

 private:
  Error error_;
  bool ok_ = true;
};

}  // namespace sluice
