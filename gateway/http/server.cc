#include "gateway/http/server.h"

#include <httplib.h>
#include <openssl/bio.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <atomic>
#include <deque>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "gateway/base/mutex.h"
#include "gateway/base/socket.h"
#include "gateway/base/status.h"

namespace passerelle::gateway::http {
namespace {

constexpr int kThreads = 8;
constexpr size_t kMostWaiting = 8;
constexpr int kSilenceS = 5;

// Runs connections on a fixed number of threads; who accepts waits while too many wait.
class BoundedQueue final : public httplib::TaskQueue {
 public:
  BoundedQueue() {
    for (int i = 0; i < kThreads; ++i) threads_.emplace_back([this] { Work(); });
  }

  void enqueue(std::function<void()> task) override {
    base::MutexLock lock(mutex_);
    while (tasks_.size() >= kMostWaiting && !ending_) taken_.Wait(mutex_);
    tasks_.push_back(std::move(task));
    changed_.NotifyOne();
  }

  void shutdown() override {
    {
      base::MutexLock lock(mutex_);
      ending_ = true;
      changed_.NotifyAll();
      taken_.NotifyAll();
    }
    for (std::thread& thread : threads_) thread.join();
  }

 private:
  void Work() {
    for (;;) {
      std::function<void()> task;
      {
        base::MutexLock lock(mutex_);
        while (tasks_.empty() && !ending_) changed_.Wait(mutex_);
        if (tasks_.empty()) return;
        task = std::move(tasks_.front());
        tasks_.pop_front();
        taken_.NotifyOne();
      }
      task();
    }
  }

  base::Mutex mutex_;
  base::CondVar changed_;
  base::CondVar taken_;
  std::deque<std::function<void()>> tasks_ GUARDED_BY(mutex_);
  bool ending_ GUARDED_BY(mutex_) = false;
  std::vector<std::thread> threads_;
};

struct FreeBio {
  void operator()(BIO* bio) const { BIO_free(bio); }
};
struct FreeX509 {
  void operator()(X509* certificate) const { X509_free(certificate); }
};
struct FreeKey {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
using Bio = std::unique_ptr<BIO, FreeBio>;

Bio ReadFrom(std::string_view pem) {
  return Bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
}

// Every certificate of a PEM text, in its order.
std::vector<std::unique_ptr<X509, FreeX509>> Certificates(const std::string& pem) {
  std::vector<std::unique_ptr<X509, FreeX509>> all;
  const Bio bio = ReadFrom(pem);
  while (X509* one = PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr)) all.emplace_back(one);
  ERR_clear_error();
  return all;
}

bool SetUp(SSL_CTX& context, const ServerOptions& options) {
  SSL_CTX_set_min_proto_version(&context, TLS1_3_VERSION);
  // No resumption: peers are checked at every connection.
  SSL_CTX_set_options(&context, SSL_OP_NO_TICKET);
  SSL_CTX_set_num_tickets(&context, 0);
  SSL_CTX_set_session_cache_mode(&context, SSL_SESS_CACHE_OFF);
  const auto chain = Certificates(options.certificate_pem);
  if (chain.empty() || SSL_CTX_use_certificate(&context, chain[0].get()) != 1) return false;
  for (size_t i = 1; i < chain.size(); ++i)
    if (SSL_CTX_add1_chain_cert(&context, chain[i].get()) != 1) return false;
  const Bio bio = ReadFrom(options.key_pem.RevealSecret());
  const std::unique_ptr<EVP_PKEY, FreeKey> key(
      PEM_read_bio_PrivateKey(bio.get(), nullptr, nullptr, nullptr));
  if (key == nullptr || SSL_CTX_use_PrivateKey(&context, key.get()) != 1 ||
      SSL_CTX_check_private_key(&context) != 1)
    return false;
  if (options.client_roots_pem.empty()) return true;
  for (const auto& root : Certificates(options.client_roots_pem))
    X509_STORE_add_cert(SSL_CTX_get_cert_store(&context), root.get());
  SSL_CTX_set_verify(&context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  return true;
}

// The certificate and chain that a peer brought, PEM.
std::string CertificatesOf(const SSL* ssl) {
  const STACK_OF(X509)* const chain = ssl == nullptr ? nullptr : SSL_get_peer_cert_chain(ssl);
  const std::unique_ptr<X509, FreeX509> own(ssl == nullptr ? nullptr
                                                           : SSL_get1_peer_certificate(ssl));
  if (own == nullptr) return "";
  const Bio bio(BIO_new(BIO_s_mem()));
  PEM_write_bio_X509(bio.get(), own.get());
  // A server's view of the chain lacks the peer's own certificate.
  for (int i = 0; i < sk_X509_num(chain); ++i)
    PEM_write_bio_X509(bio.get(), sk_X509_value(chain, i));
  char* bytes = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &bytes);
  return {bytes, static_cast<size_t>(size)};
}

void Serve(const Handler& handler, const httplib::Request& request, httplib::Response& response) {
  const Answer answer = handler({request.path, request.body, CertificatesOf(request.ssl)});
  response.status = answer.code;
  response.set_content(answer.body, answer.content_type);
  if (!answer.cache_control.empty()) response.set_header("Cache-Control", answer.cache_control);
}

class RunningServer final : public Server {
 public:
  RunningServer(const ServerOptions& options, Routes routes)
      : routes_(std::move(routes)),
        server_([&](SSL_CTX& context) { return SetUp(context, options); }) {}

