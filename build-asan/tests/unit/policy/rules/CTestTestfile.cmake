# CMake generated Testfile for 
# Source directory: /work/wt/merkle/tests/unit/policy/rules
# Build directory: /work/wt/merkle/build-asan/tests/unit/policy/rules
# 
# This file includes the relevant testing commands required for 
# testing this directory and lists subdirectories to be tested as well.
