# CMake generated Testfile for 
# Source directory: /work/wt/merkle/tests/unit/audit/checkpoint
# Build directory: /work/wt/merkle/build-asan/tests/unit/audit/checkpoint
# 
# This file includes the relevant testing commands required for 
# testing this directory and lists subdirectories to be tested as well.
add_test([=[tests/unit/audit/checkpoint]=] "/work/wt/merkle/build-asan/tests/unit/audit/checkpoint/passerelle_tests_unit_audit_checkpoint")
set_tests_properties([=[tests/unit/audit/checkpoint]=] PROPERTIES  _BACKTRACE_TRIPLES "/work/wt/merkle/CMakeLists.txt;74;add_test;/work/wt/merkle/tests/unit/audit/checkpoint/CMakeLists.txt;1;passerelle_test;/work/wt/merkle/tests/unit/audit/checkpoint/CMakeLists.txt;0;")
