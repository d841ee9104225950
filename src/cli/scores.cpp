#include "cli/scores.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <nlohmann/json.hpp>

#include "core/error.h"

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

void print_scores(const std::vector<Score>& scores, ScoreFormat format) {
  const std::string text = format_scores(scores, format);
  const bool written = std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0;
  if (!written) throw Error(std::string("standard output: the scores cannot be written: ") + std::strerror(errno));
}

}  // namespace heed
