# heed::torch (CPU) and heed::torch_cuda. Own imported targets: TorchConfig.cmake of a CUDA wheel demands a CUDA toolkit
# even for CPU use. The wheel is what `pip install torch` unpacks; scripts/setup.sh puts one into the shared cache.
if(NOT HEED_LIBTORCH)
  set(HEED_LIBTORCH "$ENV{HEED_LIBTORCH}")
endif()
if(NOT HEED_LIBTORCH)
  set(cache "$ENV{XDG_CACHE_HOME}")
  if(NOT cache)
    set(cache "$ENV{HOME}/.cache")
  endif()
  # The full set (a virtual environment) first: it serves CPU and CUDA alike, and Python tests use the same libraries.
  file(GLOB candidates "${cache}/heed/venv/lib/python3*/site-packages/torch" "${cache}/heed/libtorch-2.11.0-cpu/torch")
  foreach(candidate ${candidates})
    if(NOT HEED_LIBTORCH AND EXISTS ${candidate}/lib/libtorch_cpu.so)
      set(HEED_LIBTORCH ${candidate})
    endif()
  endforeach()
endif()
if(NOT EXISTS ${HEED_LIBTORCH}/lib/libtorch_cpu.so)
  message(FATAL_ERROR "LibTorch not found (looked for lib/libtorch_cpu.so in '${HEED_LIBTORCH}'): run scripts/setup.sh, or pass -DHEED_LIBTORCH=DIR")
endif()
message(STATUS "LibTorch: ${HEED_LIBTORCH}")

add_library(heed_torch INTERFACE)
add_library(heed::torch ALIAS heed_torch)
target_include_directories(heed_torch SYSTEM INTERFACE
  ${HEED_LIBTORCH}/include ${HEED_LIBTORCH}/include/torch/csrc/api/include)
target_link_libraries(heed_torch INTERFACE ${HEED_LIBTORCH}/lib/libc10.so ${HEED_LIBTORCH}/lib/libtorch_cpu.so)
target_link_options(heed_torch INTERFACE -Wl,-rpath,${HEED_LIBTORCH}/lib)

# LibTorch's include directory carries fmt headers that shadow the system's: everyone uses fmt header-only, nobody links it.
add_compile_definitions(FMT_HEADER_ONLY)
