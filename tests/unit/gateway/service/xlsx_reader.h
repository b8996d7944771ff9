// A spreadsheet as a program that is not ours reads it: Python's own library, in read_xlsx.py.
#ifndef PASSERELLE_TESTS_UNIT_GATEWAY_SERVICE_XLSX_READER_H_
#define PASSERELLE_TESTS_UNIT_GATEWAY_SERVICE_XLSX_READER_H_

#include <gtest/gtest.h>
#include <stdio.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <string>

#include "tests/support/temp_folder.h"

namespace passerelle::gateway::service {

// The sheets of a file, in order, by name; null when it does not read.
inline nlohmann::ordered_json ReadXlsx(const std::string& bytes) {
  const tests::TempFolder folder;
  const std::string path = folder / "register.xlsx";
  std::ofstream(path, std::ios::binary) << bytes;
  const std::string command = std::string("python3 ") + PASSERELLE_READ_XLSX + " " + path;
  FILE* pipe = popen(command.c_str(), "r");
  if (pipe == nullptr) return nullptr;
  std::string text;
  char buffer[4096];
  for (size_t count; (count = fread(buffer, 1, sizeof buffer, pipe)) > 0;)
    text.append(buffer, count);
  EXPECT_EQ(pclose(pipe), 0) << "the file does not read";
  return nlohmann::ordered_json::parse(text, nullptr, /*allow_exceptions=*/false);
}

}  // namespace passerelle::gateway::service

#endif  // PASSERELLE_TESTS_UNIT_GATEWAY_SERVICE_XLSX_READER_H_
