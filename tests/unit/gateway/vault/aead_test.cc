#include "gateway/vault/aead.h"

#include <gtest/gtest.h>

#include "gateway/base/bytes.h"
#include "tests/support/fakes.h"

namespace passerelle::gateway::vault {
namespace {

// Gives the bytes it was made with, as a published vector demands.
class FixedRandom final : public base::Random {
 public:
  explicit FixedRandom(std::string bytes) : bytes_(std::move(bytes)) {}
  std::string Bytes(size_t size) override { return bytes_.substr(0, size); }

 private:
  const std::string bytes_;
};

std::string Hex(std::string_view text) { return *base::FromHex(text); }

// McGrew and Viega, "The Galois/Counter Mode of Operation", test cases 13, 14 and 16.
TEST(Aead, AgreesWithPublishedVectors) {
  FixedRandom zero(std::string(12, '\0'));
  const base::Secret zero_key(std::string(32, '\0'));
  EXPECT_EQ(base::ToHex(*AeadSeal(zero_key, "", {}, zero)),
            "000000000000000000000000530f8afbc74536b9a963b4f1c4cb738b");
  EXPECT_EQ(base::ToHex(*AeadSeal(
                zero_key, "",
                {std::string_view("\0\0\0\0\0\0\0\0", 8), std::string_view("\0\0\0\0\0\0\0\0", 8)},
                zero)),
            "000000000000000000000000cea7403d4d606b6e074ec5d3baf39d18"
            "d0d1c8a799996bf0265b98b5d48ab919");
  FixedRandom iv(Hex("cafebabefacedbaddecaf888"));
  const base::Secret key(Hex("feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308"));
  const std::string plain =
      Hex("d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
          "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39");
  const std::string associated = Hex("feedfacedeadbeeffeedfacedeadbeefabaddad2");
  const std::string sealed = *AeadSeal(key, associated, {plain}, iv);
  EXPECT_EQ(base::ToHex(sealed),
            "cafebabefacedbaddecaf888"
            "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
            "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662"
            "76fc6ece0f4e1768cddf8853bb2d551b");
  EXPECT_EQ(*AeadOpen(key, associated, sealed), plain);
}

TEST(Aead, DrawsAFreshIvEachTime) {
  tests::SeededRandom random(3);
  const base::Secret key(random.Bytes(32));
  EXPECT_NE(AeadSeal(key, "a", {"x"}, random)->substr(0, 12),
            AeadSeal(key, "a", {"x"}, random)->substr(0, 12));
}

TEST(Aead, RefusesWhatIsTooShortOrAltered) {
  tests::SeededRandom random(4);
  const base::Secret key(random.Bytes(32));
  const std::string sealed = *AeadSeal(key, "bound", {"con", "tent"}, random);
  ASSERT_EQ(*AeadOpen(key, "bound", sealed), "content");
  for (size_t size = 0; size < sealed.size(); ++size)
    EXPECT_EQ(AeadOpen(key, "bound", sealed.substr(0, size)).status().code(),
              absl::StatusCode::kDataLoss);
  EXPECT_FALSE(AeadOpen(key, "Bound", sealed).ok());
  EXPECT_FALSE(AeadOpen(key, "", sealed).ok());
  EXPECT_FALSE(AeadOpen(base::Secret(random.Bytes(32)), "bound", sealed).ok());
  // A failure leaves the thread's context usable.
  EXPECT_EQ(*AeadOpen(key, "bound", sealed), "content");
}

}  // namespace
}  // namespace passerelle::gateway::vault
