#include "train/train_state.h"

#include <fmt/format.h>

#include <cmath>
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

// What runs that began before 26 November 2026 have not written.
template <class State, class Visitor>
void for_each_later_field(State& state, Visitor visit) {
  visit("validated_step", state.validated_step);
  visit("validation_fingerprint", state.validation_fingerprint);
}

nlohmann::json number_or_null(const std::optional<double>& value) {
  return value ? nlohmann::json(*value) : nlohmann::json(nullptr);
}

std::optional<double> read_number(const nlohmann::json& value) {
  return value.is_null() ? std::nullopt : std::optional(value.get<double>());
}

}  // namespace

bool TrainState::note_validation(double score, double loss) {
  validated_step = step;
  const bool equal_and_nearer = score == best_score && loss < best_loss.value_or(loss);
  if (std::isfinite(score) && (!best_score || score > *best_score || equal_and_nearer)) {
    best_score = score;
    best_loss = loss;
    best_step = step;
    stalled = 0;
    return true;
  }
  ++stalled;
  return false;
}

void TrainState::forget_best() {
  best_score.reset();
  best_loss.reset();
  stalled = 0;
}

std::string TrainState::to_json() const {
  nlohmann::json json;
  const auto write = [&](const char* name, const auto& value) { json[name] = value; };
  for_each_field(*this, write);
  for_each_later_field(*this, write);
  json["best_score"] = number_or_null(best_score);
  json["best_loss"] = number_or_null(best_loss);
  return json.dump(2) + "\n";
}

TrainState TrainState::from_json(const std::string& text, const std::string& origin) {
  try {
    const nlohmann::json json = nlohmann::json::parse(text);
    TrainState state;
    for_each_field(state, [&](const char* name, auto& value) { json.at(name).get_to(value); });
    state.validated_step = state.step;
    for_each_later_field(state, [&](const char* name, auto& value) {
      if (json.contains(name)) json.at(name).get_to(value);
    });
    state.best_score = read_number(json.at("best_score"));
    state.best_loss = read_number(json.value("best_loss", nlohmann::json(nullptr)));
    return state;
  } catch (const nlohmann::json::exception& error) {
    throw CheckpointError(fmt::format("{}: not a training state: {}", origin, error.what()));
  }
}

}  // namespace heed
