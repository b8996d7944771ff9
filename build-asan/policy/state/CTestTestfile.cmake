# CMake generated Testfile for 
# Source directory: /work/wt/merkle/policy/state
# Build directory: /work/wt/merkle/build-asan/policy/state
# 
# This file includes the relevant testing commands required for 
# testing this directory and lists subdirectories to be tested as well.
