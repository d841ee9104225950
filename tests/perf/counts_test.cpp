// What a step of decoding and an update ask of memory, and of weights, counted: allocations by standing in for malloc,
// operations by LibTorch's own observer. No times.
#include <ATen/record_function.h>
#include <gtest/gtest.h>

#include <atomic>
#include <cerrno>
#include <cstddef>
#include <string>
#include <vector>

#include "config/config.h"
#include "core/thread_team.h"
#include "decode/search_sentences.h"
#include "nn/pass.h"
#include "nn/weight_copies.h"
#include "support/tiny_model.h"
#include "support/update_loop.h"
#include "tensor/block_cache.h"

namespace {

struct Allocations {
  explicit Allocations(int64_t bytes) : of_interest(bytes) {}
  const int64_t of_interest;  // `sized`: of so many bytes, or a page more
  std::atomic<int64_t> calls{0}, sized{0}, largest{0};
};
std::atomic<Allocations*> counted{nullptr};

void note(size_t size) {
  Allocations* const to = counted;
  if (to == nullptr) return;
  ++to->calls;
  if (static_cast<int64_t>(size) >= to->of_interest && static_cast<int64_t>(size) <= to->of_interest + 4096)
    ++to->sized;
  for (int64_t before = to->largest; before < static_cast<int64_t>(size);)
    if (to->largest.compare_exchange_weak(before, static_cast<int64_t>(size))) return;
}

}  // namespace

// glibc's own, under the names that it keeps for those who stand in for them.
extern "C" {
void* __libc_malloc(size_t size);
void* __libc_calloc(size_t count, size_t size);
void* __libc_realloc(void* block, size_t size);
void* __libc_memalign(size_t alignment, size_t size);

void* malloc(size_t size) { return note(size), __libc_malloc(size); }
void* calloc(size_t count, size_t size) { return note(count * size), __libc_calloc(count, size); }
void* realloc(void* block, size_t size) { return note(size), __libc_realloc(block, size); }
void* memalign(size_t alignment, size_t size) { return note(size), __libc_memalign(alignment, size); }
void* aligned_alloc(size_t alignment, size_t size) { return note(size), __libc_memalign(alignment, size); }
int posix_memalign(void** block, size_t alignment, size_t size) {
  note(size);
  *block = __libc_memalign(alignment, size);
  return *block == nullptr ? ENOMEM : 0;
}
}

namespace heed::testing {
namespace {

constexpr int64_t kPieces = 8000;

struct Counts {
  int64_t calls, sized, largest;
};

template <class Work>
Counts count(int64_t of_interest, Work work) {
  Allocations allocations(of_interest);
  counted = &allocations;
  work();
  counted = nullptr;
  return {allocations.calls, allocations.sized, allocations.largest};
}

ModelConfig small_transformer() {
  ModelConfig config;  // 3 + 3 layers of 256
  config.dropout = 0.1;
  return config;
}

class Counted : public ::testing::Test {
 protected:
  void SetUp() override {
    set_num_threads(1);
    cache_small_blocks();
  }
};

constexpr int64_t kSentences = 16, kBeam = 5, kLogits = kSentences * kBeam * kPieces * 4;  // bytes of a step's, in fp32

// Of a search with that beam, all hypotheses of `length` tokens.
Counts of_search(EncoderDecoder& model, const Memory& memory, int64_t length) {
  DecodeConfig search;
  search.beam_size = kBeam;
  search.min_length = search.max_length = length;
  search.max_length_ratio = 0;
  return count(kLogits, [&] { search_sentences(model, memory, search, SpecialIds()); });
}

TEST_F(Counted, AStepOfDecodingAllocatesLittleAndOneMatrixOfLogits) {
  const torch::NoGradGuard no_grad;
  EncoderDecoder model = tiny_model(small_transformer(), kPieces);
  for (const ProductNumbers numbers : {ProductNumbers::kOwn, ProductNumbers::kBFloat16, ProductNumbers::kInt8}) {
    FrozenWeights frozen(numbers);
    const UseFrozen use(frozen);
    const Batch batch =
        random_batch(std::vector<int64_t>(kSentences, 14), std::vector<int64_t>(kSentences, 1), 1, kPieces);
    Pass none;
    const Memory memory = model->encode(batch.source_ids, batch.source_segments, none);
    of_search(model, memory, 40);  // weights are laid out, blocks are kept
    const Counts few = of_search(model, memory, 10), many = of_search(model, memory, 40);
    const int64_t steps = 30;
    EXPECT_LE((many.calls - few.calls) / steps, 1300);
    EXPECT_EQ(many.sized - few.sized, steps) << "one matrix of logits a step, and none of log probabilities";
  }
}

// Weights that an operation of LibTorch makes another type of.
std::atomic<int64_t> conversions{0};
thread_local const torch::Tensor* weights = nullptr;

std::unique_ptr<at::ObserverContext> note_conversion(const at::RecordFunction& function) {
  const std::string name = function.name();
  if (weights == nullptr || name != "aten::copy_") return nullptr;  // which all of them come to
  const auto inputs = function.inputs();
  if (inputs.size() > 1 && inputs[1].isTensor() && inputs[1].toTensor().is_alias_of(*weights)) ++conversions;
  return nullptr;
}

TEST_F(Counted, AnUpdateConvertsNoWeightsAndHoldsAPartOfTheLogits) {
  Config config;
  config.model = small_transformer();
  EncoderDecoder model = tiny_model(config.model, kPieces);
  model->set_compute_type(torch::kBFloat16);
  UpdateLoop loop(config, model);
  const Batch batch = random_batch(std::vector<int64_t>(256, 15), std::vector<int64_t>(256, 15), 1, kPieces);
  loop.update(batch);
  const auto handle = at::addGlobalCallback(
      at::RecordFunctionCallback(note_conversion).needsInputs(true).scopes({at::RecordScope::FUNCTION}));
  weights = &loop.parameters().weights();
  constexpr int64_t kAllLogits = 4096 * kPieces * 2;  // bytes, in bf16
  const Counts counts = count(kAllLogits, [&] { loop.update(batch); });
  EXPECT_EQ(conversions, 0);
  loop.parameters().weights().to(torch::kBFloat16);  // is seen
  EXPECT_EQ(conversions, 1);
  weights = nullptr;
  at::removeCallback(handle);
  EXPECT_LE(counts.largest, kAllLogits / 7) << "logits of 512 rows, and what is as wide as a feed-forward layer";
  EXPECT_LE(counts.calls, 10500);
}

}  // namespace
}  // namespace heed::testing
