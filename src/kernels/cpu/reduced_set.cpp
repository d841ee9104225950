// Compiled once per instruction set with HEED_INSTRUCTION_SET as its name (cmake/kernels.cmake).
#include "kernels/cpu/cpu_kernels.h"
#include "kernels/cpu/reduced_kernels.h"

namespace heed::HEED_INSTRUCTION_SET {

extern const ReducedTables kReduced;
const ReducedTables kReduced = {
    .int8 = {kPanelColumns, Int8Dots::kGroup, rows_to_int8, panels_to_int8, reduced_product<Int8Dots>},
    .bfloat16 = {kPanelColumns, BFloat16Dots::kGroup, rows_to_bfloat16, panels_to_bfloat16,
                 reduced_product<BFloat16Dots>}};

}  // namespace heed::HEED_INSTRUCTION_SET
