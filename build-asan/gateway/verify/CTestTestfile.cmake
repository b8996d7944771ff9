# CMake generated Testfile for 
# Source directory: /work/wt/merkle/gateway/verify
# Build directory: /work/wt/merkle/build-asan/gateway/verify
# 
# This file includes the relevant testing commands required for 
# testing this directory and lists subdirectories to be tested as well.
