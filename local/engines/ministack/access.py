"""What a request may reach in MiniStack, as the gateway says: by a header that the gateway alone can set.

MiniStack looks at a path before it asks whom the request is for: `/_ministack/reset` empties it, whatever host or
signature stands beside. Here a request reaches what it was let in for, and nothing else:

- `emulator`: MiniStack's own paths, for the gateway itself.
- `domain`: whether a host is the domain of an API.
- `cors`: what the CORS configuration of a bucket says to a page.
- `api`: an API or a function URL, by its host or its path.
- `s3`: S3, as anybody or as a presigned URL says. https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-management.html
- `page`: S3, for a page that a secret of STS or IAM has signed for, as the gateway has seen.
- `anybody`: S3, for a page of which nothing is known. A form that it sends is nobody's, whoever has signed it.
- `sts`, `code`: calls of STS, and code of functions that nobody signs.
- `service`: the AWS APIs, for a service of AWS that says something by itself.

One without the header is signed, and reaches the AWS APIs.
"""

import contextvars
import http.server
import json

from engines.ministack import state

HEADER = b"x-groundplan-target"

# What the request that is being answered may reach.
_target: contextvars.ContextVar[str] = contextvars.ContextVar("target", default="")

JSON_BODY = {"Content-Type": "application/json"}
FORBIDDEN = 403, dict(JSON_BODY), json.dumps({"message": "Forbidden"}).encode()
NOTHING = 404, dict(JSON_BODY), json.dumps({"message": "Not Found"}).encode()


def from_gateway(application):
    """An ASGI application that takes the header off, so that no function sees it."""

    async def handled(scope, receive, send):
        if scope["type"] != "http":
            await application(scope, receive, send)
            return
        headers = scope.get("headers", [])
        found = [value.decode("latin-1") for name, value in headers if name.lower() == HEADER]
        _target.set(found[0] if found else "")
        rest = [(name, value) for name, value in headers if name.lower() != HEADER]
        # A client of a Unix socket has no address.
        await application({**scope, "headers": rest, "client": ("127.0.0.1", 0)}, *ending_early(headers, receive, send))

    return handled


def ending_early(headers, receive, send):
    """Says that the connection ends with an answer that does not wait for the whole request, as hypercorn then ends it."""
    names = {name.lower(): value for name, value in headers}
    is_read = names.get(b"content-length", b"0") == b"0" and b"transfer-encoding" not in names

    async def received():
        nonlocal is_read
        message = await receive()
        is_read = is_read or not message.get("more_body", False)
        return message

    async def sent(message):
        if message["type"] == "http.response.start" and not is_read:
            message = {**message, "headers": [*message.get("headers", []), (b"connection", b"close")]}
        await send(message)

    return received, sent


def install() -> None:
    from ministack import app
    from ministack.core import iam_evaluator

    # AWS's addresses have TLS, and policies refuse what comes without it. This one is the loopback's, and needs none.
    iam_evaluator._request_origin = contextvars.ContextVar("origin", default=("127.0.0.1", True))
    before_body = app._handle_pre_body_request
    by_path_or_host = app._handle_special_data_plane_request

    async def without_body(method, path, headers, query_params, request_id):
        target = _target.get()
        if target == "emulator":
            of_state = await state.handled(path, method)
            if of_state:
                return of_state
            return await before_body(method, path, headers, query_params, request_id) or NOTHING
        if target == "domain":
            v1 = app._get_module("apigateway_v1")
            known = v1.find_domain_scope(headers.get("host", "").split(":")[0]) is not None
            return (204, {}, b"") if known else NOTHING
        if target == "code":
            return app._handle_lambda_download_request(path, method) or NOTHING
        if target == "cors":
            return preflight(*bucket_and_key(headers.get("host", ""), path), headers)
        return None

    async def with_body(*_arguments):
        # Paths of MiniStack's own, and Cognito, which is the other emulator's.
        return None

    async def special(method, path, headers, body, query_params, request_id, raw_path=None, raw_query_string="", client_ip=""):
        target = _target.get()
        host = headers.get("host", "")
        if target == "api":
            api = await app._handle_execute_api_request(
                host, path, method, headers, body, query_params, raw_path=raw_path, raw_query_string=raw_query_string
            )
            if api:
                return app._with_data_plane_headers(api, request_id, wildcard_cors=False)
            return await app._handle_lambda_url_request(host, path, method, headers, body, query_params) or FORBIDDEN
        if target in ("s3", "page", "anybody"):
            refused = refusal(target, host, path, method, headers, body, query_params)
            if refused:
                return refused
            bucket, key = bucket_and_key(host, path)
            s3 = app._get_module("s3").handle_request
            answer = await s3(method, f"/{bucket}/{key}", headers, body, query_params, signed_path=path)
            return app._with_data_plane_headers(answer, request_id, include_s3_id=True, wildcard_cors=False)
        if target == "sts":
            return await app._get_module("sts").handle_request(method, path, headers, body, query_params)
        return await by_path_or_host(
            method, path, headers, body, query_params, request_id, raw_path=raw_path, raw_query_string=raw_query_string
        )

    app._handle_pre_body_request = without_body
    app._handle_post_body_shortcuts = with_body
    app._handle_special_data_plane_request = special
    refuse_pages()


