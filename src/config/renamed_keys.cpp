#include "config/renamed_keys.h"

#include <string>

namespace heed {
namespace {

// Only training sets run.cpu.
bool is_dump(const YAML::Node& document) {
  return document.IsMap() && document["run"] && document["run"].IsMap() && document["run"]["cpu"];
}

YAML::Node taken(YAML::Node section, const std::string& key) {
  YAML::Node value = YAML::Clone(section[key]);
  section.remove(key);
  return value;
}

}  // namespace

YAML::Node in_present_keys(YAML::Node document) {
  if (!is_dump(document)) return document;
  YAML::Node model = document["model"];
  if (!model || !model.IsMap() || !model["attention"] || !model["attention_score"]) return document;
  model["recurrence"] = taken(model, "attention");
  const auto score = taken(model, "attention_score").as<std::string>("");
  const bool counts = model["recurrence"].as<std::string>("") == "luong";
  if (counts) model["cross_attention"]["score"] = score == "concat" ? "additive" : score;
  return document;
}

}  // namespace heed
