# -DPYKMEANS_SANITIZE=address+undefined or thread: the core, and what is linked to it, watched while it runs. What a
# sanitizer finds ends the program.
set(PYKMEANS_SANITIZE "" CACHE STRING "address+undefined, thread, or nothing: sanitizers to build with")

if(PYKMEANS_SANITIZE STREQUAL "address+undefined")
  set(_sanitizers -fsanitize=address,undefined,float-cast-overflow -fno-sanitize-recover=all)
elseif(PYKMEANS_SANITIZE STREQUAL "thread")
  set(_sanitizers -fsanitize=thread)
elseif(PYKMEANS_SANITIZE)
  message(FATAL_ERROR "PYKMEANS_SANITIZE=${PYKMEANS_SANITIZE} must be address+undefined, thread or nothing")
endif()

if(PYKMEANS_SANITIZE)
  target_compile_options(pykmeans_core PUBLIC ${_sanitizers} -g1 -fno-omit-frame-pointer PRIVATE -O1)
  target_compile_definitions(pykmeans_core PUBLIC _GLIBCXX_ASSERTIONS)
  target_link_options(pykmeans_core PUBLIC ${_sanitizers})
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # GCC 12 reads a lane that it was not asked for where it watches the bounds of a vector compared with another
    # (v = a <= b; v[lane]), and calls it uninitialized. The address sanitizer sees what lies beyond an array all the same.
    if(PYKMEANS_SANITIZE STREQUAL "address+undefined")
      target_compile_options(pykmeans_core PUBLIC -fno-sanitize=bounds)
    endif()
    target_compile_options(pykmeans_core PRIVATE -Wno-uninitialized -Wno-maybe-uninitialized)
  endif()
endif()