  ~RunningServer() override {
    server_.stop();
    if (thread_.joinable()) thread_.join();
  }

  absl::Status Listen(const ServerOptions& options) {
    const auto unusable = [&] {
      return base::Malformed(
          "LISTEN", "address",
          absl::StrCat("cannot listen on ", options.address,
                       ": the port is taken, or certificate and key do not match"));
    };
    if (!server_.is_valid()) return unusable();
    server_.new_task_queue = [] { return new BoundedQueue(); };
    server_.set_payload_max_length(options.most_body_bytes);
    server_.set_read_timeout(kSilenceS);
    server_.set_write_timeout(kSilenceS);
    server_.set_keep_alive_timeout(kSilenceS);
    server_.set_tcp_nodelay(true);
    // Found by comparing, not by a regular expression over what strangers send.
    server_.set_pre_routing_handler([this](const auto& request, auto& response) {
      if (request.method != "GET" && request.method != "HEAD")
        return httplib::Server::HandlerResponse::Unhandled;
      Serve(routes_.get, request, response);
      return httplib::Server::HandlerResponse::Handled;
    });
    for (const auto& [path, handler] : routes_.post)
      server_.Post(path, [&handler = handler](const auto& request, auto& response) {
        Serve(handler, request, response);
      });
    ASSIGN_OR_RETURN(const auto address, base::SplitAddress(options.address));
    int port = 0;
    if (!absl::SimpleAtoi(address.second, &port)) return unusable();
    if (port == 0)
      port_ = server_.bind_to_any_port(address.first);
    else
      port_ = server_.bind_to_port(address.first, port) ? port : -1;
    if (port_ <= 0) return unusable();
    thread_ = std::thread([this] {
      server_.listen_after_bind();
      ended_ = true;
    });
    // The library does not hear a stop that comes before its loop runs.
    while (!server_.is_running() && !ended_) std::this_thread::yield();
    return ended_ ? unusable() : absl::OkStatus();
  }

  int port() const override { return port_; }

 private:
  const Routes routes_;
  httplib::SSLServer server_;
  int port_ = 0;
  std::atomic<bool> ended_{false};
  std::thread thread_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Server>> Server::Start(const ServerOptions& options, Routes routes) {
  auto server = std::make_unique<RunningServer>(options, std::move(routes));
  RETURN_IF_ERROR(server->Listen(options));
  return std::unique_ptr<Server>(std::move(server));
}

}  // namespace passerelle::gateway::http
