#include "gateway/vault/residue.h"

#include <cstring>
#include <fstream>

#include "absl/strings/str_cat.h"
#include "gateway/base/files.h"
#include "gateway/base/status.h"

namespace passerelle::gateway::vault {
namespace {

constexpr size_t kStride = 256;
constexpr size_t kChunkBytes = 1024 * 1024;
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

absl::StatusOr<bool> Residue::IsIn(const std::string& path) const {
  if (!base::Exists(path)) return false;
  std::ifstream file(path, std::ios::binary);
  // The end of one chunk is kept before the next: a sample may lie across both.
  std::string window;
  while (file) {
    const size_t kept = window.size();
    window.resize(kept + kChunkBytes);
    file.read(window.data() + kept, kChunkBytes);
    window.resize(kept + static_cast<size_t>(file.gcount()));
    if (IsAnyIn(window)) return true;
    if (window.size() >= kSampleBytes) window.erase(0, window.size() - (kSampleBytes - 1));
  }
  if (!file.eof())
    return base::Error(absl::StatusCode::kUnavailable, "FILE_ERROR", "",
                       absl::StrCat(path, ": cannot be read"));
  return false;
}

}  // namespace passerelle::gateway::vault
