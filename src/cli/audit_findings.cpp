#include "cli/audit_findings.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "core/count_text.h"
#include "core/printable.h"
#include "core/utf8.h"
#include "data/outside_words.h"

namespace heed {
namespace {

constexpr size_t kShown = 3, kShownLines = 6;

// What share of a corpus makes a finding grave: more than real corpora have without harm.
constexpr double kManyDropped = 0.02, kManyCut = 0.1, kManyOutliers = 0.02, kManyEqual = 0.02, kManyRepeats = 0.1,
                 kManyUnknown = 0.02, kManyChanged = 0.01, kManyShared = 0.01;

double share(int64_t part, int64_t whole) {
  return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

std::string rest_text(int64_t count, size_t shown) {
  const int64_t rest = count - static_cast<int64_t>(shown);
  return rest > 0 ? "and " + count_text(rest) + " more" : "";
}

// A finding with its first places, each as `place_of` puts it.
template <class Case, class PlaceOf>
Sheet::Finding finding(bool is_grave, const std::string& text, const Found<Case>& found, PlaceOf place_of) {
  Sheet::Finding result{is_grave, text, {}, ""};
  for (size_t i = 0; i < std::min(found.first.size(), kShown); ++i) result.places.push_back(place_of(found.first[i]));
  result.rest = rest_text(found.count, result.places.size());
  return result;
}

// "train.en: lines 4, 18, 26 and 658 more": those of the first file that has any.
std::vector<std::string> line_places(const CorpusAudit& audit, const FoundPairs& found) {
  const PairPlace first = audit.where(found.first.front());
  std::string text = audit.files.source.at(first.file) + (found.count == 1 ? ": line " : ": lines ");
  size_t shown = 0;
  for (; shown < std::min(found.first.size(), kShownLines); ++shown) {
    const PairPlace place = audit.where(found.first[shown]);
    if (place.file != first.file) break;
    text += (shown == 0 ? "" : ", ") + std::to_string(place.line);
  }
  const std::string rest = rest_text(found.count, shown);
  return {rest.empty() ? text : text + " " + rest};
}

std::string limits_text(const DataConfig& data) {
  const std::string source = count_text(data.max_source_length), target = count_text(data.max_target_length);
  return source == target ? source + " pieces" : source + " source or " + target + " target pieces";
}

std::string named(char32_t c) {
  std::string text;
  append_utf8(c, text);
  const std::string code = fmt::format("U+{:04X}", static_cast<uint32_t>(c));
  return is_hidden(c) || is_white_space(c) ? code : code + " '" + text + "'";
}

// The findings in one corpus.
class SplitFindings {
 public:
  // `copies_words`: what is unknown can be copied.
  SplitFindings(const AuditResult::Split& split, const DataConfig& data, bool copies_words,
                std::vector<Sheet::Finding>& findings)
      : split_(split),
        name_(split.name),
        audit_(split.audit),
        is_training_(split.name == "train"),
        data_(data),
        copies_words_(copies_words),
        findings_(findings) {}

  void add_all() {
    add_shifts();
    add_unfit();
    add_side("source", audit_.source);
    add_side("target", audit_.target);
    add_changed();
    add_ratio();
    add_equal();
    add_repeats();
  }

 private:
  std::string counted(int64_t count) const {
    return name_ + ": " + counted_text(count, "pair") + " (" + percent_text(count, audit_.pairs) + ") ";
  }

  void add_pairs(const FoundPairs& found, double grave_share, const std::string& text) {
    if (found.count == 0) return;
    findings_.push_back(
        {share(found.count, audit_.pairs) > grave_share, counted(found.count) + text, line_places(audit_, found), ""});
  }

  void add_shifts() {
    for (const ShiftedBlock& block : audit_.shifts) {
      const std::string moved = counted_text(std::abs(block.shift), "line") + (block.shift > 0 ? " later" : " earlier");
      findings_.push_back(
          {true,
           name_ + ": a block seems to be shifted: its sources belong to the targets " + moved,
           {audit_.place(block.begin) + " to " + audit_.place(block.end - 1),
            fmt::format(
                "correlation of the lengths: {:.2f} as they stand, {:.2f} shifted; pairs with a word in common: "
                "{:.0f} %, {:.0f} % shifted",
                block.correlation_here, block.correlation_shifted, 100 * block.sharing_here,
                100 * block.sharing_shifted)},
           ""});
    }
  }

  void add_unfit() {
    const double many = is_training_ ? kManyDropped : kManyCut;
    const std::string dropped = is_training_ ? "dropped" : "";
    add_pairs(audit_.invalid, many, "with a side that is not UTF-8, " + (is_training_ ? dropped : "read as empty"));
    add_pairs(audit_.empty, many, "with an empty side, " + (is_training_ ? dropped : "kept"));
    const bool drops = is_training_ && data_.too_long == TooLong::kDrop;
    add_pairs(audit_.too_long, many,
              "longer than " + limits_text(data_) + ", " +
                  (drops             ? dropped
                   : name_ == "test" ? "whose sources are cut there"
                                     : "cut there"));
  }

  void add_side(const std::string& side_name, const SideAudit& side) {
    const int64_t pieces = side.pieces.total();
    if (!copies_words_ && share(side.odd.unknown, pieces) > kManyUnknown)
      findings_.push_back({true,
                           fmt::format("{} {}: {} of the pieces are unknown, which a model can neither read nor write",
                                       name_, side_name, percent_text(side.odd.unknown, pieces)),
                           {},
                           ""});
    if (side.outside.empty()) return;
    Found<OutsideCharacter> found;
    int64_t times = 0;
    for (const OutsideCharacter& one : side.outside) {
      found.add(one);
      times += one.count;
    }
    found.count = std::ssize(side.outside);
    findings_.push_back(
        finding(false,
                fmt::format("{} {}: {} outside the tokenizer, {} of its characters", name_, side_name,
                            counted_text(found.count, "character"), percent_text(times, side.characters)),
                found, [this](const OutsideCharacter& one) {
                  return fmt::format("{}, {}, first in {}", named(one.character), counted_text(one.count, "time"),
                                     audit_.place(one.first_pair));
                }));
  }

  void add_changed() {
    if (copies_words_ || !split_.counts || split_.counts->changed == 0) return;
    const int64_t count = split_.counts->changed;
    findings_.push_back(
        {share(count, audit_.pairs) > kManyChanged,
         counted(count) + "whose target does not come back from the tokenizer: no translation equals it",
         {"the first is " + split_.first_changed},
         ""});
  }

  void add_ratio() {
    const LengthRatio& ratio = audit_.ratio;
    add_pairs(ratio.outliers, kManyOutliers,
              fmt::format("whose lengths do not go together: target / source below {:.2g} or above {:.2g} in "
                          "characters, the median being {:.2g}",
                          ratio.low, ratio.high, ratio.median));
  }

  void add_equal() { add_pairs(audit_.equal_sides, kManyEqual, "whose source and target are equal"); }

  void add_repeats() {
    const auto add = [&](const FoundMatches& found, const std::string& text, const std::string& relation) {
      if (found.count == 0) return;
      findings_.push_back(finding(share(found.count, audit_.pairs) > kManyRepeats, counted(found.count) + text, found,
                                  [&](const PairMatch& match) { return repeat_text(match, relation); }));
    };
    add(audit_.repeats.pairs, "seen before", " is ");
    add(audit_.repeats.sources, "with a source seen before and another target", " has the source of ");
  }

  // "train.en:12 is line 3"
  std::string repeat_text(const PairMatch& match, const std::string& relation) const {
    const PairPlace other = audit_.where(match.other);
    const bool same_file = audit_.where(match.pair).file == other.file;
    return audit_.place(match.pair) + relation +
           (same_file ? "line " + std::to_string(other.line) : audit_.place(match.other));
  }

  const AuditResult::Split& split_;
  const std::string& name_;
  const CorpusAudit& audit_;
  const bool is_training_;
  const DataConfig& data_;
  bool copies_words_;
  std::vector<Sheet::Finding>& findings_;
};

// What is learned cannot be measured: a pair of the training corpus in another is grave, however few there are.
void add_overlap(const AuditResult& result, const AuditResult::Overlap& overlap,
                 std::vector<Sheet::Finding>& findings) {
  const auto &of = result.splits.at(overlap.of), &in = result.splits.at(overlap.in);
  const auto add = [&](const FoundMatches& found, const std::string& what, const std::string& relation, bool is_grave) {
    if (found.count == 0) return;
    const std::string text = fmt::format("{}: {} ({}) {} {}", of.name, counted_text(found.count, "pair"),
                                         percent_text(found.count, of.audit.pairs), what, in.name);
    findings.push_back(finding(
        is_grave || share(found.count, of.audit.pairs) > kManyShared, text, found,
        [&](const PairMatch& match) { return of.audit.place(match.pair) + relation + in.audit.place(match.other); }));
  };
  add(overlap.repeats.pairs, "also in", " is ", in.name == "train");
  add(overlap.repeats.sources, "with a source, but another target, of", " has the source of ", false);
}

}  // namespace

std::string percent_text(int64_t part, int64_t whole) {
  const double percent = 100 * share(part, whole);
  return part > 0 && percent < 0.05 ? "< 0.1 %" : fmt::format("{:.1f} %", percent);
}

std::string counted_text(int64_t count, const std::string& one) {
  return count_text(count) + " " + one + (count == 1 ? "" : "s");
}

std::vector<Sheet::Finding> audit_findings(const AuditResult& result) {
  std::vector<Sheet::Finding> findings;
  for (const AuditResult::Overlap& overlap : result.overlaps) add_overlap(result, overlap, findings);
  const bool copies = copies_words(result.config.model, result.tokenizers);
  for (const AuditResult::Split& split : result.splits)
    SplitFindings(split, result.config.data, copies, findings).add_all();
  std::stable_partition(findings.begin(), findings.end(), [](const Sheet::Finding& one) { return one.is_grave; });
  if (findings.empty()) findings.push_back({false, "nothing was found that deserves a look", {}, ""});
  return findings;
}

}  // namespace heed
