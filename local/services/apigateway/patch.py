"""What MiniStack's HTTP APIs only store, acted upon: throttling, access logs and metrics.

Of a function that failed, or that Lambda refused to call since it is throttled, AWS tells a caller nothing but 500;
MiniStack tells what was thrown. https://docs.aws.amazon.com/lambda/latest/dg/services-apigateway-errors.html
A route `/health` is the API's here, also at a domain of its own; MiniStack would answer it itself.
It finds an API, or a domain, in the emulator's own account alone, since nobody signs a call. Here it finds those of all
accounts. And it gives a JWT authorizer what only one that is a function has, and the other way round, so that Terraform would
take it away for ever.

https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-throttling.html
https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-logging.html
"""

import base64
import contextvars
import json
import os
import re
import time

from engines.ministack import metrics

# What is known of the request that is being answered, for its line in the access log.
_request: contextvars.ContextVar[dict] = contextvars.ContextVar("request")

# What an authorizer has that is a function.
OF_FUNCTIONS = (
    "authorizerUri",
    "authorizerPayloadFormatVersion",
    "authorizerResultTtlInSeconds",
    "authorizerCredentialsArn",
    "enableSimpleResponses",
)

# What one has that reads tokens.
OF_TOKENS = ("jwtConfiguration",)

JSON_BODY = {"Content-Type": "application/json"}
VARIABLE = re.compile(r"\$context\.([A-Za-z][\w.]*)")


class Bucket:
    """Lets `rate` calls a second through, and `burst` at once."""

    def __init__(self, rate: float, burst: float, now: float):
        self.limits = (rate, burst)
        self.tokens = burst
        self.at = now

    def take(self, now: float) -> bool:
        rate, burst = self.limits
        self.tokens = min(burst, self.tokens + (now - self.at) * rate)
        self.at = now
        if self.tokens < 1:
            return False
        self.tokens -= 1
        return True


_buckets: dict[tuple, Bucket] = {}


def throttled(api_id: str, stage: dict, route: str, now: float) -> bool:
    """Whether a call of a route is one too many: by the route's own limits, else by the stage's."""
    own = (stage.get("routeSettings") or {}).get(route) or {}
    common = stage.get("defaultRouteSettings") or {}
    rate = own.get("throttlingRateLimit", common.get("throttlingRateLimit"))
    burst = own.get("throttlingBurstLimit", common.get("throttlingBurstLimit"))
    if not rate or not burst:
        return False
    key = (api_id, stage.get("stageName"), route)
    bucket = _buckets.get(key)
    if bucket is None or bucket.limits != (rate, burst):
        bucket = _buckets[key] = Bucket(rate, burst, now)
    return not bucket.take(now)


def line(form: str, values: dict) -> str:
    """A line of the access log: `-` for what is not known, quoted where the form is JSON."""
    is_json = form.lstrip().startswith("{")

    def value(match: re.Match) -> str:
        text = str(values.get(match.group(1).rstrip("."), "-"))
        return json.dumps(text, ensure_ascii=False)[1:-1] if is_json else text

    return VARIABLE.sub(value, form)


def answer(status: int, message: str) -> tuple:
    return status, dict(JSON_BODY), json.dumps({"message": message}, separators=(",", ":")).encode()


def in_any_account(find, stored):
    """A search that goes on in the other accounts where that of the request has nothing."""
    from ministack.core.responses import request_scope

    def found(name):
        scope = find(name)
        if scope is not None:
            return scope
        for account, region in {key[:2] for key, _ in stored().all_items()}:
            with request_scope(account, region):
                scope = find(name)
            if scope is not None:
                return scope
        return None

    return found


