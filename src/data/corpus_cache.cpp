#include "data/corpus_cache.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <utility>

#include "core/count_text.h"
#include "core/error.h"
#include "core/sha256.h"

namespace heed {
namespace {

constexpr char kFormat[8] = {'h', 'e', 'e', 'd', 'c', 'r', 'p', '3'};
constexpr size_t kDigestDigits = 64;
constexpr size_t kRecordDigits = 16;  // of a record's SHA-256 those that fit into 64 bits
constexpr std::string_view kNameEnding = ".corpus";
constexpr size_t kBufferBytes = size_t{1} << 20;
constexpr int64_t kMaxCount = int64_t{1} << 48;  // so that counts can be added

template <class Value>
std::string_view bytes_of(const std::vector<Value>& values) {
  return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(Value)};
}

template <class Value>
std::string_view bytes_of(const Value& value) {
  return {reinterpret_cast<const char*>(&value), sizeof(value)};
}

uint64_t digest_of(const std::string& record) {
  return std::stoull(sha256_hex(record).substr(0, kRecordDigits), nullptr, 16);
}

// The parts of a record, taken off its front. REQUIRES: they are there.
class RecordReader {
 public:
  explicit RecordReader(std::string_view bytes) : rest_(bytes) {}

  template <class Value>
  Value value() {
    Value value;
    std::memcpy(&value, text(sizeof(value)).data(), sizeof(value));
    return value;
  }

  std::vector<int32_t> ids(size_t count) {
    std::vector<int32_t> ids(count);
    if (count > 0) std::memcpy(ids.data(), text(count * sizeof(int32_t)).data(), count * sizeof(int32_t));
    return ids;
  }

  std::string_view text(size_t bytes) {
    const std::string_view taken = rest_.substr(0, bytes);
    rest_.remove_prefix(bytes);
    return taken;
  }

 private:
  std::string_view rest_;
};

bool below(const std::vector<int32_t>& ids, int64_t limit) {
  return std::all_of(ids.begin(), ids.end(), [limit](int32_t id) { return id >= 0 && id < limit; });
}

bool counts_are_sound(const CorpusCounts& counts, int64_t size) {
  const auto values = std::bit_cast<std::array<int64_t, sizeof(CorpusCounts) / sizeof(int64_t)>>(counts);
  return std::all_of(values.begin(), values.end(), [](int64_t count) { return count >= 0 && count <= kMaxCount; }) &&
         counts.kept() == size && counts.first_changed < std::max<int64_t>(size, 1);
}

}  // namespace

CorpusCacheWriter::CorpusCacheWriter(const std::filesystem::path& path, const CacheLimits& limits)
    : path_(path), limits_(limits), temporary_(path), file_(temporary_.content()) {}

void CorpusCacheWriter::write(std::string_view bytes) {
  buffer_ += bytes;
  offset_ += bytes.size();
  if (buffer_.size() >= kBufferBytes) flush();
}

void CorpusCacheWriter::flush() {
  file_.write(buffer_);
  buffer_.clear();
}

void CorpusCacheWriter::add(const CachedPair& pair) {
  const auto size32 = [](size_t size) { return static_cast<uint32_t>(size); };
  const CorpusCache::Record beginning{size32(pair.source_text.size()), size32(pair.target_text.size()), pair.file,
                                      pair.line};
  std::string record(bytes_of(beginning));
  record += bytes_of(pair.source);
  record += bytes_of(pair.target);
  record += pair.source_text;
  record += pair.target_text;
  index_ +=
      bytes_of(CorpusCache::Entry{offset_, size32(pair.source.size()), size32(pair.target.size()), digest_of(record)});
  write(record);
}

CorpusCache CorpusCacheWriter::commit(const CorpusCounts& counts) {
  CorpusCache::Trailer trailer{{}, offset_, index_.size() / sizeof(CorpusCache::Entry), counts};
  std::memcpy(trailer.format, kFormat, sizeof(kFormat));
  index_ += bytes_of(trailer);
  flush();
  file_.write(index_);
  file_.write(sha256_hex(std::exchange(index_, {})));
  file_.sync_and_close();
  std::optional<CorpusCache> cache = CorpusCache::open(temporary_.content(), limits_);
  if (!cache) throw Error(path_.string() + ": the cache just written reads back damaged");
  cache->path_ = path_;
  temporary_.commit();
  return std::move(*cache);
}

