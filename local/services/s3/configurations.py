"""Configurations of a bucket that MiniStack's S3 does not have: inventory, analytics, tiers, metrics, and who pays.

It takes such a PUT for the making of the bucket, and such a GET for the list of its objects. Here each is kept and
given back as it was put.
https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketInventoryConfiguration.html
https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketRequestPayment.html
"""

import re

# Subresource -> the root of its list. https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListBucketInventoryConfigurations.html
LISTS = {
    "inventory": ("ListInventoryConfigurationsResult", "InventoryConfiguration"),
    "analytics": ("ListBucketAnalyticsConfigurationsResult", "AnalyticsConfiguration"),
    "intelligent-tiering": ("ListBucketIntelligentTieringConfigurationsOutput", "IntelligentTieringConfiguration"),
    "metrics": ("ListMetricsConfigurationsResult", "MetricsConfiguration"),
}


def configuration_of(body: bytes, root: str) -> str:
    """The element of a configuration, without the head of the document."""
    found = re.search(rf"<{root}[\s>].*</{root}>", body.decode("utf-8", errors="replace"), re.S)
    return found.group(0) if found else ""


def listed(root: str, namespace: str, configurations: list) -> str:
    inside = "".join(configurations)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<{root} xmlns="{namespace}"><IsTruncated>false</IsTruncated>{inside}</{root}>'


def install() -> None:
    from ministack.core.responses import AccountScopedDict
    from ministack.services import s3

    # Bucket -> subresource -> id -> document; kept and emptied with the rest.
    kept = AccountScopedDict()
    s3._PERSISTED_BUCKET_DICTS["bucket_configurations"] = kept
    dispatch, delete_bucket, reset = s3._dispatch, s3._delete_bucket, s3.reset

    def answered(document: str):
        # A new dictionary each time: MiniStack writes the length of the body into it.
        return 200, {"Content-Type": "application/xml"}, document

    def configured(method, bucket, name, body, query):
        if bucket not in s3._buckets:
            return s3._no_such_bucket(bucket)
        root, element = LISTS[name]
        documents = (kept.get(bucket) or {}).get(name, {})
        identity = s3._qp(query, "id", "")
        if method == "GET" and not identity:
            inside = [configuration_of(one.encode(), element) for one in documents.values()]
            return answered(listed(root, s3.S3_NS, inside))
        if method == "PUT":
            if not configuration_of(body, element):
                message = "The XML you provided was not well-formed or did not validate against our published schema"
                return s3._error("MalformedXML", message, 400)
            of_bucket = kept.get(bucket) or {}
            text = body.decode("utf-8", errors="replace")
            kept[bucket] = {**of_bucket, name: {**documents, identity: text}}
            return 200, {}, b""
        if identity not in documents:
            return s3._error("NoSuchConfiguration", "The specified configuration does not exist.", 404, f"/{bucket}")
        if method == "DELETE":
            rest = {key: value for key, value in documents.items() if key != identity}
            kept[bucket] = {**(kept.get(bucket) or {}), name: rest}
            return 204, {}, b""
        return answered(documents[identity])

    def dispatched(method, bucket, key, headers, body, query):
        if bucket and not key and method in ("GET", "PUT", "POST", "DELETE"):
            if "requestPayment" in query and method == "GET":
                return s3._get_bucket_request_payment(bucket)
            for name in LISTS:
                if name in query:
                    return configured(method, bucket, name, body, query)
        return dispatch(method, bucket, key, headers, body, query)

    def deleted(name):
        answer = delete_bucket(name)
        if answer[0] == 204:
            kept.pop(name, None)
        return answer

    def emptied():
        kept.clear()
        reset()

    s3._dispatch = dispatched
    s3._delete_bucket = deleted
    s3.reset = emptied
