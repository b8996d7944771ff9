// Files of any size, written once from front to back and read at any place.
#ifndef PASSERELLE_GATEWAY_BASE_STREAM_FILE_H_
#define PASSERELLE_GATEWAY_BASE_STREAM_FILE_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gateway/base/descriptor.h"

namespace passerelle::gateway::base {

// A new file on its way. Movable; thread-compatible. Errors are SystemError's.
class StreamWriter {
 public:
  // Makes a file of mode 0600 under a name that nothing has yet.
  static absl::StatusOr<StreamWriter> Create(const std::string& path);

  // Goes on at the end of a file of ours, or makes one of mode 0600.
  static absl::StatusOr<StreamWriter> Continue(const std::string& path);

  // Writes after what was written. Every some megabytes the disk is told to begin, so that Sync has
  // little left to wait for.
  absl::Status Append(std::string_view bytes);

  // Waits until the bytes and the name of the file are durable.
  absl::Status Sync();

 private:
  static absl::StatusOr<StreamWriter> Open(const std::string& path, int flags);
  StreamWriter(std::string path, Descriptor descriptor)
      : path_(std::move(path)), descriptor_(std::move(descriptor)) {}
  std::string path_;
  Descriptor descriptor_;
  uint64_t size_ = 0;
  uint64_t started_ = 0;
};

// A file to read at any place. Movable. Read is thread-safe. Errors are SystemError's.
class StreamReader {
 public:
  static absl::StatusOr<StreamReader> Open(const std::string& path);

  // Size when it was opened.
  uint64_t size() const { return size_; }

  // The bytes at `offset`: `size` of them, or fewer where the file ends.
  absl::StatusOr<std::string> Read(uint64_t offset, size_t size) const;

 private:
  StreamReader(std::string path, Descriptor descriptor, uint64_t size)
      : path_(std::move(path)), descriptor_(std::move(descriptor)), size_(size) {}
  std::string path_;
  Descriptor descriptor_;
  uint64_t size_;
};

// Gives a file another name in the same folder, durably, in place of what has that name.
absl::Status RenameFile(const std::string& from, const std::string& to);

// Removes a file durably. OK also when there is none.
absl::Status RemoveFile(const std::string& path);

}  // namespace passerelle::gateway::base

#endif  // PASSERELLE_GATEWAY_BASE_STREAM_FILE_H_
