#include "config/foreign_names.h"

#include <algorithm>
#include <unordered_map>

namespace heed {
namespace {

constexpr std::string_view kCountsTokens = "which counts tokens, not sentences";
constexpr std::string_view kTwoBetas = "a list of both";
constexpr std::string_view kDeviceNotFlag = "which is auto, cpu, cuda or cuda:N";
constexpr std::string_view kOneDevice = "Heed trains on one device: run.device names it";
constexpr std::string_view kStepsNotShare = "which counts updates";

constexpr ForeignNames kRows[] = {
    // sections
    {"run", "common general global hardware system experiment"},
    {"data", "dataset datasets corpus corpora input_data"},
    {"tokenizer", "tokenization tokenisation tokeniser vocab vocabulary subword bpe spm sentencepiece tokenizer_cfg"},
    {"model", "network architecture net transformer model_config"},
    {"optimizer", "optim optimiser optimization optimisation"},
    {"schedule", "scheduler lr_scheduler scheduling_config"},
    {"train", "training trainer training_args training_arguments train_config"},
    {"decode",
     "decoding decoder_config search translate translation inference predict generate generation generation_config"},
    {"decode eval", "testing"},
    {"eval", "evaluation evaluate metrics_config"},

    {"run.directory",
     "model_dir save_dir output_dir out_dir save_model log_dir logging_dir tensorboard_logdir tensorboard_log_dir "
     "checkpoint_dir run_dir model_path .name run.name run.output",
     "which holds all that a run writes"},
    {"run.seed", "random_seed manual_seed data_seed"},
    {"run.device",
     "gpu gpus cuda use_cuda use_gpu no_cuda use_cpu cpu devices device_id device_ids gpu_ranks gpuid gpu_id",
     kDeviceNotFlag},
    {"", "num_gpus n_gpu world_size distributed_world_size num_nodes num_devices", kOneDevice},
    {"run.precision", "fp16 bf16 amp use_amp mixed_precision half dtype", "which is auto, fp32 or bf16"},
    {"run.threads", "cpu_threads num_threads intra_threads num_workers workers dataloader_num_workers"},

    {"data.train", "train_sets train_set trainpref train_data train_file train_corpus training_data",
     "with source and target"},
    {"data.validation",
     "valid dev val valid_sets valid_set validpref dev_data dev_file valid_data validation_file validation_data",
     "with source and target"},
    {"data.test", "testpref test_file test_data test_sets test_set", "with source and target"},
    {"data.train.source", "src source path_src train_src train_source src_train source_file src_file"},
    {"data.train.target",
     "trg tgt target path_tgt train_tgt train_trg train_target tgt_train trg_train target_file tgt_file trg_file"},
    {"data.validation.source", "valid_src dev_src validation_source src_valid source_validation"},
    {"data.validation.target", "valid_tgt valid_trg dev_tgt dev_trg validation_target tgt_valid target_validation"},
    {"data.train.source data.train.target", "source_lang target_lang src_lang trg_lang tgt_lang",
     "files named in full"},
    {"data.max_source_length",
     "data.src.max_length src_seq_length max_source_positions max_source_len src_max_length max_src_length"},
    {"data.max_target_length",
     "data.trg.max_length tgt_seq_length max_target_positions max_target_len trg_max_length tgt_max_length "
     "max_tgt_length"},
    {"data.max_source_length data.max_target_length",
     "data.max_length data.max_len max_seq_len max_seq_length train.max_length train.max_len max_sent_length"},
    {"data.too_long", "max_length_crop skip_invalid_size_inputs_valid_test filter_too_long truncate"},
    {"data.cache_directory", "cache_dir tempdir data_dir prepared_data save_data"},

    {"tokenizer.type", "level bpe_type tokenizer_type subword_type src_subword_type tgt_subword_type"},
    {"tokenizer.vocab_size",
     "voc_limit dim_vocabs num_words src_vocab_size tgt_vocab_size vocabulary_size bpe_operations num_merges "
     "nwordssrc nwordstgt"},
    {"tokenizer.shared", "share_vocab shared_vocab joined_dictionary joint_vocab share_vocabulary"},
    {"tokenizer.sampling", "sentencepiece_alphas src_subword_alpha tgt_subword_alpha bpe_dropout subword_alpha"},
    {"tokenizer.normalization", "lowercase lower_case do_lower_case lowercased normalization_rule_name",
     "whose rules in _cf fold case"},
    {"tokenizer.source_model", "spm_model sentencepiece_model src_subword_model source_spm bpe_model model_file"},
    {"tokenizer.target_model", "tgt_subword_model target_spm"},
    {"tokenizer.source_model tokenizer.target_model",
     "vocabs voc_file src_vocab tgt_vocab srcdict tgtdict source_vocab target_vocab", "sentencepiece models"},
    {"tokenizer.training_lines", "sentencepiece_max_lines input_sentence_size num_samples"},
    {"tokenizer.user_symbols", "user_defined_symbols special_symbols additional_special_tokens"},
    {"",
     "voc_min_freq min_count words_min_frequency src_words_min_frequency tgt_words_min_frequency thresholdsrc "
     "thresholdtgt",
     "vocabularies are cut by tokenizer.vocab_size alone"},

    {"model.encoder model.decoder", "model.type arch model_type network_type", "each transformer or recurrent"},
    {"model.encoder", "encoder_type enc_type"},
    {"model.decoder", "decoder_type dec_type"},
    {"model.d_model",
     "dim_emb dim_rnn hidden_size hidden_dim emb_dim emb_size embed_dim embedding_dim embedding_size embed_size "
     "model_dim dim rnn_size enc_rnn_size dec_rnn_size word_vec_size src_word_vec_size tgt_word_vec_size "
     "encoder_embed_dim decoder_embed_dim decoder_output_dim num_embed transformer_model_size n_embd rnn_num_hidden "
     "encoder_hidden_size decoder_hidden_size dmodel"},
    {"model.d_ff",
     "transformer_dim_ffn transformer_dim_decoder_ffn ff_size ffn_dim ff_dim ffn_size dim_ff dim_feedforward "
     "transformer_ff encoder_ffn_embed_dim decoder_ffn_embed_dim encoder_ffn_dim decoder_ffn_dim intermediate_size "
     "transformer_feed_forward_num_hidden feed_forward_size feedforward_dim dff"},
    {"model.num_heads",
     "heads n_heads nhead n_head nheads transformer_heads num_attention_heads encoder_attention_heads "
     "decoder_attention_heads transformer_attention_heads attention_heads"},
    {"model.num_encoder_layers", "enc_depth enc_layers encoder_layers n_encoder_layers num_enc_layers encoder_depth"},
    {"model.num_decoder_layers", "dec_depth dec_layers decoder_layers n_decoder_layers num_dec_layers decoder_depth"},
    {"model.num_encoder_layers model.num_decoder_layers",
     "layers num_layers n_layers n_layer nlayers num_hidden_layers depth"},
    {"model.dropout",
     "dropout_rnn dropout_src dropout_trg transformer_dropout dropout_rate hidden_dropout hidden_dropout_prob "
     "embed_dropout transformer_dropout_prepost emb_dropout embedding_dropout"},
    {"model.attention_dropout",
     "transformer_dropout_attention attention_probs_dropout_prob attn_dropout transformer_dropout_att"},
    {"model.activation_dropout", "transformer_dropout_ffn relu_dropout transformer_dropout_act ffn_dropout"},
    {"model.activation",
     "transformer_ffn_activation activation_fn activation_function hidden_act pos_ffn_activation_fn "
     "transformer_activation_type"},
    {"model.norm",
     "layer_norm layer_normalization encoder_normalize_before decoder_normalize_before norm_first pre_norm post_norm "
     "transformer_preprocess transformer_postprocess layernorm",
     "which is pre or post"},
    {"model.positions",
     "position_encoding position_encoding_type positional_encoding encoder_learned_pos decoder_learned_pos "
     "transformer_positional_embedding_type transformer_train_position_embeddings position_embedding_type"},
    {"model.max_positions", "max_position_embeddings n_positions"},
    {"model.tie_embeddings",
     "tied_embeddings tied_softmax tied_embeddings_all tied_embeddings_src share_embeddings share_decoder_embeddings "
     "share_all_embeddings share_decoder_input_output_embed weight_tying_type tie_word_embeddings weight_tying",
     "which is all, decoder or none"},
    {"model.initialization", "initializer param_init param_init_glorot weight_init init"},
    {"model.cell", "enc_cell dec_cell rnn_type cell_type rnn_cell_type"},
    {"model.recurrence", "attention global_attention attention_type rnn_attention_type", "which is bahdanau or luong"},
    {"model.cross_attention.score", "attention_score global_attention_function attention_function attn_score"},
    {"model.positions", "max_relative_positions relative_attention_num_buckets", "which may be relative"},
    {"model.norm_type", "rms_norm normalization_type norm_cls layernorm_type"},
    {"model.num_key_heads", "num_kv num_kv_heads num_key_value_heads n_kv_heads"},
    {"model.input_feeding", "input_feed"},
    {"model.bridge", "init_hidden"},
    {"", "copy_attn copy_attn_type coverage_attn lambda_coverage freeze", "Heed has nothing like it"},

    {"optimizer.type",
     "train.optimizer train.optim optimizer.name optimizer.optimizer optim_type optimizer_type optimizer_name"},
    {"optimizer.learning_rate", "lr learn_rate initial_learning_rate base_lr peak_lr max_lr initial_lr"},
    {"optimizer.betas", "adam_betas optimizer_betas adam_beta1 adam_beta2 beta1 beta2 beta_1 beta_2", kTwoBetas},
    {"optimizer.betas optimizer.epsilon", "optimizer_params"},
    {"optimizer.epsilon", "eps adam_eps adam_epsilon optimizer_epsilon"},
    {"optimizer.weight_decay", "wd l2 l2_reg"},
    {"optimizer.clip_norm",
     "max_grad_norm clip_grad_norm gradient_clipping_threshold grad_clip gradient_clip_val gradient_clipping "
     "clip_grad clip"},

    {"schedule.type", "lr_scheduler_type learning_rate_scheduler_type decay_method scheduling lr_schedule lr_policy"},
    {"schedule.warmup_steps",
     "warmup lr_warmup warmup_updates warmup_ratio warm_up warm_up_steps num_warmup_steps learning_rate_warmup "
     "n_warmup_steps",
     kStepsNotShare},
    {"schedule.decay_start_step", "start_decay_steps"},
    {"schedule.final_ratio", "min_lr learning_rate_min lr_min final_lr end_learning_rate", "a share of the peak"},
    {"", "lr_decay learning_rate_decay decrease_factor lr_shrink decay_steps lr_decay_strategy reduce_factor",
     "schedule.type says how the learning rate falls"},

    {"train.batch_tokens",
     "batch_size batch bs mini_batch max_sentences per_device_train_batch_size train_batch_size minibatch",
     kCountsTokens},
    {"train.batch_tokens", "mini_batch_words max_tokens batch_words tokens_per_batch mini_batch_fit"},
    {"decode.batch_tokens",
     "eval.batch_size valid_batch_size per_device_eval_batch_size eval_batch_size valid_mini_batch test_batch_size",
     kCountsTokens},
    {"", "batch_type", "batches are measured in tokens: train.batch_tokens"},
    {"train.accumulation_steps",
     "update_freq accum_count accum_steps grad_accum gradient_accumulation gradient_accumulation_steps "
     "batch_multiplier optimizer_delay update_interval accumulate_grad_batches accum"},
    {"train.label_smoothing", "label_smoothing_factor smoothing"},
    {"train.ema", "exponential_smoothing average_decay ema_decay moving_average"},
    {"train.max_epochs", "epochs num_epochs max_epoch n_epochs num_train_epochs after_epochs max_num_epochs epoch"},
    {"train.max_steps",
     "steps updates max_update max_updates train_steps after_batches num_steps total_steps total_num_update "
     "max_iterations iterations"},
    {"train.max_steps train.max_epochs", "after"},
    {"train.max_minutes", "max_seconds stop_time_hours max_time max_hours", "which counts minutes"},
    {"train.log_every",
     "log_interval logging_steps logging_freq report_every disp_freq log_freq print_every log_steps display_freq "
     "logging_interval"},
    {"train.validate_every",
     "eval_every valid_every eval_steps valid_steps valid_freq validation_freq validate_interval_updates "
     "validation_interval val_every val_interval eval_interval eval_freq evaluation_strategy eval_strategy "
     "checkpoint_interval",
     kStepsNotShare},
    {"train.validate_every_epochs", "validate_interval"},
    {"train.validation_beam_size", "generation_num_beams valid_beam_size train.beam_size"},
    {"train.sample_lines", "print_valid_sents valid_script_args"},
    {"train.save_every",
     "save_freq save_steps save_checkpoint_steps save_interval save_interval_updates checkpoint_every "
     "checkpoint_freq save_strategy",
     kStepsNotShare},
    {"train.keep",
     "keep_checkpoint keep_last_epochs keep_interval_updates keep_best_ckpts keep_last_params keep_last keep_best "
     "save_total_limit max_checkpoints keep_checkpoints num_checkpoints"},
    {"train.patience",
     "early_stopping early_stop early_stopping_patience max_num_checkpoint_not_improved num_bad_validations",
     "which counts validations; 0 turns it off"},
    {"train.early_stopping_metric",
     "early_stopping_on early_stopping_criteria best_checkpoint_metric metric_for_best_model optimized_metric "
     "stopping_metric"},
    {"train.initialize_from",
     "pretrained_model load_model restore_file finetune_from_model train_from model_name_or_path init_from "
     "warm_start pretrained params init_model resume_from"},
    {"", "resume resume_from_checkpoint reset_optimizer reset_best_ckpt reset_scheduler no_reload overwrite",
     "use --resume or --overwrite of heed train"},
    {"", "shuffle no_shuffle maxi_batch maxi_batch_sort",
     "every epoch is shuffled, and batches hold sentences of similar length"},

    {"decode.beam_size", "beam num_beams beam_width beams"},
    {"decode.n_best", "nbest nbest_size num_return_sequences num_hypotheses"},
    {"decode.length_penalty", "alpha lenpen beam_alpha normalize length_penalty_alpha len_penalty length_norm"},
    {"decode.length_penalty_type", "length_penalty_beta"},
    {"decode.max_length",
     "max_output_length max_len max_len_b max_new_tokens generation_max_length max_decoding_length max_decode_length "
     "max_output_len max_gen_length"},
    {"decode.max_length_ratio", "max_length_factor max_len_a max_output_length_num_stds"},
    {"decode.allow_unk", "generate_unk"},
    {"decode.replace_unknown", "replace_unk replace_unknowns replace_unknown_words"},
    {"decode.sampling", "do_sample output_sampling decode.sample"},
    {"decode.temperature", "sampling_temperature random_sampling_temp"},
    {"decode.top_k", "sampling_topk random_sampling_topk"},
    {"decode.top_p", "sampling_topp random_sampling_topp"},
    {"decode.beam_groups", "num_beam_groups diverse_beam_groups"},
    {"decode.diversity_penalty", "diverse_beam_strength"},
    {"decode.min_length", "min_output_length min_len min_decoding_length"},
    {"decode.no_repeat_ngram_size", "block_ngram_repeat"},
    {"", "word_penalty unkpen coverage_penalty", "scores are log probabilities over length: see decode.length_penalty"},

    {"eval.metrics",
     "metric eval_metric eval_metrics valid_metrics valid_metric eval_bleu scorers metrics train.metrics"},
    {"eval.bleu_tokenize", "tokenize sacrebleu_tokenize sacrebleu_cfg eval_tokenized_bleu bleu_tokenizer"},
};

}  // namespace

std::span<const ForeignNames> foreign_names() { return kRows; }

std::vector<std::string_view> split_at_spaces(std::string_view text) {
  std::vector<std::string_view> words;
  while (!text.empty()) {
    const std::string_view word = text.substr(0, text.find(' '));
    text.remove_prefix(std::min(text.size(), word.size() + 1));
    words.push_back(word);
  }
  return words;
}

const ForeignNames* find_foreign(std::string_view name) {
  static const auto kIndex = [] {
    std::unordered_map<std::string_view, const ForeignNames*> rows;
    for (const ForeignNames& row : foreign_names()) {
      for (const std::string_view one : split_at_spaces(row.names)) rows.emplace(one, &row);
    }
    return rows;
  }();
  const auto found = kIndex.find(name);
  return found == kIndex.end() ? nullptr : found->second;
}

}  // namespace heed
