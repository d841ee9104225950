#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "eval/significance.h"

namespace heed {

// What systems wrote beside references, and their scores. The first system is the baseline of the p-values.
struct SystemsView {
  struct Metric {
    std::string name, signature;
    bool less_is_better = false;
  };
  struct Result {  // of a system by a metric
    double score = 0;
    std::optional<Interval> interval;
    std::optional<double> p_value;
  };
  struct System {
    std::string name;
    std::vector<Result> results;  // by metric
  };
  struct Line {
    std::vector<std::string> references, translations;
    std::vector<double> scores;  // of each translation by each metric: translation * metrics + metric
  };
  std::vector<Metric> metrics;
  std::vector<System> systems;
  std::vector<std::string> references;  // their names
  std::vector<Line> lines;
};

// {"metrics": [{"name": "BLEU", "less": false}, ...], "systems": ["a", ...], "references": ["r", ...],
//  "lines": [{"r": [["The", " dog"], ...], "t": [[...], ...], "s": [31.2, ...]}, ...]}
// Texts as text_tokens has them, strings as json_text; a score that is no number is null.
std::string systems_json(const SystemsView& view);

// One HTML page that holds everything it needs (no network), light and dark: the table of scores, and the lines, a
// reference beside what two systems (or one) wrote, words that differ marked, sorted by the difference of any metric,
// filtered by a text. Lines come into the page as they are scrolled to. Throws std::invalid_argument unless there are a
// metric, a system and a reference, and as many results, texts and scores as these ask for.
std::string systems_page(const SystemsView& view, std::string_view title);

}  // namespace heed
