# CMake generated Testfile for 
# Source directory: /work/wt/merkle/certs/ca
# Build directory: /work/wt/merkle/build-asan/certs/ca
# 
# This file includes the relevant testing commands required for 
# testing this directory and lists subdirectories to be tested as well.
