"""One request at a time for moto.

moto serves each request in a thread of its own, and its backends are plain dictionaries: what is listed while another
request adds to it (`dictionary changed size during iteration`) is answered as an internal error, and of two requests
that both look and then write one is lost.
"""

import io
import threading

# Held by whoever reads or changes what moto holds. One thread may take it again.
TURN = threading.RLock()


def in_turn(application):
    """A WSGI application that handles a request when the one before is answered."""

    def handled(environ, start_response):
        # Read before: who sends slowly holds up nobody.
        length = int(environ.get("CONTENT_LENGTH") or 0)
        if length > 0:
            environ["wsgi.input"] = io.BytesIO(environ["wsgi.input"].read(length))
        with TURN:
            return application(environ, start_response)

    return handled
