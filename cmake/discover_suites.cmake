# Run after a test program is linked: writes the ctest file that runs it once for each of its suites, named as they are.
# A process of LibTorch takes 0.2 s before main, so one for each single test would take longer than the tests.
#   cmake -D PROGRAM=... -D OUTPUT=... -D LABEL=... -D WORKING_DIRECTORY=... -P discover_suites.cmake
execute_process(COMMAND ${PROGRAM} --gtest_list_tests OUTPUT_VARIABLE listing COMMAND_ERROR_IS_FATAL ANY)
string(REGEX MATCHALL "(^|\n)[A-Za-z0-9_/]+\\." suites "${listing}")
list(REMOVE_DUPLICATES suites)
set(script "")
foreach(suite IN LISTS suites)
  string(REGEX REPLACE "[\n.]" "" suite "${suite}")
  string(APPEND script "add_test([=[${suite}]=] [=[${PROGRAM}]=] [=[--gtest_filter=${suite}.*]=])\n"
    "set_tests_properties([=[${suite}]=] PROPERTIES LABELS ${LABEL} ENVIRONMENT CUDA_VISIBLE_DEVICES= WORKING_DIRECTORY [=[${WORKING_DIRECTORY}]=])\n")
endforeach()
file(WRITE ${OUTPUT} "${script}")
