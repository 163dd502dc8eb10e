"""What MiniStack does differently from AWS with a function that is an image, mended.

It takes any text for an image, and keeps no hash of it. Here the image has to be in ECR, a tag stands for the digest that it has
then, and the hash of the code is that digest.
https://docs.aws.amazon.com/lambda/latest/dg/images-create.html

Without Docker it runs none. Here a call says so, and in no other emulator's words.
"""

import json
import os
import re
import urllib.error
import urllib.request

# Registry and repository of an image, with a tag or a digest, or both.
IMAGE = re.compile(
    r"(?P<name>(?P<account>\d{12})\.dkr\.ecr\.(?P<region>[a-z0-9-]+)\.amazonaws\.com(?:\.cn)?/(?P<repository>[a-z0-9/._-]+))"
    r"(?::(?P<tag>[\w.-]{1,128}))?(?:@(?P<digest>sha256:[0-9a-f]{64}))?"
)


class Refused(Exception):
    """What AWS says of an image that it does not take."""


def digest_of(uri: str) -> str:
    """The digest of an image, by the repository that it is in.

    https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_DescribeImages.html
    """
    found = IMAGE.fullmatch(uri)
    if not found:
        raise Refused(f"Source image {uri} is not valid. Provide a valid source image.")
    image = {"imageDigest": found["digest"]} if found["digest"] else {"imageTag": found["tag"] or "latest"}
    scope = f"{found['account']}/20000101/{found['region']}/ecr/aws4_request"
    headers = {
        "Authorization": f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=local",
        "Content-Type": "application/x-amz-json-1.1",
        "X-Amz-Target": "AmazonEC2ContainerRegistry_V20150921.DescribeImages",
    }
    body = json.dumps({"repositoryName": found["repository"], "imageIds": [image]}).encode()
    request = urllib.request.Request(os.environ["GROUNDPLAN_GATEWAY"], body, headers)
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)["imageDetails"][0]["imageDigest"]
    except urllib.error.HTTPError as error:
        if error.code >= 500:
            raise
        raise Refused(f"Source image {uri} does not exist. Provide a valid source image.") from error


def install() -> None:
    from ministack.core.responses import error_response_json
    from ministack.services import lambda_svc

    create, update, show = lambda_svc._create_function, lambda_svc._update_code, lambda_svc._get_function
    configuration, execute = lambda_svc._build_config, lambda_svc._execute_function_docker

    def refusing(action):
        def acted(*arguments):
            try:
                return action(*arguments)
            except Refused as refused:
                return error_response_json("InvalidParameterValueException", str(refused), 400)

        return acted

    def created(data):
        uri = (data.get("Code") or {}).get("ImageUri")
        return create({**data, "ImageDigest": digest_of(uri)} if uri else data)

    def configured(name, data, *code):
        config = configuration(name, data, *code)
        return {**config, "CodeSha256": data["ImageDigest"].removeprefix("sha256:")} if "ImageDigest" in data else config

    def updated(name, data):
        uri, function = data.get("ImageUri"), lambda_svc._functions.get(name)
        if not uri or function is None:
            return update(name, data)
        # A version that is published with it has it as well.
        config, before = function["config"], function["config"].get("CodeSha256")
        config["CodeSha256"] = digest_of(uri).removeprefix("sha256:")
        answer = update(name, data)
        if answer[0] >= 400 or data.get("DryRun"):
            config["CodeSha256"] = before
        return answer

    def shown(*arguments, **named):
        status, headers, body = show(*arguments, **named)
        if status != 200 or b"ResolvedImageUri" not in body:
            return status, headers, body
        answer = json.loads(body)
        name = IMAGE.fullmatch(answer["Code"]["ImageUri"])
        if name:
            answer["Code"]["ResolvedImageUri"] = f"{name['name']}@sha256:{answer['Configuration']['CodeSha256']}"
        return status, headers, json.dumps(answer).encode()

    def executed(function, *arguments):
        config = function.get("config") or function
        if config.get("PackageType") != "Image":
            return execute(function, *arguments)
        message = f"the local AWS runs no function that is an image: start a container of {config.get('ImageUri')}"
        return {"body": {"errorType": "UnsupportedOperation", "errorMessage": message}, "error": True}

    lambda_svc._create_function = refusing(created)
    lambda_svc._update_code = refusing(updated)
    lambda_svc._build_config = configured
    lambda_svc._get_function = shown
    lambda_svc._execute_function_docker = executed
