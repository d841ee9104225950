# The CPU kernels once per instruction set (see src/kernels/cpu/cpu_kernels.h). -ffp-contract=fast: multiply-adds fuse
# wherever the set has them; no -ffast-math, so sums keep their written order and NaN and infinity their meaning.
set(kernel_flags -O3 -ffp-contract=fast -fno-math-errno -fno-trapping-math -Wno-psabi)
set(avx512_flags -march=x86-64-v4 -mprefer-vector-width=512)
set(avx2_flags -march=x86-64-v3)
set(baseline_flags -march=x86-64)
foreach(set avx512 avx2 baseline)
  add_library(heed_kernels_${set} OBJECT src/kernels/cpu/instruction_set.cpp)
  target_link_libraries(heed_kernels_${set} PRIVATE heed_warnings)
  target_compile_definitions(heed_kernels_${set} PRIVATE HEED_INSTRUCTION_SET=${set})
  target_compile_options(heed_kernels_${set} PRIVATE ${kernel_flags} ${${set}_flags})
  target_sources(heed_kernels PRIVATE $<TARGET_OBJECTS:heed_kernels_${set}>)
endforeach()
