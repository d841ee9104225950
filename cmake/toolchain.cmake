# Compiler settings every target shares. nvcc hands its host compiler the warnings through -Xcompiler. Not -Wrestrict: GCC 12
# sees overlaps in string concatenations that are not there (gcc.gnu.org/PR105651).
add_library(heed_warnings INTERFACE)
target_compile_options(heed_warnings INTERFACE
  $<$<COMPILE_LANGUAGE:CXX>:-Wall -Wextra -Wshadow -Wnon-virtual-dtor $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict> -Werror>
  $<$<COMPILE_LANGUAGE:CUDA>:-Xcompiler=-Wall,-Wextra,-Wno-restrict,-Werror -Werror=all-warnings>)
target_include_directories(heed_warnings INTERFACE ${CMAKE_SOURCE_DIR}/src)

add_compile_options($<$<COMPILE_LANGUAGE:CXX>:-fstack-protector-strong>)
add_compile_definitions($<$<CONFIG:Debug>:_GLIBCXX_ASSERTIONS>)

# Everything is instrumented, so that the fuzz targets (tests/fuzz) see into it.
if(HEED_FUZZ)
  if(NOT CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    message(FATAL_ERROR "HEED_FUZZ needs clang, found ${CMAKE_CXX_COMPILER_ID} (cmake --preset asan)")
  endif()
  add_compile_options(-fsanitize=fuzzer-no-link,address,undefined -fno-sanitize=vptr -fno-sanitize-recover=undefined)
  add_link_options(-fsanitize=address,undefined)
  add_compile_definitions(_GLIBCXX_ASSERTIONS)
endif()

find_program(CCACHE ccache)
if(CCACHE)
  # Paths count relative to the checkout, so that a second clone finds what the first one compiled. The sloppiness is what
  # ccache asks for where headers are precompiled.
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} CCACHE_NOHASHDIR=1
      CCACHE_SLOPPINESS=pch_defines,time_macros ${CCACHE})
  set(CMAKE_CUDA_COMPILER_LAUNCHER ${CMAKE_CXX_COMPILER_LAUNCHER})
endif()

# mold 1.10 (Debian 12) sometimes never ends, and sometimes links a program that does not load ("cannot apply additional
# memory protection after relocation": its read-only part begins at an empty .tbss, which lies in no mapping).
find_program(MOLD mold)
if(MOLD)
  execute_process(COMMAND ${MOLD} --version OUTPUT_VARIABLE MOLD_VERSION)
  if(MOLD_VERSION MATCHES "^mold ([2-9]|[1-9][0-9])\\.")
    add_link_options(-fuse-ld=mold)
  endif()
endif()
