# CMake generated Testfile for 
# Source directory: /work/wt/merkle/policy/content
# Build directory: /work/wt/merkle/build-asan/policy/content
# 
# This file includes the relevant testing commands required for 
# testing this directory and lists subdirectories to be tested as well.
