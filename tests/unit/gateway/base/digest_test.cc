// Vectors: FIPS 180-4 examples and NIST's "SHA Test Vectors for Hashing Byte-Oriented Messages".
#include "gateway/base/digest.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

#include "gateway/base/bytes.h"
#include "gateway/base/status.h"

namespace passerelle::gateway::base {
namespace {

struct Vector {
  std::string message;
  const char* digest;
};

std::vector<Vector> Vectors() {
  return {{"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
          {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
          {"\xbd", "68325720aabd7c82f30f554b313d0570c95accbb7dc4b5aae11204c08ffe732b"},
          {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
           "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
          {std::string(1'000'000, 'a'),
           "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"}};
}

TEST(Sha256, AgreesWithPublishedVectors) {
  for (const Vector& vector : Vectors())
    EXPECT_EQ(ToHex(View(Sha256(vector.message))), vector.digest);
}

TEST(Sha256, OfPartsIsThatOfTheirConcatenation) {
  EXPECT_EQ(Sha256({"a", "", "bc"}), Sha256("abc"));
  EXPECT_EQ(Sha256({}), Sha256(""));
}

TEST(Sha256Hasher, BeginsAnewAfterFinish) {
  Sha256Hasher hasher;
  for (const Vector& vector : Vectors()) {
    const std::string_view message = vector.message;
    for (size_t at = 0; at < message.size(); at += 61) hasher.Update(message.substr(at, 61));
    EXPECT_EQ(ToHex(View(hasher.Finish())), vector.digest);
  }
}

TEST(Sha256, KeepsThreadsApart) {
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([t] {
      const std::string message(200 + static_cast<size_t>(t), 'm');
      const Digest expected = Sha256(message);
      for (int i = 0; i < 200; ++i)
        EXPECT_EQ(Sha256({message.substr(0, 7), message.substr(7)}), expected);
    });
  for (std::thread& thread : threads) thread.join();
}

TEST(DigestFromBytes, TakesExactly32Bytes) {
  const Digest digest = Sha256("abc");
  EXPECT_EQ(*DigestFromBytes(ToBytes(digest)), digest);
  for (const size_t size : {0, 31, 33})
    EXPECT_EQ(ReasonOf(DigestFromBytes(std::string(size, 'x')).status()), "DIGEST_LENGTH");
}

}  // namespace
}  // namespace passerelle::gateway::base
