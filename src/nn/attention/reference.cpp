#include "nn/attention/reference.h"

#include <ATen/ops/arange.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/exp.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/tanh.h>
#include <ATen/ops/zeros_like.h>
#include <torch/csrc/autograd/autograd.h>
#include <torch/csrc/autograd/custom_function.h>

#include <algorithm>
#include <atomic>

#include "kernels/attention.h"
#include "nn/attention/for_sentences.h"
#include "nn/attention/key_mask.h"
#include "nn/attention/normalize.h"
#include "tensor/arithmetic_type.h"

namespace heed {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

std::atomic<int64_t> calls{0};

// The tensors of one sentence, or of all: rows of queries and keys, and what belongs to all sentences alike. Undefined
// where a problem has none.
struct Inputs {
  torch::Tensor query, key, value, key_bias, centres, slope;  // rows
  torch::Tensor distance_bias, score_vector;                  // shared

  template <class Body>
  static void for_each(Body body) {
    for (const auto member : {&Inputs::query, &Inputs::key, &Inputs::value, &Inputs::key_bias, &Inputs::centres,
                              &Inputs::slope, &Inputs::distance_bias, &Inputs::score_vector})
      body(member);
  }
  std::vector<torch::Tensor> defined() const {
    std::vector<torch::Tensor> all;
    for_each([&](auto member) {
      if ((this->*member).defined()) all.push_back(this->*member);
    });
    return all;
  }
};

Inputs inputs_of(const QueryKeyValue& x, const AttentionProblem& problem) {
  return {x.query,
          x.key,
          x.value,
          problem.key_bias,
          problem.centres,
          problem.coverage_slope,
          problem.distance_bias,
          problem.score_vector};
}

// One sentence of a problem.
class Sentence {
 public:
  Sentence(const AttentionProblem& of, const Inputs& all, int64_t b)
      : problem_(of),
        sentence_(b),
        first_query_(of.queries.starts()[static_cast<size_t>(b)]),
        num_queries_(of.queries.lengths()[static_cast<size_t>(b)]),
        first_key_(of.keys.starts()[static_cast<size_t>(b)]),
        num_keys_(of.keys.lengths()[static_cast<size_t>(b)]),
        inputs_{query_rows(all.query),   key_rows(all.key),     key_rows(all.value), key_rows(all.key_bias),
                query_rows(all.centres), query_rows(all.slope), all.distance_bias,   all.score_vector} {}

  // As leaves of a graph of the sentence's own.
  void detach() {
    Inputs::for_each([&](auto member) {
      torch::Tensor& input = inputs_.*member;
      if (input.defined()) input = input.detach().requires_grad_();
    });
  }
  const Inputs& inputs() const { return inputs_; }

  // (H, Lq, Lk)
  torch::Tensor weights() const {
    if (inputs_.slope.defined()) return covering_weights();
    const torch::Tensor weights = normalize(problem_.normalizer, scores());
    return inputs_.centres.defined() ? weights * nearness() : weights;
  }
  // (Lq, D)
  torch::Tensor output(const torch::Tensor& weights) const {
    torch::Tensor kept = weights;
    if (problem_.dropout.rate > 0)
      kept = weights * attention_dropout_factors(problem_, sentence_).to(weights.options());
    return at::matmul(kept, key_heads(inputs_.value)).transpose(0, 1).flatten(1).to(inputs_.query.scalar_type());
  }

  // Where the rows of a gradient belong, in one of all sentences.
  torch::Tensor query_rows(const torch::Tensor& all) const {
    return all.defined() ? all.narrow(0, first_query_, num_queries_) : all;
  }
  torch::Tensor key_rows(const torch::Tensor& all) const {
    if (!all.defined()) return all;
    if (!problem_.key_rows.defined()) return all.narrow(0, first_key_, num_keys_);
    return all.index_select(0, problem_.key_rows.flatten().narrow(0, first_key_, num_keys_));
  }

 private:
  int64_t position(int64_t query) const { return position_of(problem_.positions, query, num_keys_); }

  torch::Tensor heads(const torch::Tensor& rows, int64_t num_heads) const {  // (heads, L, columns of a head)
    return rows.to(arithmetic_type(rows.scalar_type())).unflatten(1, {num_heads, -1}).transpose(0, 1);
  }
  // Columns in key heads, once for each of the query heads that share one: (H, Lk, columns of a head)
  torch::Tensor key_heads(const torch::Tensor& rows) const {
    return heads(rows, problem_.key_heads()).repeat_interleave(problem_.num_heads / problem_.key_heads(), 0);
  }

