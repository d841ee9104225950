#include "model/graphed_steps.h"

#include <ATen/ops/empty.h>
#include <ATen/ops/zeros.h>
#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <utility>

#include "core/logging.h"
#include "nn/attention/attention_options.h"
#include "tensor/block_parts.h"
#include "tensor/more_rows.h"

namespace heed {
namespace {

constexpr int64_t kFirstLength = 128;  // positions, doubled when they are used up
constexpr int64_t kFirstSteps = 16;    // that the caches have room for at first, likewise
constexpr int64_t kFewestRows = 8;

// The next power of two, or three quarters of it.
int64_t rounded_up(int64_t rows) {
  int64_t size = kFewestRows;
  while (size < rows) size *= 2;
  return size > kFewestRows && rows <= size / 4 * 3 ? size / 4 * 3 : size;
}

Segments equal_segments(int64_t count, int64_t distance, int64_t length) {
  std::vector<int32_t> starts;
  for (int64_t i = 0; i < count; ++i) starts.push_back(static_cast<int32_t>(i * distance));
  return {std::move(starts), std::vector<int32_t>(static_cast<size_t>(count), static_cast<int32_t>(length))};
}

// `to`, if it has room, else a new one with some more, holding what `from` holds.
torch::Tensor placed(const torch::Tensor& from, const torch::Tensor& to) {
  const bool fits = to.defined() && to.size(0) >= from.size(0) && to.size(1) == from.size(1) &&
                    to.scalar_type() == from.scalar_type();
  torch::Tensor place = fits ? to : at::empty({from.size(0) + from.size(0) / 4, from.size(1)}, from.options());
  place.narrow(0, 0, from.size(0)).copy_(from);
  return place;
}

}  // namespace

GraphedSteps::GraphedSteps(TransformerDecoderImpl& decoder, int64_t most_positions)
    : decoder_(decoder),
      most_positions_(most_positions),
      memories_(decoder.layers.size()),
      caches_(decoder.layers.size()) {}

bool GraphedSteps::hold(const ModelConfig& config) {
  return attends_by_kernels(config) && config.cross_attention.reach == ReachType::kGlobal;
}

void GraphedSteps::start(const std::vector<ProjectedMemory>& projections) {
  length_ = next_cache_row_ = 0;
  for (size_t i = 0; i < projections.size(); ++i) {
    const ProjectedMemory before = std::exchange(memories_[i], projections[i]);
    memories_[i].key = placed(projections[i].key, before.key);
    memories_[i].value = placed(projections[i].value, before.value);
    if (projections[i].key_bias.defined()) memories_[i].key_bias = placed(projections[i].key_bias, before.key_bias);
    if (!memories_[i].key.is_same(before.key) || !memories_[i].value.is_same(before.value)) forget_slots();
    if (caches_[i].rows.defined() && caches_[i].rows.scalar_type() == memories_[i].value.scalar_type()) continue;
    caches_[i] = {};
    caches_[i].rows = at::empty({0, 2 * decoder_.layers[i]->self_attention->key_width()}, memories_[i].value.options());
  }
}

void GraphedSteps::forget_slots() {
  slots_.clear();
  pool_.reset();
}

void GraphedSteps::make_room(int64_t rows) {
  const auto options = memories_.front().key.options().dtype(torch::kInt);
  const int64_t longest = key_rows_.defined() ? key_rows_.size(1) : 0;
  if (length_ == longest) {
    const int64_t wanted = std::max(length_ + 1, std::min(std::max(2 * longest, kFirstLength), most_positions_));
    const torch::Tensor wider = at::zeros({std::max(longest > 0 ? key_rows_.size(0) : 0, rows), wanted}, options);
    if (longest > 0) wider.narrow(0, 0, key_rows_.size(0)).narrow(1, 0, longest).copy_(key_rows_);
    key_rows_ = wider;
    forget_slots();
  }
  if (key_rows_.size(0) < rows) {
    const torch::Tensor taller = at::zeros({rows, key_rows_.size(1)}, options);
    taller.narrow(0, 0, key_rows_.size(0)).copy_(key_rows_);
    key_rows_ = taller;
    forget_slots();
  }
  const int64_t needed = next_cache_row_ + rows;
  for (SelfAttentionCache& cache : caches_) {
    if (cache.rows.size(0) >= needed) continue;
    cache.rows = more_rows(cache.rows, std::max(2 * cache.rows.size(0), next_cache_row_ + kFirstSteps * rows));
    forget_slots();
  }
}

GraphedSteps::Slot GraphedSteps::make_slot(int64_t rows) const {
  const int64_t longest = key_rows_.size(1), memory_rows = memories_.front().key.size(0);
  Slot slot;
  slot.queries = equal_segments(rows, 1, 1);
  slot.keys = equal_segments(rows, longest, longest);
  slot.memory = equal_segments(rows, 0, memory_rows);
  const int64_t words = 3 * rows + words_of_segments(slot.keys) + words_of_segments(slot.memory);
  const auto options = torch::TensorOptions(torch::kLong).device(key_rows_.device());
  slot.ids = at::zeros({rows}, options);
  slot.block = at::zeros({words}, options);
  Parts views([&](int64_t first, int64_t size) { return slot.block.narrow(0, first, size); });
  slot.positions = views.next(rows);
  slot.origins = views.next(rows);
  slot.cache_rows = views.next(rows);
  slot.keys = placed_segments(views, slot.keys);
  slot.memory = placed_segments(views, slot.memory);
  return slot;
}

void GraphedSteps::put(Slot& slot, const std::vector<int64_t>& origins, const Segments& memory) const {
  const auto rows = static_cast<size_t>(slot.ids.size(0));
  const bool on_cuda = slot.block.is_cuda();
  const torch::Tensor host = at::empty(slot.block.sizes(), torch::TensorOptions(torch::kLong).pinned_memory(on_cuda));
  auto* to = host.mutable_data_ptr<int64_t>();
  to = std::fill_n(to, rows, length_);
  to = std::fill_n(fill(to, origins), rows - origins.size(), 0);
  std::iota(to, to + rows, next_cache_row_);
  to += rows;
  const Segments keys = equal_segments(slot.ids.size(0), key_rows_.size(1), length_ + 1);
  std::vector<int32_t> starts = memory.starts(), lengths = memory.lengths();
  starts.resize(rows);
  lengths.resize(rows);
  const Segments attended(std::move(starts), std::move(lengths));
  fill_segments(fill_segments(to, keys), attended);
  slot.block.copy_(host, /*non_blocking=*/true);
  if (on_cuda) return;
  slot.keys = keys;  // whose kernels read what the host knows
  slot.memory = attended;
}

torch::Tensor GraphedSteps::step(const Tokens& tokens, const std::vector<int64_t>& origins, const Segments& memory) {
  const int64_t rows = tokens.rows.ids.size(0), size = rounded_up(rows);
  make_room(size);
  auto found = slots_.find(size);
  if (found == slots_.end()) found = slots_.emplace(size, make_slot(size)).first;
  Slot& slot = found->second;
  put(slot, origins, memory);
  slot.ids.narrow(0, 0, rows).copy_(tokens.rows.ids);
  run(slot, [&] { slot.output = hidden(slot, tokens); });
  ++length_;
  next_cache_row_ += size;
  return slot.output.narrow(0, 0, rows);
}

void GraphedSteps::run(Slot& slot, const std::function<void()>& work) {
  if (slot.graph.is_captured()) return slot.graph.replay();
  const bool is_warm = std::exchange(slot.is_warm, true);
  if (!is_warm || !captures_ || !slot.block.is_cuda()) return work();
  if (!pool_) pool_ = std::make_unique<cuda::GraphPool>();
  try {
    return slot.graph.capture(*pool_, work);
  } catch (const c10::OutOfMemoryError&) {
    log_warning("the GPU has no memory for CUDA graphs beside this batch; translating without");
  } catch (const c10::Error& error) {
    log_warning(fmt::format("translating without CUDA graphs: {}", error.what_without_backtrace()));
  }
  captures_ = false;
  for (auto& [rows, other] : slots_) other.graph = {};
  pool_.reset();
  cuda::release_cached_memory();
  work();
}

torch::Tensor GraphedSteps::hidden(const Slot& slot, const Tokens& tokens) {
  const torch::Tensor key_rows = key_rows_.index_select(0, slot.origins);
  key_rows.scatter_(1, slot.positions.unsqueeze(1), slot.cache_rows.to(torch::kInt).unsqueeze(1));
  key_rows_.narrow(0, 0, key_rows.size(0)).copy_(key_rows);
  const Tokens here{tokens.table, {slot.ids, slot.positions, {}, {}}, tokens.type};
  const int64_t longest = key_rows.size(1);
  torch::Tensor x = decoder_.positions->embed(here, longest, {});
  const AttentionPositions encoded = decoder_.positions->attention(here, longest);
  for (size_t i = 0; i < caches_.size(); ++i) {
    SelfAttentionCache& cache = caches_[i];
    cache.key_rows = key_rows;
    cache.queries = slot.queries;
    cache.segments = slot.keys;
    cache.step_rows = slot.cache_rows;
    cache.positions = {.first = longest, .step = 0};  // at the last key
    cache.encoded = encoded;
    ProjectedMemory memory = memories_[i];
    memory.segments = memory.words = slot.memory;
    x = decoder_.layers[i]->step(x, cache, slot.queries, memory);
  }
  return decoder_.norm ? decoder_.norm(x) : x;
}

GraphedState::GraphedState(std::shared_ptr<GraphedSteps> steps, const std::vector<ProjectedMemory>& projections)
    : DecoderState(projections.front().segments), steps_(std::move(steps)), origins_(sentences()) {
  steps_->start(projections);
}

torch::Tensor GraphedState::step(const Tokens& tokens) {
  torch::Tensor hidden = steps_->step(tokens, origins_, memory_of_rows());
  std::iota(origins_.begin(), origins_.end(), 0);  // whoever goes on without a selection
  return hidden;
}

}  // namespace heed
