"""An object that is to be sealed with KMS and names no key gets the bucket's, or else AWS's own; MiniStack refuses it.

https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html
"""

KMS = "aws:kms"
ALGORITHM = "x-amz-server-side-encryption"
KEY = "x-amz-server-side-encryption-aws-kms-key-id"
CUSTOMER = "x-amz-server-side-encryption-customer-algorithm"


def install() -> None:
    from ministack.services import s3

    resolve = s3._resolve_sse_write_headers

    def resolved(headers, bucket):
        if headers.get(ALGORITHM) != KMS or headers.get(KEY) or headers.get(CUSTOMER):
            return resolve(headers, bucket)
        default = dict(s3._bucket_default_sse_headers(bucket))
        return (default if default.get(ALGORITHM) == KMS else {ALGORITHM: KMS}), None

    s3._resolve_sse_write_headers = resolved
