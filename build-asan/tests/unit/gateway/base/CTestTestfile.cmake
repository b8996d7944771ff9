# CMake generated Testfile for 
# Source directory: /work/wt/merkle/tests/unit/gateway/base
# Build directory: /work/wt/merkle/build-asan/tests/unit/gateway/base
# 
# This file includes the relevant testing commands required for 
# testing this directory and lists subdirectories to be tested as well.
add_test([=[tests/unit/gateway/base]=] "/work/wt/merkle/build-asan/tests/unit/gateway/base/passerelle_tests_unit_gateway_base")
set_tests_properties([=[tests/unit/gateway/base]=] PROPERTIES  _BACKTRACE_TRIPLES "/work/wt/merkle/CMakeLists.txt;74;add_test;/work/wt/merkle/tests/unit/gateway/base/CMakeLists.txt;1;passerelle_test;/work/wt/merkle/tests/unit/gateway/base/CMakeLists.txt;0;")
