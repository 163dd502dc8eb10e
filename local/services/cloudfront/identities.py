"""Origin access identities, which MiniStack's CloudFront only lists as none.

https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_CreateCloudFrontOriginAccessIdentity.html
"""

import copy
import re
import secrets
import uuid

PATH = re.compile(r"^/2020-05-31/origin-access-identity/cloudfront(?:/([^/]+)(/config)?)?/?$")
CONFIG = "CloudFrontOriginAccessIdentityConfig"


def install() -> None:
    from xml.etree.ElementTree import SubElement

    from ministack.core.responses import AccountScopedDict
    from ministack.services import cloudfront

    identities = AccountScopedDict()
    handle, reset, state, restore = (
        cloudfront.handle_request,
        cloudfront.reset,
        cloudfront.get_state,
        cloudfront._restore_state,
    )
    error = cloudfront._error
    missing = ("NoSuchCloudFrontOriginAccessIdentity", "The specified origin access identity does not exist.", 404)

    def config_into(parent, identity):
        SubElement(parent, "CallerReference").text = identity["CallerReference"]
        SubElement(parent, "Comment").text = identity["Comment"]

    def identity_into(parent, identity):
        SubElement(parent, "Id").text = identity["Id"]
        SubElement(parent, "S3CanonicalUserId").text = identity["S3CanonicalUserId"]
        config_into(SubElement(parent, CONFIG), identity)

    def whole(identity, status=200, headers=None):
        answered = {"ETag": identity["ETag"], **(headers or {})}
        return cloudfront._xml_response(
            "CloudFrontOriginAccessIdentity", lambda root: identity_into(root, identity), status, answered
        )

    def config_of(body):
        element = cloudfront._parse_body(body)
        if element is None:
            return None
        return {name: cloudfront._text(element, name) for name in ("CallerReference", "Comment")}

    def created(body):
        config = config_of(body)
        if config is None or not config["CallerReference"]:
            return error("MalformedXML", "The XML document is malformed.", 400)
        for one in identities.values():
            if one["CallerReference"] == config["CallerReference"]:
                if one["Comment"] == config["Comment"]:
                    return whole(one, 201)
                message = "The caller reference you used is associated with another origin access identity."
                return error("CloudFrontOriginAccessIdentityAlreadyExists", message, 409)
        identity = {
            "Id": cloudfront._dist_id(),
            "S3CanonicalUserId": secrets.token_hex(48),
            "ETag": str(uuid.uuid4()),
            **config,
        }
        identities[identity["Id"]] = identity
        location = f"https://cloudfront.amazonaws.com/2020-05-31/origin-access-identity/cloudfront/{identity['Id']}"
        return whole(identity, 201, {"Location": location})

    def listed(query):
        def build(root):
            SubElement(root, "Marker").text = cloudfront._qval(query, "Marker")
            SubElement(root, "MaxItems").text = "100"
            SubElement(root, "IsTruncated").text = "false"
            SubElement(root, "Quantity").text = str(len(identities))
            if identities:
                items = SubElement(root, "Items")
                for one in identities.values():
                    summary = SubElement(items, "CloudFrontOriginAccessIdentitySummary")
                    for name in ("Id", "S3CanonicalUserId", "Comment"):
                        SubElement(summary, name).text = one[name]

        return cloudfront._xml_response("CloudFrontOriginAccessIdentityList", build)

    def in_use(identity):
        path = f"origin-access-identity/cloudfront/{identity['Id']}"
        return any(cloudfront._value_contains(one, path) for one in cloudfront._distributions.values())

    def changed(method, identity, headers, body):
        if not headers.get("if-match"):
            message = "The If-Match version is missing or not valid for the resource."
            return error("InvalidIfMatchVersion", message, 400)
        if headers["if-match"] != identity["ETag"]:
            message = "The precondition given in one or more of the request-header fields evaluated to false."
            return error("PreconditionFailed", message, 412)
        if method == "DELETE":
            if in_use(identity):
                message = "The CloudFront origin access identity is still being used."
                return error("CloudFrontOriginAccessIdentityInUse", message, 409)
            del identities[identity["Id"]]
            return 204, {}, b""
        config = config_of(body)
        if config is None:
            return error("MalformedXML", "The XML document is malformed.", 400)
        if config["CallerReference"] != identity["CallerReference"]:
            return error("IllegalUpdate", "The update contains modifications that are not allowed.", 400)
        identity = {**identity, "Comment": config["Comment"], "ETag": str(uuid.uuid4())}
        identities[identity["Id"]] = identity
        return whole(identity)

    async def handled(method, path, headers, body, query_params):
        match = PATH.match(path)
        if not match:
            return await handle(method, path, headers, body, query_params)
        name, config = match.groups()
        if name is None:
            return created(body) if method == "POST" else listed(query_params)
        identity = identities.get(name)
        if identity is None:
            return error(*missing)
        if method in ("PUT", "DELETE"):
            return changed(method, identity, headers, body)
        if config:
            return cloudfront._xml_response(
                CONFIG, lambda root: config_into(root, identity), 200, {"ETag": identity["ETag"]}
            )
        return whole(identity)

    def emptied():
        identities.clear()
        reset()

    def kept():
        return {**state(), "origin_access_identities": copy.deepcopy(identities)}

    def restored(data):
        restore(data)
        identities._data.update(data.get("origin_access_identities", AccountScopedDict())._data)

    cloudfront.handle_request = handled
    cloudfront.reset = emptied
    cloudfront.get_state = kept
    cloudfront._restore_state = restored
