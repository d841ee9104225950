#pragma once

namespace heed {

// Name of the instruction set that the CPU kernels are compiled for and this CPU has: "avx512", "avx2" or "baseline".
const char* cpu_instruction_set();

}  // namespace heed