def is_of_service() -> bool:
    """Whether a service of AWS sends the request that is being answered, and no client."""
    return _target.get() == "service"


def bucket_and_key(host: str, path: str) -> tuple[str, str]:
    """The bucket that a host names, or a path."""
    from ministack import app

    bucket = app._extract_s3_vhost_bucket(host)
    if bucket and bucket not in app._NON_S3_VHOST_NAMES and not app._S3_VHOST_EXCLUDE_RE.search(host):
        return bucket, path.lstrip("/")
    bucket, _, key = path.lstrip("/").partition("/")
    return bucket, key


def preflight(bucket: str, key: str, headers: dict) -> tuple:
    """What a bucket's own CORS configuration says to a page."""
    from ministack.core.responses import get_region, request_scope
    from ministack.services import s3

    owner = s3._bucket_owner_account(bucket)
    if owner is None:
        return FORBIDDEN
    with request_scope(owner, get_region()):
        return s3.cors_preflight(bucket, key, headers)


def refusal(target: str, host: str, path: str, method: str, headers: dict, body: bytes, query_params: dict) -> tuple | None:
    """Refuses what nobody signed, unless the bucket's policy or ACL gives it to anybody; a signature S3 checks itself.

    A page makes and deletes no bucket, whatever it has signed.
    """
    from ministack.services import s3

    bucket, key = bucket_and_key(host, path)
    owner = s3._bucket_owner_account(bucket) if bucket else None
    if owner is None:
        return without_content(method, s3._error("MissingAuthenticationToken", "Missing Authentication Token", 403, path))
    of_bucket = target in ("page", "anybody") and not key and method not in ("GET", "HEAD", "POST")
    if not of_bucket and target != "anybody" and s3._request_access_key(method, key, headers, query_params, body):
        return None
    # S3 takes a header from the address too.
    copied = s3._copy_source_denied(s3._merge_hoisted_amz_headers(headers, query_params), "", True, False)
    if not of_bucket and copied is None and s3._foreign_bucket_allows(owner, bucket, key, method, query_params, "", headers):
        return None
    return without_content(method, s3._error("AccessDenied", "Access Denied", 403, f"/{bucket}/{key}".rstrip("/")))


def without_content(method: str, answer: tuple) -> tuple:
    status, headers, body = answer
    return status, headers, b"" if method == "HEAD" else body


def refuse_pages() -> None:
    """The runtime API of functions with a runtime of their own is on a port, and a page in a browser finds that too.

    https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
    """
    parse = http.server.BaseHTTPRequestHandler.parse_request

    def parse_request(self) -> bool:
        if not parse(self):
            return False
        port = self.server.server_address[1]
        from_page = any(name in self.headers for name in ("Origin", "Sec-Fetch-Site"))
        if not from_page and self.headers.get("Host") == f"127.0.0.1:{port}":
            return True
        self.close_connection = True
        self.send_error(403)
        return False

    http.server.BaseHTTPRequestHandler.parse_request = parse_request
