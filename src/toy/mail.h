#pragma once

#include <string>

#include "toy/phrase.h"

namespace heed {

// A short business e-mail on one line (greeting, three to six sentences, signature) and its subject line. Exactly one
// matter of the body is what the mail is about; names, dates and amounts of the subject stand in its sentences, and the
// other sentences distract with names, dates and amounts of their own.
struct Mail {
  std::string body, subject;
};
Mail business_mail(Draws& draws);

}  // namespace heed
