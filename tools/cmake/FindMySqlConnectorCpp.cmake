# libmysqlcppconn-dev 1.1.12 ships neither a CMake nor a pkg-config file.
find_path(MySqlConnectorCpp_INCLUDE_DIR cppconn/driver.h)
find_library(MySqlConnectorCpp_LIBRARY mysqlcppconn)
include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(MySqlConnectorCpp DEFAULT_MSG MySqlConnectorCpp_LIBRARY MySqlConnectorCpp_INCLUDE_DIR)
if(MySqlConnectorCpp_FOUND AND NOT TARGET MySqlConnectorCpp::MySqlConnectorCpp)
  add_library(MySqlConnectorCpp::MySqlConnectorCpp UNKNOWN IMPORTED)
  set_target_properties(MySqlConnectorCpp::MySqlConnectorCpp PROPERTIES IMPORTED_LOCATION ${MySqlConnectorCpp_LIBRARY})
endif()
