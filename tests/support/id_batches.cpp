#include "support/id_batches.h"

#include <nlohmann/json.hpp>
#include <vector>

namespace heed::testing {
namespace {

using Rows = std::vector<std::vector<int64_t>>;

Rows rows_of(const std::vector<int64_t>& ids, const Segments& segments) {
  Rows rows;
  for (size_t b = 0; b < segments.starts().size(); ++b) {
    const auto first = ids.begin() + segments.starts()[b];
    rows.emplace_back(first, first + segments.lengths()[b]);
  }
  return rows;
}

Segments append(const Rows& rows, std::vector<int64_t>& ids) {
  std::vector<int32_t> lengths;
  for (const auto& row : rows) {
    ids.insert(ids.end(), row.begin(), row.end());
    lengths.push_back(static_cast<int32_t>(row.size()));
  }
  return Segments::packed(lengths);
}

}  // namespace

std::string to_json_line(const Batch& batch) {
  nlohmann::ordered_json line;
  line["source"] = rows_of(batch.source_ids, batch.source_segments);
  line["target"] = rows_of(batch.label_ids, batch.target_segments);
  return line.dump();
}

Batch from_json_line(const std::string& line, int64_t bos) {
  const auto json = nlohmann::json::parse(line);
  const Rows targets = json.at("target").get<Rows>();
  Batch batch;
  batch.source_segments = append(json.at("source").get<Rows>(), batch.source_ids);
  batch.target_segments = append(targets, batch.label_ids);
  for (const auto& target : targets) {
    batch.target_input_ids.push_back(bos);
    batch.target_input_ids.insert(batch.target_input_ids.end(), target.begin(), target.end() - 1);
    batch.sentence_ids.push_back(static_cast<int64_t>(batch.sentence_ids.size()));
  }
  return batch;
}

}  // namespace heed::testing
