#include "data/corpus_cache.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <cstring>
#include <utility>

#include "core/error.h"

namespace heed {
namespace {

constexpr char kFormat[8] = {'h', 'e', 'e', 'd', 'c', 'r', 'p', '2'};
constexpr size_t kDigestDigits = 64;
constexpr std::string_view kNameEnding = ".corpus";
constexpr size_t kBufferBytes = size_t{1} << 20;
constexpr size_t kAlignment = 8;  // of records and index

template <class Value>
std::string_view bytes_of(std::span<const Value> values) {
  return {reinterpret_cast<const char*>(values.data()), values.size_bytes()};
}

template <class Value>
std::string_view bytes_of(const Value& value) {
  return {reinterpret_cast<const char*>(&value), sizeof(value)};
}

}  // namespace

CorpusCacheWriter::CorpusCacheWriter(const std::filesystem::path& path)
    : path_(path), temporary_(path), file_(temporary_.content()) {}

void CorpusCacheWriter::write(std::string_view bytes) {
  buffer_ += bytes;
  offset_ += bytes.size();
  if (buffer_.size() >= kBufferBytes) flush();
}

void CorpusCacheWriter::flush() {
  digest_.update(buffer_);
  file_.write(buffer_);
  buffer_.clear();
}

void CorpusCacheWriter::add(const CachedPair& pair) {
  const auto size32 = [](size_t size) { return static_cast<uint32_t>(size); };
  const CorpusCache::Entry entry{offset_,
                                 size32(pair.source.size()),
                                 size32(pair.target.size()),
                                 size32(pair.source_text.size()),
                                 size32(pair.target_text.size()),
                                 pair.file,
                                 pair.line};
  index_ += bytes_of(entry);
  write(bytes_of(pair.source));
  write(bytes_of(pair.target));
  write(pair.source_text);
  write(pair.target_text);
  write(std::string((kAlignment - offset_ % kAlignment) % kAlignment, '\0'));
}

CorpusCache CorpusCacheWriter::commit(const CorpusCounts& counts) {
  CorpusCache::Trailer trailer{{}, offset_, index_.size() / sizeof(CorpusCache::Entry), counts};
  std::memcpy(trailer.format, kFormat, sizeof(kFormat));
  write(index_);
  write(bytes_of(trailer));
  flush();
  file_.write(digest_.hex());
  file_.sync_and_close();
  std::optional<CorpusCache> cache = CorpusCache::open(temporary_.content());
  if (!cache) throw Error(path_.string() + ": the cache just written reads back damaged");
  temporary_.commit();
  return std::move(*cache);
}

std::optional<CorpusCache> CorpusCache::open(const std::filesystem::path& path) {
  std::error_code missing;
  if (!std::filesystem::is_regular_file(path, missing)) return std::nullopt;
  std::optional<MappedFile> file = MappedFile::open(path);
  if (!file) return std::nullopt;
  CorpusCache cache(std::move(*file));
  const std::string_view bytes = cache.file_.bytes();
  if (bytes.size() < sizeof(Trailer) + kDigestDigits) return std::nullopt;
  const std::string_view content = bytes.substr(0, bytes.size() - kDigestDigits);
  Trailer trailer;
  std::memcpy(&trailer, content.data() + content.size() - sizeof(trailer), sizeof(trailer));
  if (std::memcmp(trailer.format, kFormat, sizeof(kFormat)) != 0) return std::nullopt;
  if (sha256_hex(content) != bytes.substr(content.size())) return std::nullopt;

  const auto* entries = reinterpret_cast<const Entry*>(content.data() + trailer.index_offset);
  cache.index_ = std::span<const Entry>(entries, trailer.size);
  cache.counts_ = trailer.counts;
  utimensat(AT_FDCWD, path.c_str(), nullptr, 0);
  return cache;
}

CachedPair CorpusCache::pair(int64_t i) const {
  const Entry& where = entry(i);
  const char* const record = file_.bytes().data() + where.offset;
  const auto* const ids = reinterpret_cast<const int32_t*>(record);
  const size_t num_ids = size_t{where.source_length} + where.target_length;
  const char* const text = record + num_ids * sizeof(int32_t);
  return {{ids, where.source_length},
          {ids + where.source_length, where.target_length},
          {text, where.source_bytes},
          {text + where.source_bytes, where.target_bytes},
          where.file,
          where.line};
}

std::string corpus_cache_name(const std::string& fingerprint) { return fingerprint + std::string(kNameEnding); }

bool is_corpus_cache_name(std::string_view name) {
  const std::string_view digits = name.substr(0, kDigestDigits);
  return name.size() == kDigestDigits + kNameEnding.size() && name.ends_with(kNameEnding) &&
         digits.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

}  // namespace heed
