# CMake generated Testfile for 
# Source directory: /work/wt/merkle/tests/unit/policy/state
# Build directory: /work/wt/merkle/build-asan/tests/unit/policy/state
# 
# This file includes the relevant testing commands required for 
# testing this directory and lists subdirectories to be tested as well.
