#include "cli/scoring_options.h"

#include "core/error.h"

namespace heed {
namespace {

BleuSmoothing smoothing_of(const std::string& name) {
  if (name == "none") return BleuSmoothing::kNone;
  if (name == "floor") return BleuSmoothing::kFloor;
  return name == "add-k" ? BleuSmoothing::kAddK : BleuSmoothing::kExponential;
}

}  // namespace

MetricOptions ScoringOptions::with(MetricOptions base) const {
  if (!tokenize.empty()) base.bleu.tokenizer = bleu_tokenizer(tokenize);
  base.bleu.smoothing = smoothing_of(smooth);
  base.bleu.smoothing_value = smooth_value;
  base.bleu.lowercase = base.chrf.lowercase = lowercase;
  base.chrf.word_order = chrf_word_order;
  base.ter = ter;
  base.rouge.stems = stem;
  base.rouge.tokens = rouge_tokens == "unicode" ? RougeTokens::kUnicode : RougeTokens::kAscii;
  base.rouge.sentence_end = sentence_end;
  return base;
}

void add_scoring_options(CLI::App& command, ScoringOptions& options) {
  command
      .add_option("--metrics", options.metrics,
                  "scores wanted, in this order: bleu, chrf, ter, rouge1, rouge2, rougeL, rougeLsum, exact_match\n"
                  "(default: bleu)")
      ->delimiter(',')
      ->allow_extra_args(false);
  command.add_option("--tokenize", options.tokenize,
                     "BLEU's tokens: 13a, intl, zh, char, none or, with MODEL, spm: its own pieces\n"
                     "(default: eval.bleu_tokenize of the model's config, else 13a)");
  command.add_flag("--optional-references", options.optional_references,
                   "an empty line of a --reference file is no reference, as None to sacreBLEU in Python\n"
                   "(otherwise one without words, as to its command line)");
  command.add_option("--smooth", options.smooth, "BLEU's smoothing: exp (default), floor, add-k or none")
      ->check(CLI::IsMember({"exp", "floor", "add-k", "none"}));
  command.add_option("--smooth-value", options.smooth_value, "of floor (default: 0.1) or add-k (default: 1)")
      ->check(CLI::PositiveNumber);
  command.add_flag("--lowercase", options.lowercase, "BLEU and chrF without regard to case");
  command
      .add_option("--chrf-word-order", options.chrf_word_order, "word n-grams in chrF; 2 makes it chrF++ (default: 0)")
      ->check(CLI::Range(0, 6));
  command.add_flag("--ter-normalized", options.ter.normalized, "TER with punctuation apart from words");
  command.add_flag("--ter-no-punctuation", options.ter.no_punctuation, "TER without punctuation");
  command.add_flag("--ter-asian", options.ter.asian, "both of these for Chinese and Japanese, too");
  command.add_flag("--ter-case-sensitive", options.ter.case_sensitive, "TER with regard to case");
  command.add_flag("--stem", options.stem, "ROUGE by the stems of English words");
  command
      .add_option("--rouge-tokens", options.rouge_tokens,
                  "ROUGE's words: ascii (default; a to z and digits, as papers report) or unicode (any script)")
      ->check(CLI::IsMember({"ascii", "unicode"}));
  command.add_option("--sentence-end", options.sentence_end,
                     "what stands between the sentences of a line, for rougeLsum, e.g. '<n>' (default: nothing)");
}

Metrics make_metrics(const std::vector<std::string>& names, const std::string& num_references,
                     const MetricOptions& options) {
  Metrics metrics;
  for (const std::string& name : names) metrics.push_back(make_metric(name, num_references, options));
  return metrics;
}

}  // namespace heed
