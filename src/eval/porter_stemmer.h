#pragma once

#include <string>

namespace heed {

// The stem of a word in ASCII letters (others count as consonants): Porter 1980, "An algorithm for suffix stripping",
// with the changes that NLTK's PorterStemmer makes by default, which ROUGE's scores rest on: words of irregular forms,
// "ies" and "ied" of short words, y after a consonant alone, "alli" and "logi" of step 2, stems of a vowel and a
// consonant.
std::string porter_stem(std::string word);

}  // namespace heed
