#include "system/bad_input.h"

namespace heed {
namespace {

std::vector<BadInput> commands() {
  return {
      {"TrainingOfNothing", "", "", {"train"}, 2, "config is required"},
      {"NoModel", "", "", {"translate", "@missing"}, 1, "@missing"},
      {"NoCheckpoint", "data/x", "", {"translate", "@data"}, 1, "@data"},
      {"CountsDiffer",
       "three",
       "a\nb\nc\n",
       {"evaluate", "--hypothesis", "@three", "--reference", "@config.yaml"},
       1,
       "3 lines"},
      {"UnknownMetric",
       "three",
       "a\n",
       {"evaluate", "--hypothesis", "@three", "--reference", "@three", "--metrics", "blue"},
       2,
       "blue"},
      {"ConfigKeyWithoutAModel",
       "three",
       "a\nb\nc\n",
       {"evaluate", "--hypothesis", "@three", "--reference", "@three", "--decode.beam_size=2"},
       2,
       "need MODEL"},
      {"AlignmentsBesideTranslations",
       "links",
       "0-0\n",
       {"evaluate", "--hypothesis", "@links", "--alignments", "@links", "--reference-alignments", "@links"},
       2,
       "scored alone"},
      {"AlignmentsThatAreText",
       "links",
       "0-0\n1:1\n",
       {"evaluate", "--alignments", "@links", "--reference-alignments", "@links"},
       1,
       "@links:2: expected links"},
      {"OutputIsTheInput",
       "text",
       "a\n",
       {"score", "@data", "--source", "@text", "--target", "@text", "-o", "@text"},
       2,
       "is an input file"},
      {"UnknownDeviceOfACommandThatNeedsNone",
       "",
       "",
       {"toy", "copy", "@x", "--device", "tpu"},
       2,
       "cuda:N, got 'tpu'"},
      {"AverageOfWhat", "", "", {"average", "@data", "-o", "@x"}, 2, "--last N or --best N"},
      {"AverageOfNoRun", "", "", {"average", "@data", "--last", "2", "-o", "@x"}, 2, "expected a run directory"},
      {"ExportWithoutAModel", "", "", {"export", "@missing", "--format", "ctranslate2", "-o", "@x"}, 1, "@missing"},
      {"ExportToAnotherPlanet", "", "", {"export", "@missing", "--format", "onnx", "-o", "@x"}, 2, "--format"},
      {"ExportOverFiles", "", "", {"export", "@missing", "--format", "safetensors", "-o", "@data"}, 2, "--force"},
      {"QuantisedWeightsForHuggingFace",
       "",
       "",
       {"export", "@missing", "--format", "huggingface", "--quantize", "int8", "-o", "@x"},
       2,
       "--quantize goes with --format ctranslate2"},
      {"SampleWithoutVerifying",
       "",
       "",
       {"export", "@missing", "--format", "ctranslate2", "--sample", "@data", "-o", "@x"},
       2,
       "go with --verify"},
      {"ImportOfNothing", "", "", {"import", "@data", "-o", "@x"}, 1, "config.json"},
      {"UnknownToy", "", "", {"toy", "chess", "@x"}, 2, "chess"},
  };
}

BadInput of_line(const std::string& name, const std::vector<std::string>& line, const std::string& message) {
  return {name, "", "", line, 2, message};
}

// What a person mistyped is named with what it is like.
std::vector<BadInput> lines() {
  return {
      of_line("MisspeltCommand", {"trian"}, "heed: error: unknown command 'trian' (did you mean 'train'?)\n"),
      of_line("MisspeltCommandWithArguments", {"trian", "@config.yaml", "--resume"}, "unknown command 'trian'"),
      of_line("AbbreviatedCommand", {"eval", "@data"}, "(did you mean 'evaluate'?)"),
      of_line("CommandOfOthers", {"generate"}, "unknown command 'generate' (did you mean 'translate'?)"),
      of_line("CommandLikeNoOther", {"xyzzy"}, "unknown command 'xyzzy' (heed help lists the commands)"),
      of_line("ControlCharactersForACommand", {"a\x1b[2J"}, "unknown command 'a\\x1b[2J'"),
      of_line("HelpOfNonsense", {"help", "nonsense"}, "unknown command 'nonsense' (heed help lists the commands)"),
      of_line("HelpOfAMisspeltCommand", {"help", "trian"}, "(did you mean 'train'?)"),
      of_line("OptionBeforeTheCommand", {"--ouput"}, "unexpected argument '--ouput'; see heed help\n"),
      of_line("MisspeltOption", {"translate", "@data", "--ouput", "x"},
              "unexpected argument '--ouput' (did you mean '--output'?)"),
      of_line("MisspeltOptionOfAFile", {"translate", "@data", "--ouput=x.txt"},
              "unexpected argument '--ouput=x.txt' (did you mean '--output'?)"),
      of_line("MisspeltOptionThatIsRequired", {"score", "@data", "--sorce", "@x", "--target", "@x"},
              "unexpected argument '--sorce' (did you mean '--source'?)"),
      of_line("MisspeltOptionOfACommandWithoutKeys", {"toy", "copy", "@x", "--linse=3"},
              "unexpected argument '--linse=3' (did you mean '--lines'?)"),
      of_line("OptionOfOtherSpelling", {"translate", "@data", "--n_best=3"}, "(did you mean '--n-best'?)"),
      of_line("OptionLikeNoOther", {"toy", "copy", "@x", "--xyzzy"},
              "unexpected argument '--xyzzy'; see heed toy --help\n"),
      of_line("OneArgumentTooMany", {"toy", "copy", "@x", "y"}, "unexpected argument 'y'; see heed toy --help"),
      of_line("KeyOfACommandThatTakesNone", {"toy", "copy", "@x", "--model.d_model=3"},
              "unexpected argument '--model.d_model=3'"),
      of_line("ConfigOfNonsense", {"config", "xyzzy"}, "unknown key 'xyzzy' (heed config lists all keys)"),
      of_line("ConfigOfAMisspeltKey", {"config", "model.d_modle"}, "(did you mean 'model.d_model'?)"),
      of_line("ConfigOfAForeignKey", {"config", "batch_size"},
              "(did you mean 'train.batch_tokens', which counts tokens"),
      of_line("CompletionOfAnotherShell", {"completion", "fish"}, "fish"),
  };
}

INSTANTIATE_TEST_SUITE_P(Commands, EveryBadInput, ::testing::ValuesIn(commands()), name_of_row);
INSTANTIATE_TEST_SUITE_P(Lines, EveryBadInput, ::testing::ValuesIn(lines()), name_of_row);

}  // namespace
}  // namespace heed
