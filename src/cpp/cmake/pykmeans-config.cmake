# find_package(pykmeans) where the Python package is installed: compiles the sources beside this folder, with the compiler
# and the options of the program that asks. -Dpykmeans_DIR= is what pykmeans.get_cmake_dir() returns.
if(NOT TARGET pykmeans::core)
  add_subdirectory("${CMAKE_CURRENT_LIST_DIR}/.." "${CMAKE_CURRENT_BINARY_DIR}/pykmeans" EXCLUDE_FROM_ALL)
endif()