  // (H, Lq, Lk) of a table of distances: to each query the part of it that lies around its position. Its gradient is
  // summed entry by entry, so that a GPU repeats its bits.
  torch::Tensor by_distance(const torch::Tensor& table) const {
    torch::Tensor first = torch::empty({num_queries_}, torch::kLong);
    auto entries = first.accessor<int64_t, 1>();
    for (int64_t i = 0; i < num_queries_; ++i) entries[i] = table.size(1) / 2 - position(i);
    return table.unfold(1, num_keys_, 1).index_select(1, first.to(table.device()));
  }
  torch::Tensor fit() const {
    const torch::Tensor q = heads(inputs_.query, problem_.num_heads), k = key_heads(inputs_.key);
    if (problem_.score == ScoreFunction::kProduct)
      return at::matmul(q, k.transpose(1, 2)) * problem_.scale_of(q.size(2));
    const torch::Tensor sums = at::tanh(q.unsqueeze(2) + k.unsqueeze(1));  // (H, Lq, Lk, K)
    return (sums * inputs_.score_vector.to(q.scalar_type()).view({problem_.num_heads, 1, 1, -1})).sum(3);
  }
  torch::Tensor scores() const {
    torch::Tensor scores = fit();
    if (inputs_.key_bias.defined()) scores = scores + key_heads(inputs_.key_bias).transpose(1, 2);
    if (inputs_.distance_bias.defined()) scores = scores + by_distance(inputs_.distance_bias);
    if (problem_.reach == kGlobalReach && !inputs_.centres.defined()) return scores;
    const torch::Tensor places = inputs_.centres.defined() ? centres() : torch::Tensor();
    return scores + key_mask(problem_, num_queries_, num_keys_, places).to(scores.options());
  }
  torch::Tensor covering_weights() const {
    const torch::Tensor all = scores(), slope = inputs_.slope.to(all.scalar_type()).view({1, -1, 1});
    if (!problem_.covered.empty())
      return normalize(problem_.normalizer, all + slope * problem_.covered[static_cast<size_t>(sentence_)]);
    torch::Tensor covered = at::zeros_like(all.narrow(1, 0, 1));
    std::vector<torch::Tensor> rows;
    for (int64_t t = 0; t < num_queries_; ++t) {
      rows.push_back(normalize(problem_.normalizer, all.narrow(1, t, 1) + slope.narrow(1, t, 1) * covered));
      covered = covered + rows.back();
    }
    return at::cat(rows, 1);
  }
  torch::Tensor centres() const { return inputs_.centres.t(); }  // (H, Lq)
  // (H, Lq, Lk): e^(-(j - centre)^2 / 2 d^2)
  torch::Tensor nearness() const {
    const double deviation = static_cast<double>(problem_.reach.behind + problem_.reach.ahead) / 4;
    const torch::Tensor distances = at::arange(num_keys_, inputs_.centres.options()) - centres().unsqueeze(2);
    return at::exp(distances.square() * (-0.5 / (deviation * deviation)));
  }

  const AttentionProblem& problem_;
  int64_t sentence_, first_query_, num_queries_, first_key_, num_keys_;
  Inputs inputs_;
};

// A problem under differentiation: each sentence has a graph of its own.
struct ReferenceCall : torch::CustomClassHolder {
  struct Graph {
    Sentence sentence;
    torch::Tensor output, weights;
  };

  ReferenceCall(const QueryKeyValue& x, AttentionProblem given)
      : problem(std::move(given)), all(inputs_of(x, problem)) {}

  void run() {
    graphs.resize(static_cast<size_t>(problem.queries.size()));
    for_sentences(problem.queries.size(), all.query.device(), [&](int64_t b) {
      const at::AutoGradMode with_gradient(true);
      Sentence sentence(problem, all, b);
      sentence.detach();
      const torch::Tensor weights = sentence.weights();
      graphs[static_cast<size_t>(b)].emplace(Graph{sentence, sentence.output(weights), weights});
    });
  }

