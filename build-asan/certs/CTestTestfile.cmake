# CMake generated Testfile for 
# Source directory: /work/wt/merkle/certs
# Build directory: /work/wt/merkle/build-asan/certs
# 
# This file includes the relevant testing commands required for 
# testing this directory and lists subdirectories to be tested as well.
subdirs("keys")
subdirs("x509")
subdirs("ca")
