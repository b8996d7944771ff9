# CMake generated Testfile for 
# Source directory: /work/wt/merkle/tests/unit/audit/merkle
# Build directory: /work/wt/merkle/build-asan/tests/unit/audit/merkle
# 
# This file includes the relevant testing commands required for 
# testing this directory and lists subdirectories to be tested as well.
add_test([=[tests/unit/audit/merkle]=] "/work/wt/merkle/build-asan/tests/unit/audit/merkle/passerelle_tests_unit_audit_merkle")
set_tests_properties([=[tests/unit/audit/merkle]=] PROPERTIES  _BACKTRACE_TRIPLES "/work/wt/merkle/CMakeLists.txt;74;add_test;/work/wt/merkle/tests/unit/audit/merkle/CMakeLists.txt;1;passerelle_test;/work/wt/merkle/tests/unit/audit/merkle/CMakeLists.txt;0;")
