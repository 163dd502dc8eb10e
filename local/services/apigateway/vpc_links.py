"""VPC links of HTTP APIs, which MiniStack does not have: kept, tagged, and called through.

What an integration says of its link and of the name in a certificate is kept too. A call goes to the load balancer of the
listener that the integration names, by way of the gateway, which answers for it. A service of Cloud Map is not called: the
emulator has none.
https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-private.html
https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/vpclinks.html
"""

import copy
import json
import os
import ssl
import time
import urllib.error
import urllib.parse
import urllib.request
import xml.etree.ElementTree as ElementTree

LISTENER = ":listener/"
KEPT = ("connectionId", "tlsConfig")


def ask_balancers(account: str, region: str, action: str, name: str, value: str) -> ElementTree.Element:
    """Asks the gateway for listeners or load balancers by one ARN."""
    scope = f"{account}/20000101/{region}/elasticloadbalancing/aws4_request"
    headers = {
        "Authorization": f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=local",
        "Content-Type": "application/x-www-form-urlencoded",
    }
    asked = {"Action": action, "Version": "2015-12-01", f"{name}.member.1": value}
    body = urllib.parse.urlencode(asked).encode()
    request = urllib.request.Request(os.environ["GROUNDPLAN_GATEWAY"], body, headers)
    with urllib.request.urlopen(request, timeout=30) as answer:
        return ElementTree.fromstring(answer.read())


def text_of(document: ElementTree.Element, name: str) -> str:
    """The first text of a name, whatever its namespace."""
    return next((one.text or "" for one in document.iter() if one.tag.rpartition("}")[2] == name), "")


def listener_of(arn: str) -> tuple[str, str]:
    """Protocol of a listener, and the name of its load balancer.

    Account and Region are the listener's own, which an API may call in its own VPC alone.
    """
    _, _, _, region, account, _ = arn.split(":", 5)
    listener = ask_balancers(account, region, "DescribeListeners", "ListenerArns", arn)
    balancer = text_of(listener, "LoadBalancerArn")
    found = ask_balancers(account, region, "DescribeLoadBalancers", "LoadBalancerArns", balancer)
    return text_of(listener, "Protocol").lower(), text_of(found, "DNSName")


def call(arn: str, path: str, method: str, headers: dict, body: bytes) -> tuple:
    """Calls a load balancer, which answers at the gateway's port under its own name."""
    protocol, host = listener_of(arn)
    port = urllib.parse.urlsplit(os.environ["GROUNDPLAN_GATEWAY"]).port
    own = {name: value for name, value in headers.items() if name.lower() not in ("host", "content-length", "connection")}
    request = urllib.request.Request(
        f"{protocol}://127.0.0.1:{port}{path}", body or None, {**own, "Host": host}, method=method
    )
    # It speaks to this machine alone, whose authority has signed what the gateway shows.
    context = ssl._create_unverified_context() if protocol == "https" else None
    try:
        with urllib.request.urlopen(request, timeout=30, context=context) as answer:
            return answer.status, {"Content-Type": answer.headers.get("Content-Type", "")}, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, {"Content-Type": error.headers.get("Content-Type", "")}, error.read()
    except (OSError, ElementTree.ParseError):
        return 503, {"Content-Type": "application/json"}, b'{"message":"Service Unavailable"}'


