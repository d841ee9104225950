#include "system/bad_input.h"

namespace heed {
namespace {

BadInput of_file(const std::string& name, const std::string& yaml, const std::string& message) {
  return {name, "bad.yaml", yaml, {"train", "@bad.yaml"}, 2, message};
}

BadInput of_line(const std::string& name, const std::string& option, const std::string& message) {
  return {name, "", "", train_with({option}), 2, message};
}

std::vector<BadInput> values() {
  return {
      of_file("DuplicateKey", "run: {seed: 1}\nrun: {seed: 2}\n", "@bad.yaml:2:1"),
      of_file("EmptyDocument", "", "@bad.yaml"),
      of_file("NoYaml", "a: [1\n", "@bad.yaml"),
      of_file("Tabs", "run:\n  seed: 1\nmodel:\n\td_model: 8\n", "@bad.yaml:4:1: tabs may not indent: use spaces"),
      {"NoConfig", "", "", {"train", "@missing.yaml"}, 2, "@missing.yaml"},
      of_line("Octal", "--train.max_steps=010", "train.max_steps"),
      of_line("Negative", "--train.batch_tokens=-1", "train.batch_tokens"),
      of_line("NotANumber", "--model.dropout=.nan", "model.dropout"),
      of_line("DropoutAboveOne", "--model.dropout=1.5", "model.dropout"),
      of_line("HeadsDoNotDivide", "--model.num_heads=5", "model.num_heads"),
      of_line("NoSuchDevice", "--run.device=tpu", "run.device must be auto, cpu, cuda or cuda:N, got 'tpu'\n"),
      of_line("NoSuchGpu", "--run.device=cuda:99", "run.device"),
      of_line("GpuForCuda", "--run.device=gpu", "got 'gpu' (did you mean 'cuda'?)"),
      of_line("GpuOfANumber", "--run.device=GPU:0", "got 'GPU:0' (did you mean 'cuda:0'?)"),
      of_line("ANumberAlone", "--run.device=1", "got '1' (did you mean 'cuda:1'?)"),
      of_line("Nvidia", "--run.device=nvidia", "got 'nvidia' (did you mean 'cuda'?)"),
      of_line("CapitalCuda", "--run.device=CUDA", "got 'CUDA' (did you mean 'cuda'?)"),
      of_line("CapitalCpu", "--device=CPU", "got 'CPU' (did you mean 'cpu'?)"),
      of_line("SectionsInSections", "--model.encoder.num_layers=3", "got a mapping (heed config model lists its keys)"),
  };
}

std::vector<BadInput> keys() {
  return {
      of_file("UnknownKey", "model:\n  d_modle: 3\n",
              "@bad.yaml:2:3: unknown key 'model.d_modle' (did you mean 'd_model'?)"),
      of_line("UnknownSection", "--modle.d_model=3", "unknown key 'modle.d_model' (did you mean '--model.d_model'?)"),
      of_line("KeyLikeNoOther", "--model.zzz=3", "unknown key 'model.zzz' (heed config model lists its keys)"),
      of_line("SectionLikeNoOther", "--xyzzy.zzz=3", "unknown key 'xyzzy.zzz' (heed config lists all keys)"),
      of_line("KeyWithoutItsSection", "--d_model=3",
              "unexpected argument '--d_model=3' (did you mean '--model.d_model'?)"),
      of_file("KeyOutsideOfItsSection", "d_model: 3\n", "unknown key 'd_model' (did you mean 'model.d_model'?)"),
      of_file("KeyInAnotherSection", "model: {learning_rate: 1}\n", "(did you mean 'optimizer.learning_rate'?)"),
      of_file("BatchSize", "train: {batch_size: 64}\n",
              "@bad.yaml:1:9: unknown key 'train.batch_size' (did you mean 'batch_tokens', which counts tokens, not "
              "sentences?)"),
      of_file("BatchSizeOutside", "batch_size: 64\n", "did you mean 'train.batch_tokens', which counts tokens"),
      of_line("LearningRate", "--train.lr=0.1", "(did you mean '--optimizer.learning_rate'?)"),
      of_line("Layers", "--model.layers=6",
              "(did you mean '--model.num_encoder_layers' and '--model.num_decoder_layers'?)"),
      of_line("BeamOfFairseq", "--beam=3", "unexpected argument '--beam=3' (did you mean '--decode.beam_size'?)"),
      of_file("EarlyStopping", "train: {early_stopping: 3}\n", "(did you mean 'patience', which counts validations"),
      of_file("TrainingOfJoey", "training: {epochs: 3}\n", "unknown key 'training' (did you mean 'train'?)"),
      of_line("TrainingOfJoeyOnTheLine", "--training.epochs=3", "(did you mean '--train.max_epochs'?)"),
      of_file("TestingOfJoey", "testing: {beam_size: 3}\n",
              "unknown key 'testing' (did you mean 'decode' and 'eval'?)"),
      of_line("Gpu", "--run.gpu=0", "(did you mean '--run.device', which is auto, cpu, cuda or cuda:N?)"),
      of_line("SamplingOfTransformers", "--decode.do_sample=1", "(did you mean '--decode.sampling'?)"),
      of_file("Sources", "train: {src: a, trg: b}\n", "unknown key 'train.src' (did you mean 'data.train.source'?)"),
  };
}

std::vector<BadInput> keys_without_effect() {
  return {
      of_file("MomentumOfAdam", "optimizer: {momentum: 0.9}\n",
              "@bad.yaml:1:23: optimizer.momentum 0.9 has no effect: it needs optimizer.type sgd"),
      of_line("CellOfATransformer", "--model.cell=lstm",
              "model.cell lstm has no effect: it needs model.encoder or model.decoder recurrent"),
      of_file("HeadsOfARecurrentModel", "model: {encoder: recurrent, decoder: recurrent, num_heads: 8}\n",
              "model.num_heads 8 has no effect: it needs model.encoder or model.decoder transformer"),
  };
}

INSTANTIATE_TEST_SUITE_P(ConfigValues, EveryBadInput, ::testing::ValuesIn(values()), name_of_row);
INSTANTIATE_TEST_SUITE_P(ConfigKeys, EveryBadInput, ::testing::ValuesIn(keys()), name_of_row);
INSTANTIATE_TEST_SUITE_P(KeysWithoutEffect, EveryBadInput, ::testing::ValuesIn(keys_without_effect()), name_of_row);

}  // namespace
}  // namespace heed
