# The CPU kernels once per instruction set (see src/kernels/instruction_set.h). -ffp-contract=fast: multiply-adds fuse
# wherever the set has them; no -ffast-math, so sums keep their written order and NaN and infinity their meaning.
set(kernel_flags -O3 -fno-math-errno -fno-trapping-math -Wno-psabi)
set(avx512_flags -march=x86-64-v4 -mprefer-vector-width=512)
set(avx2_flags -march=x86-64-v3)
set(baseline_flags -march=x86-64)
set(avx512_vnni_flags ${avx512_flags} -mavx512vnni)
set(avx512_bf16_flags ${avx512_vnni_flags} -mavx512bf16)

function(heed_kernel_set source set)
  get_filename_component(name ${source} NAME_WE)
  add_library(heed_${name}_${set} OBJECT ${source})
  target_link_libraries(heed_${name}_${set} PRIVATE heed_warnings)
  target_compile_definitions(heed_${name}_${set} PRIVATE HEED_INSTRUCTION_SET=${set})
  target_compile_options(heed_${name}_${set} PRIVATE ${kernel_flags} ${${set}_flags} ${ARGN})
  target_sources(heed_kernels PRIVATE $<TARGET_OBJECTS:heed_${name}_${set}>)
endfunction()

foreach(set avx512 avx2 baseline)
  heed_kernel_set(src/kernels/cpu/kernel_set.cpp ${set} -ffp-contract=fast)
endforeach()
foreach(set avx512_bf16 avx512_vnni avx512 avx2 baseline)
  heed_kernel_set(src/kernels/cpu/product_set.cpp ${set} -ffp-contract=off)
endforeach()
