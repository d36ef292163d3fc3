include_guard(GLOBAL)
option(CONGVAN_WERROR "Warnings are errors" OFF)
option(CONGVAN_TESTS "Build the tests" ON)
option(CONGVAN_FUZZ "Build the fuzz targets instead of the tests (clang only)" OFF)
set(CONGVAN_SANITIZE "" CACHE STRING "Sanitizers, e.g. address,undefined or thread")

add_library(congvan_options INTERFACE)
target_compile_features(congvan_options INTERFACE cxx_std_20)
target_compile_definitions(congvan_options INTERFACE POINTERHOLDER_TRANSITION=4)
target_compile_options(congvan_options INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wold-style-cast -Wnon-virtual-dtor
  -Woverloaded-virtual -Wno-missing-field-initializers
  $<$<CXX_COMPILER_ID:GNU>:-Wduplicated-cond -Wlogical-op>
  $<$<CXX_COMPILER_ID:Clang>:-Wno-missing-field-initializers -Wno-missing-braces>
  $<$<BOOL:${CONGVAN_WERROR}>:-Werror>)
# The asan preset carries fuzzer-no-link as well, so that the rooms compiled for it are cache hits for fuzz.
if(CONGVAN_SANITIZE)  # an if: a generator expression would split the list at its comma
  target_compile_options(congvan_options INTERFACE -fsanitize=${CONGVAN_SANITIZE} -fno-omit-frame-pointer)
  target_compile_definitions(congvan_options INTERFACE CONGVAN_SANITIZED)
  target_link_options(congvan_options INTERFACE -fsanitize=${CONGVAN_SANITIZE} -fuse-ld=lld)
endif()

# congvan_module(<name> SOURCES <file>... USES <module>... LINKS <imported target>...)
# One static library a room. A room that has only headers becomes an interface library.
function(congvan_module name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;USES;LINKS")
  list(TRANSFORM arg_USES PREPEND congvan::)
  if(arg_SOURCES)
    add_library(congvan_${name} STATIC ${arg_SOURCES})
    target_include_directories(congvan_${name} PUBLIC ${PROJECT_SOURCE_DIR}/src)
    target_link_libraries(congvan_${name} PUBLIC ${arg_USES} PRIVATE ${arg_LINKS} congvan_options)
  else()
    add_library(congvan_${name} INTERFACE)
    target_include_directories(congvan_${name} INTERFACE ${PROJECT_SOURCE_DIR}/src)
    target_link_libraries(congvan_${name} INTERFACE ${arg_USES})
  endif()
  add_library(congvan::${name} ALIAS congvan_${name})
endfunction()

# Built by this: every test that runs under ThreadSanitizer.
add_custom_target(tsan_tests)

# congvan_test(<name> LABEL <one label> SOURCES <file>... USES <module>... LINKS <target>... [TIMEOUT s] [THREADS])
# One CTest an executable; tools/test adds up the cases from the JSON that each writes. THREADS: what it tests
# works with threads, so it runs under ThreadSanitizer too, as every test labelled http does.
# Tests find their inputs through CONGVAN_SOURCE_DIR.
function(congvan_test name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "THREADS" "LABEL;TIMEOUT" "SOURCES;USES;LINKS;ARGS")
  list(TRANSFORM arg_USES PREPEND congvan::)
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 120)
  endif()
  add_executable(${name} ${arg_SOURCES})
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR} ${PROJECT_SOURCE_DIR}/src)
  target_compile_definitions(${name} PRIVATE CONGVAN_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
  target_link_libraries(${name} PRIVATE ${arg_USES} ${arg_LINKS} GTest::gmock GTest::gtest_main congvan_options)
  add_test(NAME ${arg_LABEL}.${name}
    COMMAND ${name} --gtest_brief=1 --gtest_output=json:${PROJECT_BINARY_DIR}/results/${name}.json ${arg_ARGS})
  set(labels ${arg_LABEL})
  if(arg_THREADS OR arg_LABEL STREQUAL http)
    list(APPEND labels threads)
    add_dependencies(tsan_tests ${name})
  endif()
  set_tests_properties(${arg_LABEL}.${name} PROPERTIES LABELS "${labels}" TIMEOUT ${arg_TIMEOUT})
endfunction()

# congvan_script_test(<name> LABEL <label> COMMAND <command>...)
# A test that is not C++. It prints as its last line `N passed, N failed, N skipped`.
function(congvan_script_test name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "LABEL;TIMEOUT" "COMMAND;DEPENDS")
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 300)
  endif()
  add_test(NAME ${arg_LABEL}.${name}
    COMMAND ${PROJECT_SOURCE_DIR}/tools/lint/counted ${PROJECT_BINARY_DIR}/results/${name}.txt ${arg_COMMAND}
    WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
  set_tests_properties(${arg_LABEL}.${name} PROPERTIES LABELS ${arg_LABEL} TIMEOUT ${arg_TIMEOUT})
endfunction()
