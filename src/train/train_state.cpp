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
  visit("best_step", state.standing.best_step);
  visit("stalled", state.standing.stalled);
  visit("corpus_fingerprint", state.corpus_fingerprint);
}

// What runs that began before 26 November 2026 have not written.
template <class State, class Visitor>
void for_each_later_field(State& state, Visitor visit) {
  visit("validated_step", state.standing.validated_step);
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
  Standing& s = standing;
  s.validated_step = step;
  const bool equal_and_nearer = score == s.best_score && loss < s.best_loss.value_or(loss);
  if (std::isfinite(score) && (!s.best_score || score > *s.best_score || equal_and_nearer)) {
    s = {score, loss, step, 0, step};
    return true;
  }
  ++s.stalled;
  return false;
}

void TrainState::return_to_schedule() {
  if (on_schedule) standing = *on_schedule;
  on_schedule.reset();
}

void TrainState::forget_best() {
  standing.best_score.reset();
  standing.best_loss.reset();
  standing.stalled = 0;
  on_schedule.reset();
}

std::string TrainState::to_json() const {
  nlohmann::json json;
  const auto write = [&](const char* name, const auto& value) { json[name] = value; };
  for_each_field(*this, write);
  for_each_later_field(*this, write);
  json["best_score"] = number_or_null(standing.best_score);
  json["best_loss"] = number_or_null(standing.best_loss);
  if (on_schedule)
    json["on_schedule"] = {{"best_score", number_or_null(on_schedule->best_score)},
                           {"best_loss", number_or_null(on_schedule->best_loss)},
                           {"best_step", on_schedule->best_step},
                           {"stalled", on_schedule->stalled},
                           {"validated_step", on_schedule->validated_step}};
  return json.dump(2) + "\n";
}

TrainState TrainState::from_json(const std::string& text, const std::string& origin) {
  try {
    const nlohmann::json json = nlohmann::json::parse(text);
    TrainState state;
    for_each_field(state, [&](const char* name, auto& value) { json.at(name).get_to(value); });
    state.standing.validated_step = state.step;
    for_each_later_field(state, [&](const char* name, auto& value) {
      if (json.contains(name)) json.at(name).get_to(value);
    });
    state.standing.best_score = read_number(json.at("best_score"));
    state.standing.best_loss = read_number(json.value("best_loss", nlohmann::json(nullptr)));
    if (json.contains("on_schedule")) {
      const nlohmann::json& before = json.at("on_schedule");
      state.on_schedule = {read_number(before.at("best_score")), read_number(before.at("best_loss")),
                           before.at("best_step"), before.at("stalled"), before.at("validated_step")};
    }
    return state;
  } catch (const nlohmann::json::exception& error) {
    throw CheckpointError(fmt::format("{}: not a training state: {}", origin, error.what()));
  }
}

}  // namespace heed
