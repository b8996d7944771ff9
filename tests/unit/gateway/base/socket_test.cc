// Whether there is a connection to be had, and why not.
#include "gateway/base/socket.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <string>

#include "gateway/base/status.h"

namespace passerelle::gateway::base {
namespace {

// A socket on a free port of the loopback, that listens or does not.
class Port {
 public:
  explicit Port(bool listens) : descriptor_(socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(bind(descriptor_, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    if (listens) {
      EXPECT_EQ(listen(descriptor_, 1), 0);
    }
    socklen_t size = sizeof address;
    EXPECT_EQ(getsockname(descriptor_, reinterpret_cast<sockaddr*>(&address), &size), 0);
    number_ = std::to_string(ntohs(address.sin_port));
  }
  ~Port() { close(descriptor_); }
  const std::string& number() const { return number_; }

 private:
  const int descriptor_;
  std::string number_;
};

TEST(Socket, ConnectsWhereSomebodyListens) {
  const Port port(true);
  const auto socket = Socket::Connect("127.0.0.1", port.number(), 10000);
  ASSERT_TRUE(socket.ok()) << socket.status();
  EXPECT_EQ(send(socket->descriptor(), "x", 1, MSG_NOSIGNAL), 1);
}

TEST(Socket, TellsAClosedPortFromAnUnknownHost) {
  const Port port(false);
  EXPECT_EQ(ReasonOf(Socket::Connect("127.0.0.1", port.number(), 10000).status()), "PORT_CLOSED");
  EXPECT_EQ(ReasonOf(Socket::Connect("no-such-host.invalid", "1", 10000).status()), "HOST_UNKNOWN");
}

TEST(Socket, AnAddressIsHostAndPort) {
  EXPECT_EQ(SplitAddress("gateway.example:8443")->first, "gateway.example");
  EXPECT_EQ(SplitAddress("gateway.example:8443")->second, "8443");
  EXPECT_EQ(SplitAddress("[2001:db8::1]:8443")->first, "2001:db8::1");
  for (const char* wrong : {"", "gateway.example", "gateway.example:", ":8443", "a:b",
                            "2001:db8::1", "2001:db8::1:8443", "a:84 43"})
    EXPECT_EQ(ReasonOf(SplitAddress(wrong).status()), "ADDRESS_FORM") << wrong;
}

}  // namespace
}  // namespace passerelle::gateway::base
