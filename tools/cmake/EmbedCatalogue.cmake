# Writes ${OUT}: messages/{vi,en}.json as string constants. Raw strings are cut in pieces because a compiler
# need not take more than 65,536 characters in one.
function(literal file result)
  file(READ ${file} text HEX)
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "\\\\x\\1" escaped "${text}")
  string(REGEX REPLACE "((\\\\x..)(\\\\x..)(\\\\x..)(\\\\x..)(\\\\x..)(\\\\x..)(\\\\x..)(\\\\x..))" "\\1\"\n    \"" escaped "${escaped}")
  set(${result} "\"${escaped}\"" PARENT_SCOPE)
endfunction()
literal(${FOLDER}/vi.json vi)
literal(${FOLDER}/en.json en)
file(WRITE ${OUT} "#include \"edge/http/catalogue.h\"

namespace congvan::http {

std::string_view catalogueVietnamese() {
  static constexpr char kText[] =
    ${vi};
  return {kText, sizeof kText - 1};
}

std::string_view catalogueEnglish() {
  static constexpr char kText[] =
    ${en};
  return {kText, sizeof kText - 1};
}

}  // namespace congvan::http
")
