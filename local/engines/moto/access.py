"""moto's own paths, `/moto-api/…`, are for the gateway alone: one of them empties moto."""

HEADER = "HTTP_X_GROUNDPLAN_TARGET"

# Paths that moto answers itself, whatever service a request is signed for; an instance's metadata among them.
OWN = ("/moto-api", "/latest/meta-data", "/latest/api")


def from_gateway(application):
    """A WSGI application that answers them for the gateway, which alone can set the header."""

    def handled(environ, start_response):
        # Here the path has no escapes and no second slash.
        if environ.get("PATH_INFO", "").startswith(OWN) and environ.get(HEADER) != "emulator":
            start_response("404 Not Found", [("Content-Type", "application/json"), ("Content-Length", "2")])
            return [b"{}"]
        return application(environ, start_response)

    return handled
