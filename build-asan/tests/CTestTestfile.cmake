# CMake generated Testfile for 
# Source directory: /work/wt/merkle/tests
# Build directory: /work/wt/merkle/build-asan/tests
# 
# This file includes the relevant testing commands required for 
# testing this directory and lists subdirectories to be tested as well.
subdirs("support")
subdirs("unit/gateway/base")
subdirs("unit/gateway/log")
subdirs("unit/gateway/vault")
subdirs("unit/gateway/core")
subdirs("unit/gateway/verify")
subdirs("unit/gateway/service")
subdirs("unit/certs/keys")
subdirs("unit/certs/x509")
subdirs("unit/certs/ca")
subdirs("unit/audit/merkle")
subdirs("unit/audit/checkpoint")
subdirs("unit/audit/entry")
subdirs("unit/audit/log")
subdirs("unit/policy/content")
subdirs("unit/policy/conventions")
subdirs("unit/policy/state")
subdirs("unit/policy/rules")
