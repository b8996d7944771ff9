"""A time-stamp authority on loopback for tests: `stamp_authority.py FOLDER PORT_FILE [PORT]`.

POST / runs `openssl ts -reply` with FOLDER/tsa.cnf; GET /NAME serves FOLDER/NAME, which is how the revocation
list is published. While FOLDER/silent exists, everything is answered with code 503. Synthetic.
"""
import http.server
import pathlib
import subprocess
import sys


class Authority(http.server.BaseHTTPRequestHandler):
    folder = pathlib.Path(".")

    def answer(self, code, kind, body):
        self.send_response(code)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self):
        query = self.rfile.read(int(self.headers["Content-Length"]))
        if (self.folder / "silent").exists():
            return self.answer(503, "text/plain", b"silent\n")
        (self.folder / "query.tsq").write_bytes(query)
        subprocess.run(["openssl", "ts", "-reply", "-config", "tsa.cnf", "-queryfile", "query.tsq", "-out", "reply.tsr"],
                       cwd=self.folder, check=True, stderr=subprocess.DEVNULL)
        self.answer(200, "application/timestamp-reply", (self.folder / "reply.tsr").read_bytes())

    def do_GET(self):
        path = self.folder / pathlib.PurePosixPath(self.path).name
        if not path.exists() or (self.folder / "silent").exists():
            return self.answer(404, "text/plain", b"none\n")
        self.answer(200, "application/pkix-crl", path.read_bytes())

    def log_message(self, *_):
        pass


def main():
    Authority.folder = pathlib.Path(sys.argv[1])
    server = http.server.HTTPServer(("127.0.0.1", int(sys.argv[3]) if len(sys.argv) > 3 else 0), Authority)
    port_file = pathlib.Path(sys.argv[2])
    port_file.with_suffix(".new").write_text(str(server.server_port))
    port_file.with_suffix(".new").rename(port_file)
    server.serve_forever()


main()
