#include "cli/peer_translation.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <utility>

#include "core/durable_directory.h"
#include "core/error.h"
#include "core/file_bytes.h"
#include "core/printable.h"

extern char** environ;

namespace heed {
namespace {

constexpr int kNotInstalled = 3;

// Arguments: the directory, a file with the request as JSON. Writes {"peer": ..., "translations": [...]}.
constexpr const char* kCtranslate2Script = R"py(
import json, os, sys
request = json.load(open(sys.argv[2]))
try:
    import ctranslate2, sentencepiece
except ImportError as error:
    sys.exit(print(error, file=sys.stderr) or 3)
directory = sys.argv[1]
def model(name):
    path = os.path.join(directory, name if os.path.exists(os.path.join(directory, name)) else "tokenizer.model")
    return sentencepiece.SentencePieceProcessor(path) if os.path.exists(path) else None
source, target = model("source.model"), model("target.model")
def cut(line):
    code = line[:line.find("<<") + 2]
    if code not in request["codes"]:
        return source.encode(line, out_type=str)
    return [request["codes"][code]] + source.encode(line[len(code):], out_type=str)
lines = [(cut(line) if source else line.split())[:request["source_pieces"]] for line in request["lines"]]
results = ctranslate2.Translator(directory).translate_batch(
    lines, max_batch_size=32, beam_size=request["beam_size"], length_penalty=request["length_penalty"],
    max_decoding_length=request["max_length"], max_input_length=0, disable_unk=not request["allow_unk"],
    suppress_sequences=[[piece] for piece in request["suppressed"]])
texts = [target.decode(r.hypotheses[0]) if target else " ".join(r.hypotheses[0]) for r in results]
print(json.dumps({"peer": "ctranslate2 " + ctranslate2.__version__, "translations": texts}))
)py";

constexpr const char* kTransformersScript = R"py(
import json, sys
request = json.load(open(sys.argv[2]))
try:
    import sentencepiece, torch, transformers
except ImportError as error:
    sys.exit(print(error, file=sys.stderr) or 3)
transformers.logging.set_verbosity_error()
tokenizer = transformers.AutoTokenizer.from_pretrained(sys.argv[1])
model = transformers.AutoModelForSeq2SeqLM.from_pretrained(sys.argv[1]).eval()
tokenizer.punc_normalizer = lambda text: text
texts = []
with torch.no_grad():
    for start in range(0, len(request["lines"]), 32):
        batch = tokenizer(request["lines"][start:start + 32], return_tensors="pt", padding=True,
                          truncation=True, max_length=request["source_pieces"] + 1)
        output = model.generate(**batch, num_beams=request["beam_size"], length_penalty=request["length_penalty"],
                                early_stopping=request["beam_size"] > 1, max_length=request["max_length"] + 2, min_length=2,
                                no_repeat_ngram_size=0, repetition_penalty=1.0)
        texts += tokenizer.batch_decode(output, skip_special_tokens=True)
print(json.dumps({"peer": "transformers " + transformers.__version__, "translations": texts}))
)py";

struct Ended {
  int code = 0;      // its exit code, -1 without one
  std::string how;   // "exit code 1", "Segmentation fault"
  bool ran = false;  // false where it could not be started; `how` says why
};

// Runs a command with its output in files.
Ended run(const std::vector<std::string>& command, const std::string& out, const std::string& err) {
  std::vector<char*> arguments;
  for (const std::string& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, out.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, err.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  pid_t id = 0;
  const int failed = posix_spawnp(&id, arguments.front(), &actions, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (failed != 0) return {-1, std::strerror(failed), false};
  int status = 0;
  while (waitpid(id, &status, 0) < 0 && errno == EINTR) {
  }
  if (!WIFEXITED(status)) return {-1, strsignal(WTERMSIG(status)), true};
  return {WEXITSTATUS(status), fmt::format("exit code {}", WEXITSTATUS(status)), true};
}

std::string last_line(std::string text) {
  while (!text.empty() && text.back() == '\n') text.pop_back();
  const size_t start = text.rfind('\n');
  return start == std::string::npos ? text : text.substr(start + 1);
}

// What a strange program wrote, as part of a message.
std::string quoted(const std::string& text) { return printable(beginning_of(last_line(text), 300)); }

}  // namespace

PeerAnswer translate_with_peer(const PeerRequest& request, const std::vector<std::string>& lines) {
  const PendingDirectory files(std::filesystem::temp_directory_path() / "heed-verify");  // never committed
  const std::string asked = files.path() / "request", out = files.path() / "out", err = files.path() / "err";
  const nlohmann::json json{{"lines", lines},
                            {"beam_size", request.decode.beam_size},
                            {"length_penalty", request.decode.length_penalty},
                            {"max_length", request.decode.max_length},
                            {"allow_unk", request.decode.allow_unk},
                            {"suppressed", request.suppressed},
                            {"codes", request.codes},
                            {"source_pieces", request.source_pieces}};
  files.write("request", json.dump());
  const char* script = request.peer == Peer::kCtranslate2 ? kCtranslate2Script : kTransformersScript;
  const Ended ended = run({request.python, "-c", script, request.directory, asked}, out, err);
  if (!ended.ran) return {{}, ended.how, {}};
  const std::string said = quoted(read_file_bytes(err));
  if (ended.code == kNotInstalled && !said.empty()) return {{}, said, {}};
  if (ended.code != 0)
    throw Error(fmt::format("{}: {} cannot use it ({}): {}", request.directory, request.python, ended.how,
                            said.empty() ? "it said nothing" : said));
  try {
    const auto answer = nlohmann::json::parse(last_line(read_file_bytes(out)));
    PeerAnswer result{answer.at("peer"), {}, answer.at("translations")};
    if (result.translations.size() == lines.size()) return result;
  } catch (const nlohmann::json::exception&) {  // answered something else
  }
  throw Error(
      fmt::format("{}: {} did not answer with {} translations", request.directory, request.python, lines.size()));
}

}  // namespace heed
