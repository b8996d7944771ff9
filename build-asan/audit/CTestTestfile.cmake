# CMake generated Testfile for 
# Source directory: /work/wt/merkle/audit
# Build directory: /work/wt/merkle/build-asan/audit
# 
# This file includes the relevant testing commands required for 
# testing this directory and lists subdirectories to be tested as well.
subdirs("merkle")
subdirs("checkpoint")
subdirs("entry")
subdirs("log")
