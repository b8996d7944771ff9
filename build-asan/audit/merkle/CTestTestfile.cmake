# CMake generated Testfile for 
# Source directory: /work/wt/merkle/audit/merkle
# Build directory: /work/wt/merkle/build-asan/audit/merkle
# 
# This file includes the relevant testing commands required for 
# testing this directory and lists subdirectories to be tested as well.
