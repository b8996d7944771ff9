# CMake generated Testfile for 
# Source directory: /work/wt/merkle
# Build directory: /work/wt/merkle/build-asan
# 
# This file includes the relevant testing commands required for 
# testing this directory and lists subdirectories to be tested as well.
subdirs("proto")
subdirs("gateway")
subdirs("certs")
subdirs("audit")
subdirs("policy")
subdirs("tests")
