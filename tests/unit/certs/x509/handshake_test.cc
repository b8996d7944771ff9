// A handshake with servers in this process: one that lets us in, one that does not, one that is
// none.
#include "certs/x509/handshake.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "certs/ca/authority.h"
#include "certs/keys/openssl.h"
#include "gateway/base/clock.h"
#include "gateway/base/status.h"
#include "tests/support/fakes.h"

namespace passerelle::certs::x509 {
namespace {

using ca::Authority;
using gateway::base::ReasonOf;
using ::testing::HasSubstr;
using tests::SeededRandom;

// The two ends of a connection.
struct Ends {
  Ends() { EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, both), 0); }
  ~Ends() {
    close(both[0]);
    close(both[1]);
  }
  int both[2] = {-1, -1};
};

class HandshakeTest : public ::testing::Test {
 protected:
  HandshakeTest()
      : now_ms_(gateway::base::SystemClock().WallMs()),
        root_(MakeRoot()),
        server_key_(*keys::PrivateKey::Generate(keys::KeyType::kP256)),
        client_key_(*keys::PrivateKey::Generate(keys::KeyType::kP256)),
        server_(Leaf(root_, server_key_, "")) {}

  Authority MakeRoot() {
    return *Authority::Create("Synthetic root", now_ms_ - 3'600'000, now_ms_ + 86'400'000, random_);
  }

  Certificate Leaf(const Authority& authority, const keys::PrivateKey& key, const char* uri) {
    ca::Profile profile;
    profile.common_name = "synthetic";
    profile.uri = uri;
    if (profile.uri.empty()) profile.dns_names = {"gateway.example"};
    profile.not_before_ms = now_ms_ - 3'600'000;
    profile.not_after_ms = now_ms_ + 3'600'000;
    return *authority.Issue(profile, key.public_key(), random_);
  }

  // Accepts one client whose certificate must be of our root, and greets whom it lets in.
  void Serve(int socket) {
    const keys::Owned<SSL_CTX, SSL_CTX_free> context(SSL_CTX_new(TLS_server_method()));
    // Not by RequireTls13, which would bind the other tests of this process too.
    SSL_CTX_set_min_proto_version(context.get(), TLS1_3_VERSION);
    SSL_CTX_set_mode(context.get(), SSL_MODE_NO_AUTO_CHAIN);
    SSL_CTX_use_certificate(context.get(), server_.x509());
    SSL_CTX_use_PrivateKey(context.get(), server_key_.evp());
    X509_STORE_add_cert(SSL_CTX_get_cert_store(context.get()), root_.certificate().x509());
    SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
    const keys::Owned<SSL, SSL_free> connection(SSL_new(context.get()));
    SSL_set_fd(connection.get(), socket);
    if (SSL_accept(connection.get()) == 1) SSL_write(connection.get(), "settings", 8);
  }

  absl::StatusOr<Handshake> Shake(const Identity* identity) {
    const Ends ends;
    std::thread server([&] {
      Serve(ends.both[1]);
      shutdown(ends.both[1], SHUT_WR);
    });
    absl::StatusOr<Handshake> shaken = ShakeHands(ends.both[0], "gateway.example", identity);
    server.join();
    return shaken;
  }

  SeededRandom random_{1};
  const int64_t now_ms_;
  Authority root_;
  const keys::PrivateKey server_key_, client_key_;
  const Certificate server_;
};

TEST_F(HandshakeTest, TellsWhatTheServerShowsToWhomItLetsIn) {
  const std::vector<Certificate> chain = {
      Leaf(root_, client_key_, "spiffe://ctg.example/test/agent/00")};
  const Identity identity{chain, client_key_};
  const auto shaken = Shake(&identity);
  ASSERT_TRUE(shaken.ok()) << shaken.status();
  ASSERT_EQ(shaken->chain.size(), 1u);
  EXPECT_EQ(shaken->chain[0].ToDer(), server_.ToDer());
  EXPECT_EQ(shaken->refusal, "");
}

TEST_F(HandshakeTest, TellsThatTheServerRefusesUsAndWhatItShows) {
  Authority foreign = MakeRoot();
  const std::vector<Certificate> chain = {
      Leaf(foreign, client_key_, "spiffe://ctg.example/test/agent/00")};
  const Identity identity{chain, client_key_};
  for (const Identity* each : {&identity, static_cast<const Identity*>(nullptr)}) {
    const auto shaken = Shake(each);
    ASSERT_TRUE(shaken.ok()) << shaken.status();
    EXPECT_EQ(shaken->chain[0].ToDer(), server_.ToDer());
    EXPECT_THAT(shaken->refusal, HasSubstr(each == nullptr ? "certificate required" : "alert"));
  }
}

TEST_F(HandshakeTest, FailsWhereNobodySpeaksTls) {
  const Ends ends;
  const std::string page = "HTTP/1.0 400 Bad Request\r\n\r\n";
  ASSERT_EQ(write(ends.both[1], page.data(), page.size()), static_cast<ssize_t>(page.size()));
  shutdown(ends.both[1], SHUT_WR);
  const auto shaken = ShakeHands(ends.both[0], "gateway.example", nullptr);
  EXPECT_EQ(ReasonOf(shaken.status()), "TLS_FAILED");
}

}  // namespace
}  // namespace passerelle::certs::x509