std::optional<CorpusCache> CorpusCache::open(const std::filesystem::path& path, const CacheLimits& limits) {
  if (!std::filesystem::is_regular_file(path)) return std::nullopt;
  CorpusCache cache(path, RegularFile(path), limits);
  if (!cache.read_index()) return std::nullopt;
  utimensat(AT_FDCWD, path.c_str(), nullptr, 0);
  return cache;
}

// False where it is damaged. The numbers that say where it lies are bounded before its digest is looked at.
bool CorpusCache::read_index() {
  constexpr uint64_t kEnd = sizeof(Trailer) + kDigestDigits;
  if (file_.size() < kEnd) return false;
  std::string end(kEnd, '\0');
  if (file_.read(file_.size() - kEnd, end) < kEnd) return false;
  const auto trailer = RecordReader(end).value<Trailer>();
  const uint64_t index_end = file_.size() - kEnd;
  if (std::memcmp(trailer.format, kFormat, sizeof(kFormat)) != 0 || trailer.index_offset > index_end) return false;
  const uint64_t index_bytes = index_end - trailer.index_offset;
  if (index_bytes % sizeof(Entry) != 0 || trailer.size != index_bytes / sizeof(Entry)) return false;

  index_.resize(trailer.size);
  const std::span<char> index(reinterpret_cast<char*>(index_.data()), index_bytes);
  if (file_.read(trailer.index_offset, index) < index_bytes) return false;
  Sha256 digest;
  digest.update(bytes_of(index_));
  digest.update(std::string_view(end).substr(0, sizeof(Trailer)));
  if (digest.hex() != std::string_view(end).substr(sizeof(Trailer))) return false;
  records_end_ = trailer.index_offset;
  counts_ = trailer.counts;
  return index_is_sound();
}

// Whether every record lies within the file and has room for its ids.
bool CorpusCache::index_is_sound() const {
  if (!counts_are_sound(counts_, size())) return false;
  for (int64_t i = 0; i < size(); ++i) {
    const uint64_t num_ids = uint64_t{entry(i).source_length} + entry(i).target_length;
    const uint64_t begin = entry(i).offset, end = record_end(i);
    if (begin > end || end > records_end_ || end - begin < sizeof(Record) + num_ids * sizeof(int32_t)) return false;
  }
  return true;
}

CachedPair CorpusCache::pair(int64_t i) const {
  std::optional<CachedPair> pair = read_pair(i);
  if (pair) return std::move(*pair);
  const bool removed = try_remove(path_);
  throw DataError(path_.string() + ": pair " + count_text(i + 1) +
                  " of this token cache is damaged: the file has been " +
                  "truncated or written to since it was made; " + (removed ? "it was removed" : "remove it") +
                  " and the next run makes it anew (a run goes on with --resume)");
}

std::optional<CachedPair> CorpusCache::read_pair(int64_t i) const {
  const Entry& where = entry(i);
  const uint64_t size = record_end(i) - where.offset;
  std::string bytes(size, '\0');
  if (file_.read(where.offset, bytes) < size || digest_of(bytes) != where.digest) return std::nullopt;

  RecordReader reader(bytes);
  const auto beginning = reader.value<Record>();
  const uint64_t num_ids = uint64_t{where.source_length} + where.target_length;
  const uint64_t num_bytes = uint64_t{beginning.source_bytes} + beginning.target_bytes;
  if (size != sizeof(Record) + num_ids * sizeof(int32_t) + num_bytes || beginning.file >= limits_.files)
    return std::nullopt;
  CachedPair pair{
      reader.ids(where.source_length), reader.ids(where.target_length), {}, {}, beginning.file, beginning.line};
  pair.source_text = reader.text(beginning.source_bytes);
  pair.target_text = reader.text(beginning.target_bytes);
  if (!below(pair.source, limits_.source_ids) || !below(pair.target, limits_.target_ids)) return std::nullopt;
  return pair;
}

std::string corpus_cache_name(const std::string& fingerprint) { return fingerprint + std::string(kNameEnding); }

bool is_corpus_cache_name(std::string_view name) {
  const std::string_view digits = name.substr(0, kDigestDigits);
  return name.size() == kDigestDigits + kNameEnding.size() && name.ends_with(kNameEnding) &&
         digits.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

}  // namespace heed
