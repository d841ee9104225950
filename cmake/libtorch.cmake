# heed::torch, and HEED_WITH_CUDA: what HEED_CUDA (AUTO, ON, OFF) came to on this machine. With CUDA, heed::torch brings
# libtorch_cuda; heed::cuda the definition HEED_CUDA and the toolkit's headers to the few rooms whose sources differ, so
# that a build folder that changes between the two compiles only these again.
# Own imported targets: TorchConfig.cmake of a CUDA wheel demands a CUDA toolkit even for CPU use. The wheel is what
# `pip install torch` unpacks; scripts/setup.sh puts it into the shared cache, alone (CPU) or as the full set with its
# CUDA libraries (a virtual environment; .complete is written last).
set(cache "$ENV{XDG_CACHE_HOME}")
if(NOT cache)
  set(cache "$ENV{HOME}/.cache")
endif()
set(cpu_libtorch "${cache}/heed/libtorch-2.11.0-cpu/torch")
set(full_libtorch "")
if(EXISTS "${cache}/heed/venv/.complete")
  file(GLOB full_libtorch "${cache}/heed/venv/lib/python3*/site-packages/torch")
endif()

if(NOT HEED_LIBTORCH)
  set(HEED_LIBTORCH "$ENV{HEED_LIBTORCH}")
endif()

# The CUDA toolkit, where CUDA is not switched off.
set(HEED_WITH_CUDA OFF)
if(HEED_CUDA STREQUAL "OFF")
  unset(HEED_NVCC CACHE)  # found when it was another
else()
  find_program(HEED_NVCC nvcc HINTS "$ENV{CUDACXX}" "$ENV{CUDA_HOME}/bin" /usr/local/cuda/bin DOC "CUDA compiler")
endif()

# One LibTorch for a configuration: the user's own; else the full set where CUDA will use it; else the small one.
if(NOT HEED_LIBTORCH AND HEED_NVCC AND full_libtorch)
  set(HEED_LIBTORCH "${full_libtorch}")
endif()
foreach(candidate "${cpu_libtorch}" "${full_libtorch}")
  if(NOT HEED_LIBTORCH AND EXISTS "${candidate}/lib/libtorch_cpu.so")
    set(HEED_LIBTORCH "${candidate}")
  endif()
endforeach()
if(NOT EXISTS "${HEED_LIBTORCH}/lib/libtorch_cpu.so")
  if(NOT HEED_LIBTORCH)
    set(HEED_LIBTORCH "${cpu_libtorch}")
  endif()
  message(FATAL_ERROR "LibTorch not found: expected lib/libtorch_cpu.so in '${HEED_LIBTORCH}'; run scripts/setup.sh, or pass -DHEED_LIBTORCH=DIR")
endif()
set(HEED_LIBTORCH "${HEED_LIBTORCH}" CACHE PATH "" FORCE)  # a build folder keeps its choice
message(STATUS "LibTorch: ${HEED_LIBTORCH}")

add_library(heed_torch INTERFACE)
add_library(heed::torch ALIAS heed_torch)
target_include_directories(heed_torch SYSTEM INTERFACE
  ${HEED_LIBTORCH}/include ${HEED_LIBTORCH}/include/torch/csrc/api/include)
target_link_libraries(heed_torch INTERFACE ${HEED_LIBTORCH}/lib/libc10.so ${HEED_LIBTORCH}/lib/libtorch_cpu.so)
# OpenMP by the compiler's flag, not by a library's path: the libgomp that is loaded is the one LibTorch brings.
target_compile_options(heed_torch INTERFACE $<$<COMPILE_LANGUAGE:CXX>:-fopenmp> $<$<COMPILE_LANGUAGE:CUDA>:-Xcompiler=-fopenmp>)
target_link_options(heed_torch INTERFACE -fopenmp)

# LibTorch's include directory carries fmt headers that shadow the system's: everyone uses fmt header-only, nobody links it.
add_compile_definitions(FMT_HEADER_ONLY)

