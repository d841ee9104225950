#include "cli/audit_json.h"

#include <nlohmann/json.hpp>

#include "core/utf8.h"

namespace heed {
namespace {

using Json = nlohmann::ordered_json;

Json line_json(const CorpusAudit& audit, int64_t pair) {
  const PairPlace place = audit.where(pair);
  return {{"source", audit.files.source.at(place.file)},
          {"target", audit.files.target.at(place.file)},
          {"line", place.line}};
}

Json pairs_json(const CorpusAudit& audit, const FoundPairs& found) {
  Json lines = Json::array();
  for (const int64_t pair : found.first) lines.push_back(line_json(audit, pair));
  return {{"count", found.count}, {"first", lines}};
}

Json matches_json(const CorpusAudit& of, const CorpusAudit& in, const FoundMatches& found) {
  Json lines = Json::array();
  for (const PairMatch& match : found.first) {
    Json line = line_json(of, match.pair);
    line["other"] = line_json(in, match.other);
    lines.push_back(std::move(line));
  }
  return {{"count", found.count}, {"first", lines}};
}

Json repeats_json(const CorpusAudit& of, const CorpusAudit& in, const Repeats& repeats) {
  return {{"same_pair", matches_json(of, in, repeats.pairs)},
          {"same_source_other_target", matches_json(of, in, repeats.sources)}};
}

Json outside_json(const CorpusAudit& audit, const std::vector<OutsideCharacter>& outside) {
  Json list = Json::array();
  for (const OutsideCharacter& one : outside) {
    std::string text;
    append_utf8(one.character, text);
    list.push_back({{"character", text},
                    {"code_point", static_cast<int64_t>(one.character)},
                    {"count", one.count},
                    {"first", line_json(audit, one.first_pair)}});
  }
  return list;
}

Json side_json(const CorpusAudit& audit, const SideAudit& side) {
  Json bins = Json::array();
  const LengthHistogram& pieces = side.pieces;
  for (const int64_t count : pieces.bins(1, pieces.longest() + 1)) bins.push_back(count);
  return {{"pieces", pieces.total()},
          {"words", side.words},
          {"characters", side.characters},
          {"unknown_pieces", side.odd.unknown},
          {"byte_pieces", side.odd.bytes},
          {"pieces_per_word", side.pieces_a_word()},
          {"pieces_per_character", side.pieces_a_character()},
          {"length",
           {{"mean", pieces.mean()},
            {"median", pieces.quantile(0.5)},
            {"quantile_95", pieces.quantile(0.95)},
            {"quantile_99", pieces.quantile(0.99)},
            {"longest", std::max<int64_t>(pieces.longest(), 0)},
            {"lines_by_length", bins}}},
          {"characters_outside_tokenizer", outside_json(audit, side.outside)}};
}

Json ratio_json(const CorpusAudit& audit) {
  const LengthRatio& ratio = audit.ratio;
  Json bins = Json::array();
  for (size_t bin = 0; bin < ratio.bins.size(); ++bin)
    if (ratio.bins[bin] > 0)
      bins.push_back(
          {{"from", LengthRatio::bin_edge(bin)}, {"to", LengthRatio::bin_edge(bin + 1)}, {"pairs", ratio.bins[bin]}});
  return {{"median", ratio.median},
          {"low", ratio.low},
          {"high", ratio.high},
          {"outliers", pairs_json(audit, ratio.outliers)},
          {"histogram", bins}};
}

Json shifts_json(const CorpusAudit& audit) {
  Json blocks = Json::array();
  for (const ShiftedBlock& block : audit.shifts)
    blocks.push_back({{"first", line_json(audit, block.begin)},
                      {"last", line_json(audit, block.end - 1)},
                      {"shift", block.shift},
                      {"length_correlation", block.correlation_here},
                      {"length_correlation_shifted", block.correlation_shifted},
                      {"sharing_words", block.sharing_here},
                      {"sharing_words_shifted", block.sharing_shifted}});
  return blocks;
}

Json counts_json(const CorpusCounts& counts) {
  return {{"read", counts.read},
          {"kept", counts.kept()},
          {"dropped", counts.dropped()},
          {"dropped_empty", counts.empty},
          {"dropped_too_long", counts.too_long},
          {"dropped_invalid", counts.invalid},
          {"truncated", counts.truncated},
          {"over_max_characters", counts.unread},
          {"emptied", counts.emptied},
          {"source_tokens", counts.source_tokens},
          {"target_tokens", counts.target_tokens},
          {"source_unknown", counts.source_unknown},
          {"target_unknown", counts.target_unknown},
          {"targets_that_do_not_come_back", counts.changed}};
}

Json split_json(const AuditResult::Split& split) {
  const CorpusAudit& audit = split.audit;
  return {{"source_files", audit.files.source},
          {"target_files", audit.files.target},
          {"pairs", audit.pairs},
          {"training", split.counts ? counts_json(*split.counts) : Json()},
          {"invalid", pairs_json(audit, audit.invalid)},
          {"empty", pairs_json(audit, audit.empty)},
          {"too_long", pairs_json(audit, audit.too_long)},
          {"source", side_json(audit, audit.source)},
          {"target", side_json(audit, audit.target)},
          {"character_ratio", ratio_json(audit)},
          {"equal_sides", pairs_json(audit, audit.equal_sides)},
          {"shifted_blocks", shifts_json(audit)},
          {"duplicates", repeats_json(audit, audit, audit.repeats)}};
}

Json timing_json(const AuditResult& result) {
  if (!result.timing) return {};
  const UpdateTiming& timing = *result.timing;
  return {{"device", result.config.run.device},
          {"threads", result.config.run.threads},
          {"precision", name_of(result.config.run.precision)},
          {"parameters", timing.parameters},
          {"batches_per_epoch", timing.batches_per_epoch},
          {"updates_per_epoch", timing.updates_per_epoch},
          {"timed_updates", kTimed},
          {"seconds_per_update", timing.seconds_per_update},
          {"target_tokens_per_second", timing.target_tokens_per_second},
          {"minutes_per_epoch", timing.minutes_per_epoch},
          {"peak_memory_bytes", timing.peak_memory}};
}

}  // namespace

std::string audit_json(const AuditResult& result) {
  Json splits = Json::object(), overlaps = Json::array();
  for (const AuditResult::Split& split : result.splits) splits[split.name] = split_json(split);
  for (const AuditResult::Overlap& overlap : result.overlaps) {
    const auto &of = result.splits.at(overlap.of), &in = result.splits.at(overlap.in);
    Json entry = {{"of", of.name}, {"in", in.name}};
    entry.update(repeats_json(of.audit, in.audit, overlap.repeats));
    overlaps.push_back(std::move(entry));
  }
  const Tokenizers& tokenizers = result.tokenizers;
  const Json json = {{"config", result.config_name},
                     {"tokenizer",
                      {{"type", name_of(tokenizers.source->type())},
                       {"shared", tokenizers.shared()},
                       {"source_vocabulary", tokenizers.source->vocabulary().size()},
                       {"target_vocabulary", tokenizers.target->vocabulary().size()}}},
                     {"splits", splits},
                     {"overlaps", overlaps},
                     {"timing", timing_json(result)}};
  return json.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace heed