def install() -> None:
    import asyncio

    from ministack.core.responses import AccountRegionScopedDict, get_region, new_uuid
    from ministack.services import apigateway

    links = AccountRegionScopedDict()
    handle = apigateway.handle_request
    state, load, reset = apigateway.get_state, apigateway.load_persisted_state, apigateway.reset
    create, update = apigateway._create_integration, apigateway._update_integration
    proxy = apigateway._invoke_http_proxy
    response, refusal = apigateway._apigw_response, apigateway._apigw_error

    def missing(link: str) -> tuple:
        return refusal("NotFoundException", f"Invalid VPC Link identifier specified: {link}", 404)

    def made(data: dict) -> tuple:
        link = {
            "vpcLinkId": new_uuid().replace("-", "")[:6],
            "name": data.get("name", ""),
            "subnetIds": data.get("subnetIds", []),
            "securityGroupIds": data.get("securityGroupIds", []),
            "tags": data.get("tags") or {},
            "createdDate": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
            "vpcLinkStatus": "AVAILABLE",
            "vpcLinkVersion": "V2",
        }
        links[link["vpcLinkId"]] = link
        return response(link, 201)

    def removed(link: str) -> tuple:
        for integrations in apigateway._integrations.values():
            if any(one.get("connectionId") == link for one in integrations.values()):
                message = f"Cannot delete vpc link. Vpc link '{link}', is referenced in an integration."
                return refusal("BadRequestException", message, 400)
        links.pop(link, None)
        return 202, {}, b""

    def answered(method: str, link: str | None, data: dict) -> tuple | None:
        if link is None:
            if method == "POST":
                return made(data)
            return response({"items": list(links.values())}) if method == "GET" else None
        if link not in links:
            return missing(link)
        if method == "PATCH" and "name" in data:
            links[link]["name"] = data["name"]
        if method in ("GET", "PATCH"):
            return response(links[link])
        return removed(link) if method == "DELETE" else None

    def tagged(method: str, link: str, data: dict, query: dict) -> tuple:
        if link not in links:
            return missing(link)
        tags = links[link]["tags"]
        if method == "GET":
            return response({"tags": tags})
        if method == "POST":
            tags.update(data.get("tags") or {})
            return 201, {}, b"{}"
        keys = query.get("tagKeys", [])
        for key in [keys] if isinstance(keys, str) else keys:
            tags.pop(key, None)
        return 204, {}, b""

    async def handled(method, path, headers, body, query_params):
        parts = [urllib.parse.unquote(part) for part in path.strip("/").split("/") if part]
        of_tags = "/".join(parts[2:]).partition(f":{get_region()}::/vpclinks/")[2] if parts[:2] == ["v2", "tags"] else ""
        if of_tags or parts[:2] == ["v2", "vpclinks"]:
            data = json.loads(body) if body else {}
            answer = tagged(method, of_tags, data, query_params) if of_tags else answered(method, (parts + [None])[2], data)
            if answer is not None:
                return answer
        return await handle(method, path, headers, body, query_params)

    def with_link(data: dict, answer: tuple, api: str) -> tuple:
        """The answer of MiniStack, with what it left out of an integration."""
        if answer[0] not in (200, 201):
            return answer
        integration = apigateway._integrations[api][json.loads(answer[2])["integrationId"]]
        for name in KEPT:
            if data.get(name):
                integration[name] = data[name]
            elif name in data:
                integration.pop(name, None)
        return response(integration, answer[0])

    def refused(data: dict) -> tuple | None:
        link = data.get("connectionId")
        return missing(link) if data.get("connectionType") == "VPC_LINK" and link not in links else None

    async def proxied(integration, path, method, headers, body, query_params):
        arn = integration.get("integrationUri", "")
        if integration.get("connectionType") != "VPC_LINK" or LISTENER not in arn:
            return await proxy(integration, path, method, headers, body, query_params)
        query = urllib.parse.urlencode(query_params or {}, doseq=True)
        return await asyncio.to_thread(call, arn, f"{path}?{query}" if query else path, method, headers, body)

    def emptied():
        links.clear()
        reset()

    def loaded(data):
        load(data)
        links.update((data or {}).get("vpc_links") or {})

    apigateway.handle_request = handled
    apigateway._create_integration = lambda api, data: refused(data) or with_link(data, create(api, data), api)
    apigateway._update_integration = lambda api, one, data: with_link(data, update(api, one, data), api)
    apigateway._invoke_http_proxy = proxied
    apigateway.get_state = lambda: {**state(), "vpc_links": copy.deepcopy(links)}
    apigateway.load_persisted_state = loaded
    apigateway.reset = emptied
