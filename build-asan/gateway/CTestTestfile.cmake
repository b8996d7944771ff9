# CMake generated Testfile for 
# Source directory: /work/wt/merkle/gateway
# Build directory: /work/wt/merkle/build-asan/gateway
# 
# This file includes the relevant testing commands required for 
# testing this directory and lists subdirectories to be tested as well.
subdirs("base")
subdirs("log")
subdirs("vault")
subdirs("core")
subdirs("verify")
subdirs("service")
