# Writes ${OUT}: a C++ function ${FUNCTION}(name) in namespace ${NAMESPACE}, declared in ${HEADER}, that gives the text of
# each file of ${FILES} (separated by |) under its name without the last extension.
string(REPLACE "|" ";" files "${FILES}")
set(rows "")
foreach(file IN LISTS files)
  get_filename_component(name ${file} NAME_WLE)
  file(READ ${file} hex HEX)
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "\\\\x\\1" text "${hex}")
  string(REGEX REPLACE "((\\\\x..)(\\\\x..)(\\\\x..)(\\\\x..)(\\\\x..)(\\\\x..)(\\\\x..)(\\\\x..))" "\\1\"\n      \"" text "${text}")
  string(APPEND rows "  {\n    static constexpr char kText[] =\n      \"${text}\";\n    if (name == \"${name}\") return std::string_view{kText, sizeof kText - 1};\n  }\n")
endforeach()
file(WRITE ${OUT} "#include \"${HEADER}\"

namespace ${NAMESPACE} {

std::optional<std::string_view> ${FUNCTION}(std::string_view name) {
${rows}  return std::nullopt;
}

}  // namespace ${NAMESPACE}
")
