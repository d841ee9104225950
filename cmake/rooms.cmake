# heed_room(NAME [USES room...] [TORCH]): the library of src/NAME, linking only the rooms it may include.
function(heed_room name)
  cmake_parse_arguments(ROOM "TORCH" "" "USES" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/${name}/*.cpp ${CMAKE_SOURCE_DIR}/src/${name}/*/*.cpp)
  list(FILTER sources EXCLUDE REGEX "cpu/[a-z]+_set\\.cpp$")  # compiled apart, see kernels.cmake
  if(NOT sources)
    return()
  endif()
  add_library(heed_${name} STATIC ${sources})
  target_link_libraries(heed_${name} PUBLIC heed_warnings)
  foreach(used ${ROOM_USES})
    if(TARGET heed_${used})
      target_link_libraries(heed_${name} PUBLIC heed_${used})
    endif()
  endforeach()
  if(ROOM_TORCH)
    target_link_libraries(heed_${name} PUBLIC heed::torch)
  endif()
  set_property(GLOBAL APPEND PROPERTY HEED_ROOMS heed_${name})
endfunction()

# heed_precompile(TARGETS target... HEADERS header...): headers that these targets compile once, in the first of them. Sources
# name what they include all the same: clang-tidy reads them without (scripts/lint.sh). What is inlined out of them no longer
# counts as the system's for GCC 12, which then finds overflows in std::string that are not there (gcc.gnu.org/PR105329).
function(heed_precompile)
  cmake_parse_arguments(PRECOMPILE "" "" "TARGETS;HEADERS" ${ARGN})
  list(GET PRECOMPILE_TARGETS 0 first)
  foreach(target ${PRECOMPILE_TARGETS})
    if(target STREQUAL first)
      target_precompile_headers(${target} PRIVATE ${PRECOMPILE_HEADERS})
    else()
      target_precompile_headers(${target} REUSE_FROM ${first})
    endif()
    target_compile_options(${target} PRIVATE
      $<$<COMPILE_LANG_AND_ID:CXX,GNU>:-Wno-array-bounds -Wno-stringop-overflow -fpch-preprocess>)  # the last for ccache
  endforeach()
endfunction()

# heed_tests(NAME [EACH] [LABEL label] [LINK target...]): one GoogleTest program of tests/NAME/*_test.cpp, which ctest runs
# suite by suite, with EACH test by test.
function(heed_tests name)
  cmake_parse_arguments(TESTS "EACH" "LABEL" "LINK" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/${name}/*_test.cpp ${CMAKE_SOURCE_DIR}/tests/${name}/*/*_test.cpp)
  if(NOT sources)
    return()
  endif()
  if(NOT TESTS_LABEL)
    set(TESTS_LABEL unit)
  endif()
  add_executable(${name}_test ${sources} ${CMAKE_SOURCE_DIR}/tests/support/main.cpp)
  set_target_properties(${name}_test PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
  target_include_directories(${name}_test PRIVATE ${CMAKE_SOURCE_DIR}/tests)
  target_link_libraries(${name}_test PRIVATE heed_warnings GTest::gtest GTest::gmock)
  if(TARGET heed_${name})
    target_link_libraries(${name}_test PRIVATE heed_${name})
  endif()
  target_link_libraries(${name}_test PRIVATE ${TESTS_LINK})
  # The others compare the CPU with itself, also where `device: auto` would take a GPU.
  set(only_cuda_tests_see_gpus "")
  if(NOT TESTS_LABEL STREQUAL "cuda")
    set(only_cuda_tests_see_gpus ENVIRONMENT CUDA_VISIBLE_DEVICES=)
  endif()
  if(TESTS_EACH)
    # Tests over values have names of their own; what GoogleTest prints of the values may be bytes and addresses.
    gtest_discover_tests(${name}_test DISCOVERY_MODE PRE_TEST NO_PRETTY_VALUES WORKING_DIRECTORY ${CMAKE_SOURCE_DIR}
      PROPERTIES LABELS ${TESTS_LABEL} ${only_cuda_tests_see_gpus})
    return()
  endif()
  set(suites ${CMAKE_CURRENT_BINARY_DIR}/${name}_suites.cmake)
  add_custom_command(TARGET ${name}_test POST_BUILD BYPRODUCTS ${suites}
    COMMAND ${CMAKE_COMMAND} -D PROGRAM=$<TARGET_FILE:${name}_test> -D OUTPUT=${suites} -D LABEL=${TESTS_LABEL}
            -D WORKING_DIRECTORY=${CMAKE_SOURCE_DIR} -P ${CMAKE_SOURCE_DIR}/cmake/discover_suites.cmake)
  set_property(DIRECTORY APPEND PROPERTY TEST_INCLUDE_FILES ${suites})
endfunction()
