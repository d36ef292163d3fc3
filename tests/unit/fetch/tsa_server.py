# SPDX-License-Identifier: Apache-2.0
"""A time-stamping authority on loopback for tests: `openssl ts -reply` behind HTTP, or one that misbehaves.

usage: tsa_server.py FOLDER MODE [PEM]
FOLDER holds ts.cnf; PEM (certificate and key) makes it https. Prints its port, then serves until stdin closes.
"""
import http.server, os, ssl, subprocess, sys, tempfile, threading, time

folder, mode = sys.argv[1], sys.argv[2]
os.chdir(folder)


def reply_to(query):
    with tempfile.NamedTemporaryFile(dir=folder) as request:
        request.write(query)
        request.flush()
        made = subprocess.run(["openssl", "ts", "-reply", "-config", "ts.cnf", "-queryfile", request.name],
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        return made.stdout


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def handle(self):
        if mode == "mute":
            time.sleep(20)
        super().handle()

    def answer(self, body, status=200, kind="application/timestamp-reply"):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self):
        self.close_connection = True
        query = self.rfile.read(int(self.headers["Content-Length"]))
        if self.headers["Content-Type"] != "application/timestamp-query":
            return self.answer(b"", 415)
        getattr(self, mode.replace("-", "_"))(query)

    def good(self, query):
        self.answer(reply_to(query), kind="Application/Timestamp-Reply; charset=binary")

    def chunked(self, query):
        body = reply_to(query)
        self.send_response(200)
        self.send_header("Content-Type", "application/timestamp-reply")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for at in range(0, len(body), 1000):
            part = body[at:at + 1000]
            self.wfile.write(b"%x;note=1\r\n" % len(part) + part + b"\r\n")
        self.wfile.write(b"0\r\nTrailer: x\r\n\r\n")

    def until_close(self, query):
        self.wfile.write(b"HTTP/1.0 200 OK\r\nContent-Type: application/timestamp-reply\r\n\r\n" + reply_to(query))

    def silent(self, _):
        time.sleep(20)

    def dripping(self, query):
        for octet in b"HTTP/1.1 200 OK\r\nContent-Type: application/timestamp-reply\r\n\r\n" + reply_to(query):
            self.wfile.write(bytes([octet]))
            self.wfile.flush()
            time.sleep(0.1)

    def oversized(self, _):
        self.answer(b"x" * (65536 + 1))

    def endless(self, _):
        self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/timestamp-reply\r\n\r\n")
        while True:
            self.wfile.write(b"x" * 65536)

    def broken_off(self, query):
        self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/timestamp-reply\r\nContent-Length: 5000\r\n\r\n")
        self.wfile.write(reply_to(query)[:100])

    def redirect(self, _):
        self.send_response(302)
        self.send_header("Location", "http://127.0.0.1:9/")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def failing(self, _):
        self.answer(b"", 500)

    def html(self, _):
        self.answer(b"<html>log in</html>", kind="text/html")

    def not_http(self, _):
        self.wfile.write(b"SSH-2.0-OpenSSH_9.2\r\n\r\n")

    def other_question(self, _):
        made = subprocess.run("echo other | openssl ts -query -sha256 -cert -data /dev/stdin 2>/dev/null",
                              shell=True, stdout=subprocess.PIPE)
        self.answer(reply_to(made.stdout))


class Server(http.server.ThreadingHTTPServer):
    def handle_error(self, *_):
        pass  # a client that hangs up is what half of these modes are for


server = Server(("127.0.0.1", 0), Handler)
if len(sys.argv) > 3:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(sys.argv[3])
    server.socket = context.wrap_socket(server.socket, server_side=True)
threading.Thread(target=server.serve_forever, daemon=True).start()
print(server.server_port, flush=True)
sys.stdin.read()
os._exit(0)
