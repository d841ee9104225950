#include "kernels/flash_attention.h"

#include <ATen/Context.h>
#include <ATen/ops/_flash_attention_backward.h>
#include <ATen/ops/_flash_attention_forward.h>

namespace heed {
namespace {

constexpr int64_t kLargestHead = 256;
constexpr bool kIsCausal = false;  // the reach says so, as a window of none ahead

// FlashAttention adds the query's gradient by atomics, in no fixed order, unless deterministic algorithms are asked
// for. Those would also fill every new tensor with NaN: not wanted.
class DeterministicScope {
 public:
  DeterministicScope() {
    context_.setDeterministicAlgorithms(true, /*warn_only=*/false);
    context_.setDeterministicFillUninitializedMemory(false);
  }
  ~DeterministicScope() {
    context_.setDeterministicAlgorithms(before_, warned_);
    context_.setDeterministicFillUninitializedMemory(filled_);
  }
  DeterministicScope(const DeterministicScope&) = delete;
  DeterministicScope& operator=(const DeterministicScope&) = delete;

 private:
  at::Context& context_ = at::globalContext();
  bool before_ = context_.deterministicAlgorithms(), warned_ = context_.deterministicAlgorithmsWarnOnly();
  bool filled_ = context_.deterministicFillUninitializedMemory();
};

at::Tensor heads_of(const at::Tensor& rows, int64_t num_heads) {  // (N, D) -> (N, H, K), a view
  return rows.unflatten(1, {num_heads, rows.size(1) / num_heads});
}

std::optional<int64_t> limit(int64_t keys) { return keys == Reach::kUnlimited ? std::nullopt : std::optional(keys); }

// FlashAttention's windows are those of sentences whose last query stands at the last key.
bool has_flash_window(const AttentionProblem& problem) {
  const bool whole_sentences =
      problem.positions == QueryPositions{} && problem.queries.lengths() == problem.keys.lengths();
  return problem.reach == kGlobalReach || (problem.reach.stride == 1 && whole_sentences);
}

struct Call {
  Call(const QueryKeyValue& x, const AttentionProblem& problem)
      : query(heads_of(x.query, problem.num_heads)),
        key(heads_of(x.key, problem.num_heads)),
        value(heads_of(x.value, problem.num_heads)),
        query_ends(problem.queries.on(query.device()).starts),
        key_ends(problem.keys.on(query.device()).starts),
        max_query_length(problem.queries.max_length()),
        max_key_length(problem.keys.max_length()),
        scale(problem.scale_of(query.size(2))),
        behind(limit(problem.reach.behind)),
        ahead(limit(problem.reach.ahead)) {}

  auto forward() const {
    return at::_flash_attention_forward(query, key, value, query_ends, key_ends, max_query_length, max_key_length,
                                        /*dropout_p=*/0, kIsCausal, /*return_debug_mask=*/false, scale, behind, ahead);
  }

  at::Tensor query, key, value, query_ends, key_ends;
  int64_t max_query_length, max_key_length;
  double scale;
  std::optional<int64_t> behind, ahead;
};

}  // namespace

bool flash_fits(const QueryKeyValue& x, const AttentionProblem& problem) {
  const int64_t head_size = x.query.size(1) / problem.num_heads;
  const bool plain = !problem.key_rows.defined() && !problem.has_bias() && problem.key_heads() == problem.num_heads;
  return x.query.scalar_type() == at::kBFloat16 && head_size % 8 == 0 && head_size <= kLargestHead &&
         problem.dropout.rate == 0 && plain && has_flash_window(problem) && problem.queries.num_rows() > 0 &&
         problem.queries.is_packed() && problem.keys.is_packed();
}

at::Tensor flash_attention(const QueryKeyValue& x, const AttentionProblem& problem) {
  return std::get<0>(Call(x, problem).forward()).reshape({x.query.size(0), x.query.size(1)});
}

void flash_attention_backward(const QueryKeyValue& x, const AttentionProblem& problem,
                              const at::Tensor& output_gradient, const QueryKeyValue& gradients) {
  const Call call(x, problem);
  const auto [output, log_sums, seed, unused, mask] = call.forward();
  const DeterministicScope deterministic;
  const auto [dq, dk, dv] = at::_flash_attention_backward(
      heads_of(output_gradient, problem.num_heads), call.query, call.key, call.value, output, log_sums, call.query_ends,
      call.key_ends, call.max_query_length, call.max_key_length, /*dropout_p=*/0, kIsCausal, seed, unused, call.scale,
      call.behind, call.ahead);
  heads_of(gradients.query, problem.num_heads).copy_(dq);
  heads_of(gradients.key, problem.num_heads).copy_(dk);
  heads_of(gradients.value, problem.num_heads).copy_(dv);
}

}  // namespace heed
