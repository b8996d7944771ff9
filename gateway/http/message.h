// What goes over HTTP, whoever serves or asks.
#ifndef PASSERELLE_GATEWAY_HTTP_MESSAGE_H_
#define PASSERELLE_GATEWAY_HTTP_MESSAGE_H_

#include <string>

namespace passerelle::gateway::http {

// A request that came in.
struct Request {
  // The path as sent, without its query.
  std::string path;
  std::string body;
  // The certificate and chain that the peer brought (PEM); empty where none is asked for.
  std::string certificates_pem;
};

// An answer, sent or received.
struct Answer {
  int code = 200;
  std::string content_type = "text/plain; charset=utf-8";
  std::string body;
  // Value of Cache-Control; empty: no such header. Not filled in what is received.
  std::string cache_control;
};

}  // namespace passerelle::gateway::http

#endif  // PASSERELLE_GATEWAY_HTTP_MESSAGE_H_
