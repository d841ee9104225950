#include "train/train_state.h"

#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <set>

#include "core/error.h"
#include "core/json_object.h"

namespace heed {
namespace {

// One list of fields serves writing and reading. Counts begin at 0, or at a third argument.
template <class State, class Visitor>
void for_each_field(State& state, Visitor visit) {
  visit("step", state.step);
  visit("epoch", state.epoch, 1);
  visit("batch", state.batch);
  visit("target_tokens", state.target_tokens);
  visit("bad_updates", state.bad_updates);
  visit("bad_in_row", state.bad_in_row);
  visit("corpus_fingerprint", state.corpus_fingerprint);
}

template <class Standing, class Visitor>
void for_each_field_of_standing(Standing& standing, Visitor visit) {
  visit("best_score", standing.best_score);
  visit("best_step", standing.best_step);
  visit("stalled", standing.stalled);
}

// What runs that began before 27 November 2026 have not written.
template <class State, class Visitor>
void for_each_later_field(State& state, Visitor visit) {
  visit("validation_fingerprint", state.validation_fingerprint);
  visit("alignment_fingerprint", state.alignment_fingerprint);
}

template <class Standing, class Visitor>
void for_each_later_field_of_standing(Standing& standing, Visitor visit) {
  visit("best_loss", standing.best_loss);
  visit("validated_step", standing.validated_step);
}

// Adds a state's fields to an object.
struct FieldWriter {
  nlohmann::json& json;

  void operator()(const char* name, const std::string& value) const { json[name] = value; }
  void operator()(const char* name, int64_t value, int64_t /*least*/ = 0) const { json[name] = value; }
  void operator()(const char* name, const std::optional<double>& value) const {
    json[name] = value ? nlohmann::json(*value) : nlohmann::json(nullptr);
  }
};

// Reads them from one, each by its kind and range, and notes their names.
struct FieldReader {
  const JsonObject& json;
  std::set<std::string>& known;

  void operator()(const std::string& name, std::string& value) const {
    known.insert(name);
    value = json.text_of(name);
  }
  void operator()(const std::string& name, int64_t& value, int64_t least = 0) const {
    known.insert(name);
    value = json.count_of(name, least);
  }
  void operator()(const std::string& name, std::optional<double>& value) const {
    known.insert(name);
    value = json.optional_number_of(name);
  }
};

// The same where they need not be there.
struct LaterFieldReader {
  FieldReader reader;

  template <class Value>
  void operator()(const std::string& name, Value& value) const {
    reader.known.insert(name);
    if (reader.json.has(name)) reader(name, value);
  }
};

nlohmann::json json_of(const TrainState::Standing& standing) {
  nlohmann::json json;
  for_each_field_of_standing(standing, FieldWriter{json});
  for_each_later_field_of_standing(standing, FieldWriter{json});
  return json;
}

// `step` is the run's, which no validation can be beyond.
TrainState::Standing standing_of(const JsonObject& json, int64_t step, std::set<std::string>& known) {
  TrainState::Standing standing;
  standing.validated_step = step;
  if (!json.object().contains("best_score")) json.refuse("best_score", "a number or null");
  for_each_field_of_standing(standing, FieldReader{json, known});
  for_each_later_field_of_standing(standing, LaterFieldReader{{json, known}});
  const std::string to_step = fmt::format("0 to {}, the step", step);
  if (standing.best_step > step) json.refuse("best_step", to_step);
  if (standing.validated_step > step) json.refuse("validated_step", to_step);
  return standing;
}

TrainState state_of(const JsonObject& json) {
  TrainState state;
  std::set<std::string> known = {"on_schedule"};
  for_each_field(state, FieldReader{json, known});
  for_each_later_field(state, LaterFieldReader{{json, known}});
  state.standing = standing_of(json, state.step, known);
  if (state.bad_in_row > state.bad_updates)
    json.refuse("bad_in_row", fmt::format("0 to {}, the bad updates in all", state.bad_updates));
  json.require_no_keys_but(known);
  if (!json.object().contains("on_schedule")) return state;
  std::set<std::string> known_inside;
  const JsonObject before = json.object_of("on_schedule");
  state.on_schedule = standing_of(before, state.step, known_inside);
  before.require_no_keys_but(known_inside);
  return state;
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
  nlohmann::json json = json_of(standing);
  for_each_field(*this, FieldWriter{json});
  for_each_later_field(*this, FieldWriter{json});
  if (on_schedule) json["on_schedule"] = json_of(*on_schedule);
  return json.dump(2) + "\n";
}

TrainState TrainState::from_json(const std::string& text, const std::string& origin) {
  try {
    return state_of(JsonObject::parse(text, origin));
  } catch (const DataError& error) {
    throw CheckpointError(error.what());
  }
}

}  // namespace heed
