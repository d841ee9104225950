#include "report/attention_json.h"

#include <fmt/format.h>

#include <cmath>
#include <iterator>

#include "report/json_text.h"

namespace heed {

namespace {

void append_rounded(float weight, std::string& json) {
  std::string text = fmt::format("{:.4f}", weight);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  json += text == "-0" ? "0" : text;
}

void append_weight(float weight, WeightDigits digits, std::string& json) {
  if (!std::isfinite(weight)) {
    json += "null";
  } else if (digits == WeightDigits::kFour) {
    append_rounded(weight, json);
  } else {
    fmt::format_to(std::back_inserter(json), "{}", weight);
  }
}

std::string axis_json(const AttentionAxis& axis) {
  std::string tokens, words;
  for (const std::string& token : axis.tokens) tokens += (tokens.empty() ? "" : ", ") + json_text(token);
  for (const int word : axis.words) words += (words.empty() ? "" : ", ") + std::to_string(word);
  return fmt::format(R"({{"tokens": [{}], "words": [{}]}})", tokens, words);
}

std::string map_json(const AttentionMap& map, WeightDigits digits) {
  std::string json = fmt::format(R"({{"kind": "{}", "layer": {}, "head": {}, "weights": [)",
                                 attention_kind_name(map.kind), map.layer, map.head);
  for (int64_t row = 0; row < map.rows; ++row) {
    json += row == 0 ? "[" : ",\n[";
    for (int64_t column = 0; column < map.columns; ++column) {
      if (column > 0) json += ',';
      append_weight(map.weights[static_cast<size_t>(row * map.columns + column)], digits, json);
    }
    json += ']';
  }
  return json + "]}";
}

std::string fields_json(const AttentionView& view, WeightDigits digits) {
  check_attention(view);
  std::string json = fmt::format("\"source\": {},\n\"target\": {},\n\"target_input\": {},\n\"maps\": [",
                                 axis_json(view.source), axis_json(view.target), axis_json(view.target_input));
  for (size_t i = 0; i < view.maps.size(); ++i) json += (i == 0 ? "\n" : ",\n") + map_json(view.maps[i], digits);
  return json + "]";
}

}  // namespace

std::string attention_json(const AttentionView& view, WeightDigits digits) {
  return "{" + fields_json(view, digits) + "}\n";
}

std::string comparison_json(const std::vector<ModelAttention>& models, WeightDigits digits) {
  std::string json = "{\"models\": [";
  for (size_t i = 0; i < models.size(); ++i)
    json += fmt::format("{}{{\"model\": {},\n{}}}", i == 0 ? "\n" : ",\n", json_text(models[i].model),
                        fields_json(models[i].view, digits));
  return json + "]}\n";
}

}  // namespace heed
