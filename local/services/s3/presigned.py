"""A presigned address of the key that everybody on this machine has.

MiniStack takes any key in a header, and of an address those alone that it has given out. Here the key of
`groundplan local env` is taken in an address too, while its time lasts: AWS takes one of any key that signs requests.
https://docs.aws.amazon.com/AmazonS3/latest/userguide/ShareObjectPreSignedURL.html

A task of ECS reaches the gateway by another address than this machine does, and what was signed here holds there too.
"""

KEY = "groundplan-local/"

# The gateway, as tasks reach it (local/hosts/addresses.ts), and as what is signed on this machine names it.
IN_TASKS = "169.254.170.1"
HERE = ("127.0.0.1", "localhost")


def install() -> None:
    from ministack.services import s3

    verify = s3._verify_presigned_sigv4

    def signed_here(method, path, headers, query_params):
        """Whether the signature is one of this machine's, for a request of a task."""
        host, _, port = headers.get("host", "").partition(":")
        return host == IN_TASKS and any(
            verify(method, path, {**headers, "host": f"{one}:{port}"}, query_params) is None for one in HERE
        )

    def verified(method, path, headers, query_params):
        error = verify(method, path, headers, query_params)
        if error is not None and signed_here(method, path, headers, query_params):
            return None
        # Its time was judged before its key.
        if error is not None and s3._qp(query_params, "X-Amz-Credential", "").startswith(KEY):
            body = error[2] if isinstance(error[2], bytes) else str(error[2]).encode()
            if b"<Code>InvalidAccessKeyId</Code>" in body:
                return None
        return error

    s3._verify_presigned_sigv4 = verified
