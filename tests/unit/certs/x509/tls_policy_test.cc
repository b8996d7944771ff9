// Handshakes over memory between contexts made before and after the policy.
#include "certs/x509/tls_policy.h"

#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include "certs/ca/authority.h"
#include "certs/keys/openssl.h"
#include "tests/support/fakes.h"

namespace passerelle::certs::x509 {
namespace {

using keys::Owned;
using OwnedContext = Owned<SSL_CTX, SSL_CTX_free>;
using OwnedSsl = Owned<SSL, SSL_free>;

int sessions_received = 0;

int CountSession(SSL*, SSL_SESSION*) {
  ++sessions_received;
  return 0;
}

// What came of a handshake.
struct Outcome {
  bool done = false;
  int version = 0;
  std::string suite;
};

// Lets both sides speak in turn until both are done or neither moves.
Outcome Handshake(SSL_CTX* server_context, SSL_CTX* client_context) {
  const OwnedSsl server(SSL_new(server_context));
  const OwnedSsl client(SSL_new(client_context));
  BIO* server_end = nullptr;
  BIO* client_end = nullptr;
  BIO_new_bio_pair(&server_end, 0, &client_end, 0);
  SSL_set_bio(server.get(), server_end, server_end);
  SSL_set_bio(client.get(), client_end, client_end);
  SSL_set_accept_state(server.get());
  SSL_set_connect_state(client.get());
  Outcome outcome;
  for (int turn = 0; turn < 10; ++turn) {
    const int connected = SSL_do_handshake(client.get());
    const int accepted = SSL_do_handshake(server.get());
    outcome.done = connected == 1 && accepted == 1;
  }
  // Tickets travel after the handshake: the client meets them when it reads.
  char byte = 'x';
  SSL_write(server.get(), &byte, 1);
  SSL_read(client.get(), &byte, 1);
  outcome.version = SSL_version(client.get());
  outcome.suite = outcome.done ? SSL_get_cipher_name(client.get()) : "";
  ERR_clear_error();
  return outcome;
}

class TlsPolicyTest : public ::testing::Test {
 protected:
  // What stands before the policy is made once and kept, even when the tests are repeated: the
  // policy is for the life of the process.
  static void SetUpTestSuite() {
    if (key_ != nullptr) return;
    tests::SeededRandom random(1);
    constexpr int64_t kNow = tests::FakeClock::kStartMs;
    const auto root = ca::Authority::Create("Synthetic root", kNow, kNow + 86400000, random);
    key_ = new keys::PrivateKey(*keys::PrivateKey::Generate(keys::KeyType::kP256));
    ca::Profile profile;
    profile.common_name = "server";
    profile.dns_names = {"gateway.example"};
    profile.not_before_ms = kNow;
    profile.not_after_ms = kNow + 86400000;
    certificate_ = new Certificate(*root->Issue(profile, key_->public_key(), random));
    server_before_ = Server().release();
    tls12_client_ = Client(TLS1_2_VERSION).release();
    tls13_client_ = Client(TLS1_3_VERSION).release();
    before_ = Handshake(server_before_, tls12_client_);
    applied_ = RequireTls13();
  }

  static OwnedContext Server() {
    OwnedContext context(SSL_CTX_new(TLS_server_method()));
    SSL_CTX_use_certificate(context.get(), certificate_->x509());
    SSL_CTX_use_PrivateKey(context.get(), key_->evp());
    return context;
  }

  static OwnedContext Client(int version) {
    OwnedContext context(SSL_CTX_new(TLS_client_method()));
    SSL_CTX_set_min_proto_version(context.get(), version);
    SSL_CTX_set_max_proto_version(context.get(), version);
    SSL_CTX_set_verify(context.get(), SSL_VERIFY_NONE, nullptr);
    SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_CLIENT);
    SSL_CTX_sess_set_new_cb(context.get(), CountSession);
    return context;
  }

  static inline keys::PrivateKey* key_ = nullptr;
  static inline Certificate* certificate_ = nullptr;
  static inline SSL_CTX* server_before_ = nullptr;
  static inline SSL_CTX* tls12_client_ = nullptr;
  static inline SSL_CTX* tls13_client_ = nullptr;
  static inline Outcome before_;
  static inline absl::Status applied_;
};

TEST_F(TlsPolicyTest, ChangesWhatOpensslWouldDo) {
  EXPECT_TRUE(before_.done);
  EXPECT_EQ(before_.version, TLS1_2_VERSION);
  EXPECT_TRUE(applied_.ok()) << applied_;
}

TEST_F(TlsPolicyTest, RefusesATls12ClientEvenWhenTheServerAsksForIt) {
  const OwnedContext server = Server();
  EXPECT_FALSE(Handshake(server.get(), tls12_client_).done);
  // As gRPC does.
  SSL_CTX_set_min_proto_version(server.get(), TLS1_2_VERSION);
  SSL_CTX_set_max_proto_version(server.get(), TLS1_3_VERSION);
  SSL_CTX_set_cipher_list(server.get(), "ECDHE-ECDSA-AES128-GCM-SHA256");
  EXPECT_FALSE(Handshake(server.get(), tls12_client_).done);
  EXPECT_TRUE(Handshake(server.get(), tls13_client_).done);
}

TEST_F(TlsPolicyTest, SpeaksTls13WithAnAeadSuite) {
  const Outcome outcome = Handshake(Server().get(), tls13_client_);
  EXPECT_TRUE(outcome.done);
  EXPECT_EQ(outcome.version, TLS1_3_VERSION);
  EXPECT_TRUE(outcome.suite.starts_with("TLS_")) << outcome.suite;
}

TEST_F(TlsPolicyTest, BindsClientsToo) {
  const OwnedContext client(SSL_CTX_new(TLS_client_method()));
  SSL_CTX_set_max_proto_version(server_before_, TLS1_2_VERSION);
  EXPECT_FALSE(Handshake(server_before_, client.get()).done);
  SSL_CTX_set_max_proto_version(server_before_, 0);
  EXPECT_EQ(Handshake(server_before_, client.get()).version, TLS1_3_VERSION);
}

TEST_F(TlsPolicyTest, GivesNoTicketToResumeWith) {
  sessions_received = 0;
  ASSERT_TRUE(Handshake(server_before_, tls13_client_).done);
  EXPECT_GT(sessions_received, 0);
  sessions_received = 0;
  ASSERT_TRUE(Handshake(Server().get(), tls13_client_).done);
  EXPECT_EQ(sessions_received, 0);
}

TEST_F(TlsPolicyTest, MayBeAskedForTwice) {
  EXPECT_TRUE(RequireTls13().ok());
  EXPECT_FALSE(Handshake(Server().get(), tls12_client_).done);
}

}  // namespace
}  // namespace passerelle::certs::x509
