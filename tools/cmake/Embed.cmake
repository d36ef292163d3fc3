# congvan_embed(<out.cpp> FUNCTION <namespace::function> FILES <file>...)
# Makes a C++ file that defines `std::span<const EmbeddedFile> congvan::namespace::function()` (base/embedded.h): the files
# as they are at build time, under their names without the extension. CMake runs this same file as a script for it.
if(NOT CMAKE_SCRIPT_MODE_FILE)
  include_guard(GLOBAL)
  set(CONGVAN_EMBED ${CMAKE_CURRENT_LIST_FILE})
  function(congvan_embed out)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "FUNCTION" "FILES")
    string(REPLACE ";" "|" list "${arg_FILES}")
    add_custom_command(
      OUTPUT ${out}
      COMMAND ${CMAKE_COMMAND} -DOUT=${out} -DFUNCTION=${arg_FUNCTION} "-DFILES=${list}" -P ${CONGVAN_EMBED}
      WORKING_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR}
      DEPENDS ${arg_FILES} ${CONGVAN_EMBED}
      VERBATIM)
  endfunction()
  return()
endif()

# Lists of characters, because a compiler need not take more than 65,536 of them in one literal. The last one, a
# zero, is not counted: it lets a file be empty.
string(REPLACE "|" ";" files "${FILES}")
set(texts "")
set(rows "")
foreach(file IN LISTS files)
  get_filename_component(name ${file} NAME_WLE)
  string(MAKE_C_IDENTIFIER "text_${name}" variable)
  file(READ ${file} hex HEX)
  string(REGEX REPLACE "(................................)" "\\1\n      " hex "${hex}")
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "'\\\\x\\1'," characters "${hex}")
  string(APPEND texts "  static constexpr char ${variable}[] = {\n      ${characters}'\\0'};\n")
  string(APPEND rows "      {\"${name}\", {${variable}, sizeof ${variable} - 1}},\n")
endforeach()
string(REGEX MATCH "^(.*)::([^:]*)$" _ "congvan::${FUNCTION}")
file(WRITE ${OUT} "#include \"base/embedded.h\"

namespace ${CMAKE_MATCH_1} {

std::span<const EmbeddedFile> ${CMAKE_MATCH_2}() {
${texts}  static constexpr EmbeddedFile kFiles[] = {
${rows}  };
  return kFiles;
}

}  // namespace ${CMAKE_MATCH_1}
")
