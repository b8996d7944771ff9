# CMake generated Testfile for 
# Source directory: /work/wt/merkle/certs/x509
# Build directory: /work/wt/merkle/build-asan/certs/x509
# 
# This file includes the relevant testing commands required for 
# testing this directory and lists subdirectories to be tested as well.
