#pragma once

#include <array>
#include <cstddef>

namespace heed {

// Instruction sets that CPU kernels are compiled for, each with all that the ones before it have.
enum class InstructionSet { kBaseline, kAvx2, kAvx512, kAvx512Vnni, kAvx512Bf16 };
constexpr std::array kInstructionSetNames = {"baseline", "avx2", "avx512", "avx512_vnni", "avx512_bf16"};

// The highest one that this CPU has, or a lower one that the environment variable HEED_CPU names; decided once. Throws
// ConfigError if it names one that there is not.
InstructionSet instruction_set();

inline const char* cpu_instruction_set() { return kInstructionSetNames[static_cast<size_t>(instruction_set())]; }

}  // namespace heed
