#include "cli/peer_translation.h"

#include <gmock/gmock.h>

#include "core/error.h"
#include "support/scratch_directory.h"

namespace heed {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

// Shell scripts in the place of Python: what they are asked is what any interpreter is.
class PeerTranslation : public ::testing::Test {
 protected:
  PeerAnswer answer(const std::string& script, Peer peer = Peer::kCtranslate2) {
    put(scratch_ / "python", "#!/bin/sh\n" + script + "\n");
    fs::permissions(scratch_ / "python", fs::perms::owner_all);
    return translate_with_peer({peer, (scratch_ / "python").string(), "exported", {}, {"<s>"}, {{">>fr<<", "_"}}},
                               {"eins", "zwei"});
  }

  std::string error(const std::string& script) {
    try {
      answer(script);
      return "no error";
    } catch (const Error& thrown) {
      return thrown.what();
    }
  }

  ScratchDirectory scratch_;
};

TEST_F(PeerTranslation, IsTheLastLineOfWhatTheInterpreterPrints) {
  const PeerAnswer given = answer(R"(echo noise; echo '{"peer": "p 1", "translations": ["one", "two"]}')");
  EXPECT_EQ(given.peer, "p 1");
  EXPECT_THAT(given.translations, ElementsAre("one", "two"));
}

TEST_F(PeerTranslation, TheRequestHoldsLinesPiecesToSuppressAndLanguageCodes) {
  const PeerAnswer given =
      answer(R"(grep -q '"lines":\["eins","zwei"\]' "$4" && grep -q '"suppressed":\["<s>"\]' "$4" &&
      grep -q '"codes":{">>fr<<":"_"}' "$4" &&
      [ "$3" = exported ] && echo '{"peer": "asked well", "translations": ["", ""]}')");
  EXPECT_EQ(given.peer, "asked well");
}

TEST_F(PeerTranslation, WhatIsNotInstalledIsMissingAndNoError) {
  EXPECT_EQ(answer("echo 'No module named x' >&2; exit 3").missing, "No module named x");
  const PeerAnswer given =
      translate_with_peer({Peer::kTransformers, (scratch_ / "none").string(), "x", {}, {}, {}}, {"a"});
  EXPECT_THAT(given.missing, HasSubstr("No such file"));
}

TEST_F(PeerTranslation, AnythingElseIsOneLineThatSaysHowItEnded) {
  EXPECT_THAT(error("exit 3"), AllOf(HasSubstr("exit code 3"), HasSubstr("it said nothing")));
  EXPECT_THAT(error("echo first >&2; echo last >&2; exit 1"),
              AllOf(HasSubstr("(exit code 1): last"), Not(HasSubstr("first"))));
  EXPECT_THAT(error("kill -SEGV $$"), HasSubstr("(Segmentation fault)"));
  EXPECT_THAT(error("printf 'a\\033[2Jb\\377' >&2; exit 1"), HasSubstr("(exit code 1): a\\x1b[2Jb\\xff"));
  EXPECT_LT(error("head -c 100000 /dev/zero | tr '\\0' x >&2; exit 1").size(), 1000u);
  EXPECT_THAT(error("echo good morning"), HasSubstr("did not answer with 2 translations"));
  EXPECT_THAT(error(R"(echo '{"peer": "p", "translations": ["one"]}')"), HasSubstr("did not answer with 2"));
}

}  // namespace
}  // namespace heed
