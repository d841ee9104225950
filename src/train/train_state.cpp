#include "train/train_state.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "core/error.h"

namespace heed {
namespace {

// One list of fields serves writing and reading.
template <class State, class Visitor>
void for_each_field(State& state, Visitor visit) {
  visit("step", state.step);
  visit("epoch", state.epoch);
  visit("batch", state.batch);
  visit("target_tokens", state.target_tokens);
  visit("bad_updates", state.bad_updates);
  visit("bad_in_row", state.bad_in_row);
  visit("best_step", state.best_step);
  visit("stalled", state.stalled);
  visit("corpus_fingerprint", state.corpus_fingerprint);
}

}  // namespace

std::string TrainState::to_json() const {
  nlohmann::json json;
  for_each_field(*this, [&](const char* name, const auto& value) { json[name] = value; });
  json["best_score"] = best_score ? nlohmann::json(*best_score) : nlohmann::json(nullptr);
  return json.dump(2) + "\n";
}

TrainState TrainState::from_json(const std::string& text, const std::string& origin) {
  try {
    const nlohmann::json json = nlohmann::json::parse(text);
    TrainState state;
    for_each_field(state, [&](const char* name, auto& value) { json.at(name).get_to(value); });
    if (!json.at("best_score").is_null()) state.best_score = json.at("best_score").get<double>();
    return state;
  } catch (const nlohmann::json::exception& error) {
    throw CheckpointError(fmt::format("{}: not a training state: {}", origin, error.what()));
  }
}

}  // namespace heed