# CUDA needs nvcc, libtorch_cuda.so and the libraries that it was linked to: beside it, or in nvidia/*/lib of its wheels.
file(GLOB nvidia_libraries ${HEED_LIBTORCH}/../nvidia/*/lib)
find_file(cublas NAMES libcublas.so.13 libcublas.so.12 PATHS ${HEED_LIBTORCH}/lib ${nvidia_libraries} NO_DEFAULT_PATH NO_CACHE)
find_file(cudart NAMES libcudart.so.13 libcudart.so.12 PATHS ${HEED_LIBTORCH}/lib ${nvidia_libraries} NO_DEFAULT_PATH NO_CACHE)
if(HEED_NVCC AND cublas AND cudart AND EXISTS ${HEED_LIBTORCH}/lib/libtorch_cuda.so)
  set(HEED_WITH_CUDA ON)
elseif(HEED_CUDA STREQUAL "ON")
  message(FATAL_ERROR "HEED_CUDA=ON needs nvcc (found: '${HEED_NVCC}'; pass -DHEED_NVCC=FILE) and a LibTorch with its CUDA libraries "
    "(found: '${HEED_LIBTORCH}'; run scripts/setup.sh --cuda, or pass -DHEED_LIBTORCH=DIR)")
endif()
message(STATUS "CUDA: ${HEED_WITH_CUDA}")

add_library(heed_cuda INTERFACE)
add_library(heed::cuda ALIAS heed_cuda)
if(HEED_WITH_CUDA)
  set(CMAKE_CUDA_COMPILER ${HEED_NVCC})
  # Machine code for each, PTX of the first and the last: others from compute capability 8.0 on (Ampere) compile that when
  # they first run it.
  set(CMAKE_CUDA_ARCHITECTURES "80;86-real;89-real;90-real;100-real;120" CACHE STRING "GPU generations to compile for")
  set(HEED_LOWEST_CAPABILITY 80)  # for src/tensor/device.cpp; where the list names none (native, all), what Heed needs
  string(REGEX MATCHALL "[0-9]+" generations "${CMAKE_CUDA_ARCHITECTURES}")
  if(generations)
    list(SORT generations COMPARE NATURAL)
    list(GET generations 0 HEED_LOWEST_CAPABILITY)
  endif()
  if(HEED_LOWEST_CAPABILITY LESS 80)
    message(FATAL_ERROR "CMAKE_CUDA_ARCHITECTURES: Heed's kernels need 80 (Ampere) or newer, found '${CMAKE_CUDA_ARCHITECTURES}'")
  endif()
  set(CMAKE_CUDA_RUNTIME_LIBRARY None)  # one CUDA runtime in the process: LibTorch's, linked below
  enable_language(CUDA)
  if(NOT CMAKE_CUDA20_STANDARD_COMPILE_OPTION)  # Debian 12's CMake does not know that nvcc has C++20
    set(CMAKE_CUDA20_STANDARD_COMPILE_OPTION -std=c++20)
  endif()

  target_compile_definitions(heed_cuda INTERFACE HEED_CUDA)
  target_compile_options(heed_cuda INTERFACE $<$<COMPILE_LANGUAGE:CUDA>:--expt-relaxed-constexpr> $<$<COMPILE_LANGUAGE:CUDA>:--compress-mode=size>)
  target_include_directories(heed_cuda SYSTEM INTERFACE ${CMAKE_CUDA_TOOLKIT_INCLUDE_DIRECTORIES})
  # Nobody calls libtorch_cuda by name: it registers its kernels when it is loaded, so the linker must not leave it out.
  target_link_libraries(heed_torch INTERFACE ${cudart} ${HEED_LIBTORCH}/lib/libc10_cuda.so
    "-Wl,--no-as-needed,${HEED_LIBTORCH}/lib/libtorch_cuda.so,--as-needed")
  foreach(directory ${nvidia_libraries})
    target_link_options(heed_torch INTERFACE -Wl,-rpath-link,${directory})
  endforeach()
endif()