def install() -> None:
    from ministack import app
    from ministack.services import apigateway, apigateway_v1, lambda_svc
    from ministack.core.responses import request_scope

    apigateway.find_api_scope = in_any_account(apigateway.find_api_scope, lambda: apigateway._apis)
    apigateway_v1.find_api_scope = in_any_account(apigateway_v1.find_api_scope, lambda: apigateway_v1._rest_apis)
    domains = in_any_account(apigateway_v1.find_domain_scope, lambda: apigateway_v1._domain_names)
    apigateway_v1.find_domain_scope = domains
    execute = apigateway.handle_execute
    invoke = apigateway._invoke_lambda_proxy

    async def handled(api_id, stage, path, method, headers, body, query_params, raw_query_string=None):
        scope = apigateway.find_api_scope(api_id)
        if scope is None:
            return await execute(api_id, stage, path, method, headers, body, query_params, raw_query_string)
        started = time.time()
        lower = {name.lower(): value for name, value in (headers or {}).items()}
        with request_scope(*scope):
            settings = apigateway._stages.get(api_id, {}).get(stage) or {}
            route = (apigateway._match_route(api_id, method, "/" + path.lstrip("/")) or {}).get("routeKey")
        known = {
            "requestId": base64.b64encode(os.urandom(11)).decode(),
            "accountId": scope[0],
            "apiId": api_id,
            "stage": stage,
            "httpMethod": method,
            "path": path,
            "protocol": "HTTP/1.1",
            "domainName": lower.get("x-forwarded-host") or lower.get("host", "-"),
            "identity.sourceIp": "127.0.0.1",
            "identity.userAgent": lower.get("user-agent", "-"),
            "requestTime": time.strftime("%d/%b/%Y:%H:%M:%S +0000", time.gmtime(started)),
            "requestTimeEpoch": int(started * 1000),
        }
        if route:
            known["routeKey"] = route
        _request.set(known)
        if route and method != "OPTIONS" and throttled(api_id, settings, route, started):
            response = answer(429, "Too Many Requests")
        else:
            response = await execute(api_id, stage, path, method, headers, body, query_params, raw_query_string)
        status, response_headers, response_body = response
        known["status"] = status
        known["responseLength"] = len(response_body or b"")
        known["responseLatency"] = int((time.time() - started) * 1000)
        if "integrationStatus" not in known and status >= 400:
            known["error.message"] = message_of(response_body)
            known["error.messageString"] = json.dumps(known["error.message"])
        times = {"Latency": known["responseLatency"]}
        if "integrationLatency" in known:
            times["IntegrationLatency"] = known["integrationLatency"]
        detailed = (settings.get("defaultRouteSettings") or {}).get("detailedMetricsEnabled")
        measure(scope, api_id, stage, route if detailed else None, status, times)
        with request_scope(*scope):
            write(settings.get("accessLogSettings") or {}, known)
        return status, {**response_headers, "apigw-requestid": known["requestId"]}, response_body

    async def invoked(*arguments, **named_arguments):
        known = _request.get({})
        started = time.time()
        response = await invoke(*arguments, **named_arguments)
        known["integrationLatency"] = known["integration.latency"] = int((time.time() - started) * 1000)
        failure = known.pop("failure", None)
        # What Lambda answered, not what the function did.
        known["integrationStatus"] = known["integration.integrationStatus"] = known.pop("invoked", 200)
        if failure is None:
            known["integration.status"] = response[0]
            return response
        known["integrationErrorMessage"] = known["integration.error"] = failure
        known["error.message"] = "Internal Server Error"
        return answer(500, "Internal Server Error")

    shaped = lambda_svc.lambda_execute_result_to_api_proxy_response

    def noted(result):
        known = _request.get(None)
        if known is not None and result.get("error"):
            body = result.get("body")
            known["invoked"] = 429 if result.get("throttle") else 200
            known["failure"] = (body or {}).get("errorMessage") or (body or {}).get("message") or "the function failed"
        return shaped(result)

    create = apigateway._create_authorizer

    def created(api_id, data):
        response = create(api_id, data)
        if response[0] != 201:
            return response
        authorizer = apigateway._authorizers[api_id][json.loads(response[2])["authorizerId"]]
        for name in OF_FUNCTIONS if data.get("authorizerType") == "JWT" else OF_TOKENS:
            authorizer.pop(name, None)
        return apigateway._apigw_response(authorizer, 201)

    app._HEALTH_PATHS = tuple(path for path in app._HEALTH_PATHS if path != "/health")
    apigateway._create_authorizer = created
    apigateway.handle_execute = handled
    apigateway._invoke_lambda_proxy = invoked
    lambda_svc.lambda_execute_result_to_api_proxy_response = noted


def measure(
    place: tuple[str, str], api: str, stage: str, route: str | None, status: int, times: dict[str, float]
) -> None:
    """Notes what one call of an HTTP API came to; a route is named only where its stage has detailed metrics.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-metrics.html
    """
    of_stage = {"ApiId": api, "Stage": stage}
    sets = [{"ApiId": api}, of_stage]
    method, _, resource = (route or "").partition(" ")
    if method:
        sets.append({**of_stage, "Method": method, "Resource": resource or method})
    faults = {"4xx": 400 <= status < 500, "5xx": status >= 500}
    counts = {"Count": 1, **{name: int(fault) for name, fault in faults.items()}}
    metrics.measure(place, "AWS/ApiGateway", sets, {**counts, **times})


def message_of(body: bytes) -> str:
    try:
        return str(json.loads(body)["message"])
    except (ValueError, KeyError, TypeError):
        return "-"


def write(settings: dict, known: dict) -> None:
    """Appends a line to the log group that a stage names; nothing when there is none, as with AWS."""
    from ministack.services import cloudwatch_logs as logs

    form, destination = settings.get("format"), settings.get("destinationArn")
    name = (destination or "").partition(":log-group:")[2].removesuffix(":*")
    if not form or name not in logs._log_groups:
        return
    stream = f"{known['apiId']}/{known['stage']}/{time.strftime('%Y-%m-%d', time.gmtime())}"
    if stream not in logs._log_groups[name]["streams"]:
        logs._create_log_stream({"logGroupName": name, "logStreamName": stream})
    event = {"timestamp": known["requestTimeEpoch"], "message": line(form, known)}
    logs._put_log_events({"logGroupName": name, "logStreamName": stream, "logEvents": [event]})