  AttentionProblem problem;
  Inputs all;
  std::vector<std::optional<Graph>> graphs;
};

// Of one sentence, given those of its output and its weights (undefined: none).
Inputs gradients_of(const ReferenceCall::Graph& graph, const torch::Tensor& output, const torch::Tensor& weights) {
  variable_list values, upstream;
  if (output.defined()) values.push_back(graph.output), upstream.push_back(graph.sentence.query_rows(output));
  if (weights.defined()) values.push_back(graph.weights), upstream.push_back(weights);
  const variable_list found = torch::autograd::grad(values, graph.sentence.inputs().defined(), upstream,
                                                    /*retain_graph=*/false, /*create_graph=*/false,
                                                    /*allow_unused=*/true);
  Inputs result;
  size_t next = 0;
  Inputs::for_each([&](auto member) {
    if ((graph.sentence.inputs().*member).defined()) result.*member = found[next++];
  });
  return result;
}

struct ReferenceFunction : torch::autograd::Function<ReferenceFunction> {
  // `inputs`: those of the call that are defined. The output, then the weights of each sentence.
  static variable_list forward(AutogradContext* context, at::TensorList /*inputs*/,
                               const c10::intrusive_ptr<ReferenceCall>& call) {
    context->saved_data["call"] = torch::IValue::make_capsule(call);
    context->set_materialize_grads(false);
    call->run();
    variable_list results = {torch::Tensor()}, outputs;
    for (const auto& graph : call->graphs) {
      outputs.push_back(graph->output.detach());
      results.push_back(graph->weights.detach());
    }
    results[0] = at::cat(outputs);
    return results;
  }

  // Rows of a sentence are its own; what all share is summed in their order.
  static variable_list backward(AutogradContext* context, const variable_list& gradients) {
    const auto call = c10::static_intrusive_pointer_cast<ReferenceCall>(context->saved_data["call"].toCapsule());
    const size_t count = call->graphs.size();
    std::vector<Inputs> found(count);
    for_sentences(static_cast<int64_t>(count), call->all.query.device(), [&](int64_t b) {
      const auto at = static_cast<size_t>(b);
      if (gradients[0].defined() || gradients[1 + at].defined())
        found[at] = gradients_of(*call->graphs[at], gradients[0], gradients[1 + at]);
    });
    Inputs sums;
    Inputs::for_each([&](auto member) {
      if ((call->all.*member).defined()) sums.*member = at::zeros_like(call->all.*member);
    });
    for (size_t b = 0; b < count; ++b) add(call->graphs[b]->sentence, found[b], sums);
    call->graphs.clear();
    variable_list result = sums.defined();
    result.emplace_back();  // of the call
    return result;
  }

  static void add(const Sentence& sentence, const Inputs& found, Inputs& sums) {
    Inputs::for_each([&](auto member) {
      const torch::Tensor& gradient = found.*member;
      if (!gradient.defined()) return;
      if (member == &Inputs::query || member == &Inputs::centres || member == &Inputs::slope)
        sentence.query_rows(sums.*member).add_(gradient);
      else if (member == &Inputs::distance_bias || member == &Inputs::score_vector)
        (sums.*member).add_(gradient);
      else
        sentence.key_rows(sums.*member).add_(gradient);
    });
  }
};

AttentionOutput without_gradient(const QueryKeyValue& x, const AttentionProblem& problem) {
  const Inputs inputs = inputs_of(x, problem);
  AttentionOutput result;
  result.weights.resize(static_cast<size_t>(problem.queries.size()));
  std::vector<torch::Tensor> outputs(result.weights.size());
  for_sentences(problem.queries.size(), x.query.device(), [&](int64_t b) {
    const torch::NoGradGuard no_grad;
    const Sentence sentence(problem, inputs, b);
    result.weights[static_cast<size_t>(b)] = sentence.weights();
    outputs[static_cast<size_t>(b)] = sentence.output(result.weights[static_cast<size_t>(b)]);
  });
  result.output = at::cat(outputs);
  return result;
}

}  // namespace

AttentionOutput reference_attention(const QueryKeyValue& x, const AttentionProblem& problem) {
  ++calls;
  const std::vector<torch::Tensor> inputs = inputs_of(x, problem).defined();
  const bool has_gradient =
      torch::GradMode::is_enabled() &&
      std::any_of(inputs.begin(), inputs.end(), [](const auto& one) { return one.requires_grad(); });
  if (!has_gradient) return without_gradient(x, problem);
  TORCH_CHECK(!problem.key_rows.defined(), "no gradients through a table of key rows");
  const auto call = c10::make_intrusive<ReferenceCall>(x, problem);
  variable_list results = ReferenceFunction::apply(at::TensorList(inputs), call);
  AttentionOutput result{results[0], {results.begin() + 1, results.end()}};
  return result;
}

int64_t reference_attention_calls() { return calls; }

}  // namespace heed
