"""A presigned address of the key that everybody on this machine has.

MiniStack takes any key in a header, and of an address those alone that it has given out. Here the key of
`groundplan local env` is taken in an address too, while its time lasts: AWS takes one of any key that signs requests.
https://docs.aws.amazon.com/AmazonS3/latest/userguide/ShareObjectPreSignedURL.html
"""

KEY = "groundplan-local/"


def install() -> None:
    from ministack.services import s3

    verify = s3._verify_presigned_sigv4

    def verified(method, path, headers, query_params):
        error = verify(method, path, headers, query_params)
        # Its time was judged before its key.
        if error is not None and s3._qp(query_params, "X-Amz-Credential", "").startswith(KEY):
            body = error[2] if isinstance(error[2], bytes) else str(error[2]).encode()
            if b"<Code>InvalidAccessKeyId</Code>" in body:
                return None
        return error

    s3._verify_presigned_sigv4 = verified
