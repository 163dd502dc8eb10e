"""Reads and answers requests of the gateway, several on one connection.

Werkzeug's own handler ends each connection, and waits a hundredth of a second before: it does not know whether the
application has read the whole request. Here the body is read first, which the gateway sends with its length.
"""

import io
import traceback

from moto.moto_server.werkzeug_app import MotoRequestHandler
from werkzeug.exceptions import InternalServerError


class RequestHandler(MotoRequestHandler):
    protocol_version = "HTTP/1.1"

    # An answer is written in one piece.
    wbufsize = -1

    def run_wsgi(self) -> None:
        if "Transfer-Encoding" in self.headers:
            super().run_wsgi()
            return
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        status, headers, content = self._answer(body)
        code, _, reason = status.partition(" ")
        self.send_response(int(code), reason)
        for name, value in headers:
            self.send_header(name, value)
        names = {name.lower() for name, _ in headers}
        # What HEAD, 204 and 304 are answered with has no body.
        if int(code) in (204, 304) or self.command == "HEAD":
            content = b""
        elif "content-length" not in names:
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def _answer(self, body: bytes) -> tuple[str, list[tuple[str, str]], bytes]:
        try:
            return self._call(self.server.app, body)
        except Exception:
            traceback.print_exc()
            return self._call(InternalServerError(), body)

    def _call(self, application, body: bytes) -> tuple[str, list[tuple[str, str]], bytes]:
        started: list = []

        def start_response(status: str, headers: list, _exc_info=None):
            started[:] = (status, headers)

        answer = application({**self.make_environ(), "wsgi.input": io.BytesIO(body)}, start_response)
        try:
            content = b"".join(answer)
            return started[0], started[1], content
        finally:
            if hasattr(answer, "close"):
                answer.close()

    def log_request(self, *_arguments) -> None:
        """The gateway's log has each request."""
