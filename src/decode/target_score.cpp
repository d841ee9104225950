#include "decode/target_score.h"

#include <ATen/ops/tensor.h>

#include <algorithm>

namespace heed {
namespace {

constexpr int64_t kRows = 1024;  // whose scores, each as wide as the vocabulary, are in memory at a time

// log p of each row's label, (N).
std::vector<double> label_log_probs(EncoderDecoder& model, const torch::Tensor& hidden,
                                    const std::vector<int64_t>& labels) {
  std::vector<double> values;
  const torch::Tensor all_labels = at::tensor(labels, torch::kLong).to(hidden.device());
  for (int64_t begin = 0; begin < hidden.size(0); begin += kRows) {
    const int64_t rows = std::min(kRows, hidden.size(0) - begin);
    const TokenScores scores = model->output->scores(hidden.narrow(0, begin, rows));
    const torch::Tensor chosen = scores.log_probs_of(all_labels.narrow(0, begin, rows)).cpu();
    values.insert(values.end(), chosen.const_data_ptr<double>(), chosen.const_data_ptr<double>() + rows);
  }
  return values;
}

}  // namespace

std::vector<double> log_probabilities(EncoderDecoder& model, const Batch& batch) {
  const torch::NoGradGuard no_grad;
  Pass none;
  const Memory memory = model->encode(batch.source_ids, batch.source_segments, none);
  const torch::Tensor hidden = model->decode(memory, batch.target_input_ids, batch.target_segments, none);
  const std::vector<double> values = label_log_probs(model, hidden, batch.label_ids);

  std::vector<double> sums;
  for (int64_t b = 0; b < batch.size(); ++b) {
    const auto begin = values.begin() + batch.target_segments.starts()[static_cast<size_t>(b)];
    const auto end = begin + batch.target_segments.lengths()[static_cast<size_t>(b)];
    double sum = 0;
    std::for_each(begin, end, [&](double value) { sum += value; });
    sums.push_back(sum);
  }
  return sums;
}

}  // namespace heed
