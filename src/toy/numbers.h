#pragma once

#include <string>

namespace heed {

// Numbers in words. REQUIRES of all: 0 <= number <= 9999 (ordinals: 1 <= number <= 31).

std::string english_number(int number);  // two hundred forty-one (American: no "and")
std::string german_number(int number);   // zweihunderteinundvierzig

std::string english_ordinal(int number);  // 3rd
std::string german_ordinal(int number);   // dritten: as it stands after "am"

}  // namespace heed
