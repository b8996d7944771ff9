#include "gateway/vault/residue.h"

#include <cstring>

#include "gateway/base/files.h"
#include "gateway/base/status.h"

namespace passerelle::gateway::vault {
namespace {

constexpr size_t kStride = 256;
constexpr int kStartBits = 22;

size_t StartOf(const char* bytes) {
  uint32_t word;
  std::memcpy(&word, bytes, sizeof word);
  // Fibonacci hashing: the top bits of the product are well mixed.
  return (word * 2654435769u) >> (32 - kStartBits);
}

}  // namespace

Residue::Residue() : starts_(size_t{1} << kStartBits) {}

void Residue::Add(std::string_view erased) {
  if (erased.size() < kSampleBytes) return;
  for (size_t at = 0; at + kSampleBytes <= erased.size(); at += kStride)
    AddSample(erased.substr(at, kSampleBytes));
  AddSample(erased.substr(erased.size() - kSampleBytes));
}

void Residue::AddSample(std::string_view sample) {
  samples_.emplace(sample);
  starts_[StartOf(sample.data())] = true;
}

bool Residue::IsAnyIn(std::string_view bytes) const {
  for (size_t at = 0; at + kSampleBytes <= bytes.size(); ++at) {
    if (starts_[StartOf(bytes.data() + at)] &&
        samples_.count(std::string(bytes.substr(at, kSampleBytes))) != 0)
      return true;
  }
  return false;
}

bool Residue::IsInChunk(std::string_view chunk, std::string& window) const {
  window.append(chunk);
  const bool found = IsAnyIn(window);
  if (window.size() >= kSampleBytes) window.erase(0, window.size() - (kSampleBytes - 1));
  return found;
}

absl::StatusOr<bool> Residue::IsIn(const std::string& path) const {
  if (!base::Exists(path)) return false;
  bool found = false;
  std::string window;
  RETURN_IF_ERROR(base::ReadChunks(path, [&](std::string_view chunk) {
    found = IsInChunk(chunk, window);
    return !found;
  }));
  return found;
}

}  // namespace passerelle::gateway::vault
