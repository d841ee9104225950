#pragma once

#include <string>
#include <vector>

namespace heed {

// The example of sacreBLEU's README. Golden values made with sacreBLEU 2.6.0 under Python 3.11:
//   python -c 'from sacrebleu.metrics import *; print(repr(BLEU(...).corpus_score(hypotheses, references).score))'
const std::vector<std::string> kDogHypotheses = {"The dog bit the man.", "It wasn't surprising.",
                                                 "The man had just bitten him."};
const std::vector<std::vector<std::string>> kDogReferences = {
    {"The dog bit the man.", "It was not unexpected.", "The man bit him first."},
    {"The dog had bit the man.", "No one was surprised.", "The man had bitten the dog."}};

}  // namespace heed
