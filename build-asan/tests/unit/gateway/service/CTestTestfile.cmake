# CMake generated Testfile for 
# Source directory: /work/wt/merkle/tests/unit/gateway/service
# Build directory: /work/wt/merkle/build-asan/tests/unit/gateway/service
# 
# This file includes the relevant testing commands required for 
# testing this directory and lists subdirectories to be tested as well.
