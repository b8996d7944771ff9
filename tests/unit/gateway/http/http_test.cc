// Server and client of HTTPS, over real TLS on loopback.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "certs/ca/authority.h"
#include "certs/keys/key.h"
#include "certs/x509/certificate.h"
#include "gateway/base/clock.h"
#include "gateway/base/status.h"
#include "gateway/http/client.h"
#include "gateway/http/server.h"
#include "tests/support/fakes.h"

namespace passerelle::gateway::http {
namespace {

using base::ReasonOf;
using certs::ca::Authority;
using certs::keys::PrivateKey;
using testing::HasSubstr;

constexpr int64_t kDayMs = int64_t{24} * 3600 * 1000;

class HttpTest : public testing::Test {
 protected:
  Authority MakeAuthority() {
    return *Authority::Create("Passerelle TEST", clock_.WallMs() - kDayMs, clock_.WallMs() + kDayMs,
                              random_);
  }

  ServerOptions OptionsFor(const std::string& host) {
    const PrivateKey key = *PrivateKey::Generate(certs::keys::KeyType::kP256);
    certs::ca::Profile profile;
    profile.common_name = host;
    profile.dns_names = {host};
    profile.not_before_ms = clock_.WallMs() - kDayMs / 2;
    profile.not_after_ms = clock_.WallMs() + kDayMs / 2;
    ServerOptions options;
    options.address = "127.0.0.1:0";
    options.certificate_pem = authority_.Issue(profile, key.public_key(), random_)->ToPem();
    options.key_pem = key.ToPem();
    options.most_body_bytes = 1000;
    return options;
  }

  void Serve(const ServerOptions& options) {
    Routes routes;
    routes.get = [](const Request& request) {
      if (request.path == "/long") return Answer{200, "text/plain", std::string(5000, 'l'), ""};
      if (request.path == "/away") return Answer{302, "text/plain", "elsewhere", ""};
      return Answer{request.path == "/there" ? 200 : 404, "text/x.test",
                    absl::StrCat("GET ", request.path), "max-age=5"};
    };
    routes.post["/echo"] = [this](const Request& request) {
      certificates_ = request.certificates_pem;
      return Answer{200, "text/plain", request.body, ""};
    };
    absl::StatusOr<std::unique_ptr<Server>> server = Server::Start(options, std::move(routes));
    ASSERT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
  }

  absl::StatusOr<Answer> Get(const std::string& path) {
    Call call;
    call.url = absl::StrCat("https://localhost:", server_->port(), path);
    call.anchors_pem = authority_.certificate().ToPem();
    call.most_answer_bytes = 4000;
    return Ask(call, clock_);
  }

  absl::StatusOr<Answer> Post(const std::string& path, const std::string& body) {
    Call call;
    call.url = absl::StrCat("https://localhost:", server_->port(), path);
    call.anchors_pem = authority_.certificate().ToPem();
    call.body = body;
    call.content_type = "text/plain";
    return Ask(call, clock_);
  }

  const base::SystemClock clock_{};
  tests::SeededRandom random_{7};
  const Authority authority_ = MakeAuthority();
  std::string certificates_;
  std::unique_ptr<Server> server_;
};

TEST_F(HttpTest, AnswersGetsByOneHandlerAndPostsByTheirPath) {
  Serve(OptionsFor("localhost"));
  const absl::StatusOr<Answer> there = Get("/there");
  ASSERT_TRUE(there.ok()) << there.status();
  EXPECT_EQ(there->code, 200);
  EXPECT_EQ(there->body, "GET /there");
  EXPECT_EQ(there->content_type, "text/x.test");
  EXPECT_EQ(Get("/elsewhere")->code, 404);
  EXPECT_EQ(Post("/echo", "a body")->body, "a body");
  EXPECT_EQ(Post("/echo", "")->code, 200);
  EXPECT_EQ(Post("/there", "x")->code, 404);
  // Nobody was asked for a certificate.
  EXPECT_EQ(certificates_, "");
}

TEST_F(HttpTest, BoundsWhatComesInAndWhatIsTaken) {
  Serve(OptionsFor("localhost"));
  EXPECT_EQ(Post("/echo", std::string(1000, 'x'))->code, 200);
  EXPECT_EQ(Post("/echo", std::string(1001, 'x'))->code, 413);
  const absl::Status taken = Get("/long").status();
  EXPECT_EQ(ReasonOf(taken), "UNREACHABLE");
  EXPECT_THAT(std::string(taken.message()), HasSubstr("too long"));
  // A path as long as a line may be does no harm.
  EXPECT_EQ(Get("/" + std::string(3000, 'a'))->code, 404);
}

TEST_F(HttpTest, FollowsNoRedirection) {
  Serve(OptionsFor("localhost"));
  EXPECT_EQ(Get("/away")->code, 302);
}

TEST_F(HttpTest, TheClientBelievesOnlyTheAnchorsGivenAndTheHostAsked) {
  Serve(OptionsFor("elsewhere.example"));
  EXPECT_THAT(std::string(Get("/there").status().message()), HasSubstr("certificate"));
  server_.reset();
  Serve(OptionsFor("localhost"));
  Call call;
  call.url = absl::StrCat("https://localhost:", server_->port(), "/there");
  for (const std::string& anchors : {MakeAuthority().certificate().ToPem(), std::string()}) {
    call.anchors_pem = anchors;
    EXPECT_EQ(ReasonOf(Ask(call, clock_).status()), "UNREACHABLE");
  }
  call.anchors_pem = authority_.certificate().ToPem();
  EXPECT_TRUE(Ask(call, clock_).ok());
}

TEST_F(HttpTest, SaysWhatIsWrongWithAnAddress) {
  Serve(OptionsFor("localhost"));
  Call call;
  for (const char* url : {"ftp://localhost/", "localhost", "", "https://"}) {
    call.url = url;
    EXPECT_EQ(ReasonOf(Ask(call, clock_).status()), "URL") << url;
  }
  const int port = server_->port();
  server_.reset();
  call.url = absl::StrCat("https://localhost:", port, "/");
  const absl::Status nobody = Ask(call, clock_).status();
  EXPECT_EQ(nobody.code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(std::string(nobody.message()), HasSubstr("nothing answers there"));
}

TEST_F(HttpTest, RefusesToListenWithWhatDoesNotFit) {
  const std::vector<std::function<void(ServerOptions&)>> spoils = {
      [](ServerOptions& options) {
        options.key_pem = PrivateKey::Generate(certs::keys::KeyType::kP256)->ToPem();
      },
      [](ServerOptions& options) { options.certificate_pem = "nonsense"; },
      [](ServerOptions& options) { options.address = "203.0.113.1:0"; },
  };
  for (const auto& spoil : spoils) {
    ServerOptions options = OptionsFor("localhost");
    spoil(options);
    EXPECT_EQ(ReasonOf(Server::Start(options, {}).status()), "LISTEN");
  }
  ServerOptions unnumbered = OptionsFor("localhost");
  unnumbered.address = "127.0.0.1:http";
  EXPECT_EQ(ReasonOf(Server::Start(unnumbered, {}).status()), "ADDRESS_FORM");
}

}  // namespace
}  // namespace passerelle::gateway::http
