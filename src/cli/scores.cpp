#include "cli/scores.h"

#include <nlohmann/json.hpp>

#include "core/line_writer.h"

namespace heed {
namespace {

std::string json_form(const std::vector<Score>& scores) {
  auto list = nlohmann::ordered_json::array();
  for (const auto& score : scores) {
    nlohmann::ordered_json entry = {{"name", score.name}, {"score", score.score}, {"signature", score.signature}};
    for (const auto& [part, value] : score.parts) entry[part] = value;
    list.push_back(std::move(entry));
  }
  return nlohmann::ordered_json{{"scores", list}}.dump(1) + "\n";
}

}  // namespace

std::string format_scores(const std::vector<Score>& scores, ScoreFormat format) {
  if (format == ScoreFormat::kJson) return json_form(scores);
  std::string text;
  for (const auto& score : scores) text += score.text + "\n  " + score.signature + "\n";
  return text;
}

void print_scores(const std::vector<Score>& scores, ScoreFormat format) { print_text(format_scores(scores, format)); }

}  // namespace heed
