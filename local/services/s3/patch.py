"""What MiniStack's S3 makes of a bucket of another account, mended.

It asks the bucket's policy about the root of the caller's account. Here it asks about the caller: a role that was
assumed is that role. https://docs.aws.amazon.com/AmazonS3/latest/userguide/example-walkthroughs-managing-access-example2.html

And a service that reads an object, as Lambda reads code, finds buckets of the function's own account alone. Here it
reads those too whose policy allows it. https://docs.aws.amazon.com/lambda/latest/api/API_FunctionCode.html
"""

import contextvars
import dataclasses

# Who sends the request that is being answered.
_caller: contextvars.ContextVar[str] = contextvars.ContextVar("caller", default="")


def install() -> None:
    from ministack.core import iam_evaluator
    from ministack.core.responses import get_account_id, get_region, request_scope
    from ministack.services import s3

    apply_scope = s3._apply_bucket_scope
    evaluate = iam_evaluator.evaluate_resource_policy
    read = s3._get_object_data

    def scoped(method, bucket, key, headers, query_params, body=b"", internal=False):
        token = _caller.set("" if internal else iam_evaluator.request_caller_arn(headers, query_params))
        try:
            return apply_scope(method, bucket, key, headers, query_params, body, internal)
        finally:
            _caller.reset(token)

    def evaluated(doc, ctx, *arguments, **named_arguments):
        caller = _caller.get()
        if ctx.principal_type == "Root" and f":{ctx.principal_account}:" in caller:
            ctx = dataclasses.replace(ctx, principal_arn=caller)
        return evaluate(doc, ctx, *arguments, **named_arguments)

    def read_anywhere(bucket, key, version_id=None):
        owner, caller = s3._bucket_owner_account(bucket), get_account_id()
        if owner in (None, caller):
            return read(bucket, key, version_id=version_id)
        version = {"versionId": [version_id]} if version_id else {}
        if not s3._foreign_bucket_allows(owner, bucket, key, "GET", version, caller):
            return None
        with request_scope(owner, get_region()):
            return read(bucket, key, version_id=version_id)

    s3._apply_bucket_scope = scoped
    iam_evaluator.evaluate_resource_policy = evaluated
    s3._get_object_data = read_anywhere
