"""What MiniStack forgets of objects over a restart: until when they are retained, and legal holds.

https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObjectRetention.html
"""


def install() -> None:
    from ministack.services import s3

    # Bucket, key and version -> what is kept; written and read back with the configurations of buckets.
    s3._PERSISTED_BUCKET_DICTS.update(
        object_retention=s3._object_retention, object_legal_hold=s3._object_legal_hold
    )
