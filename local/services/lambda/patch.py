"""What MiniStack's Lambda does differently from AWS, mended.

It only stores the weights of an alias. Here a call of an alias with a routing configuration goes to the
additional version by its weight, whoever calls: Invoke, an API, a queue.
https://docs.aws.amazon.com/lambda/latest/dg/configuring-alias-routing.html

It names every error of a Node function Runtime.HandlerError. Here an error has the type that was thrown,
and its stack. https://docs.aws.amazon.com/lambda/latest/dg/nodejs-exceptions.html

It measures calls of Invoke alone: see engines/ministack/metrics.py.

It keeps a LoggingConfig as it was given. Here one in JSON without levels has INFO, as AWS answers it.
https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-log-level.html

It makes a function without code where S3 does not give it. Here that is refused, as an update of the code is.
https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html

It limits calls at once only where the function itself is called. Here the limit counts for its versions and
aliases too. https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html
"""

import contextvars
import random
import re
import time

from engines.ministack import metrics

# The alias that is being called, of this function: (function, alias).
_called: contextvars.ContextVar[tuple[str, str] | None] = contextvars.ContextVar("called", default=None)


def routed(function: dict, qualifier: str | None) -> str | None:
    """The version that a call of a qualifier goes to, or the qualifier itself where nothing is to be divided."""
    alias = function.get("aliases", {}).get(qualifier) or {}
    weights = (alias.get("RoutingConfig") or {}).get("AdditionalVersionWeights") or {}
    chance = random.random()
    for version, weight in weights.items():
        if chance < weight and version in function.get("versions", {}):
            return version
        chance -= weight
    return qualifier


def named(result: dict) -> dict:
    """The result of a call; an error with the type and the stack that its log ends with."""
    body = result.get("body")
    if not result.get("error") or not isinstance(body, dict) or body.get("errorType") != "Runtime.HandlerError":
        return result
    message = body.get("errorMessage", "")
    thrown = list(re.finditer(rf"^([A-Za-z_$][\w$.]*)(?:: {re.escape(message)})?\n(?=    at )", result.get("log", ""), re.M))
    if not thrown:
        return result
    trace = result["log"][thrown[-1].start() :].rstrip().split("\n")
    return {**result, "body": {"errorType": thrown[-1].group(1), "errorMessage": message, "trace": trace}}


def levelled(request: dict) -> dict:
    """A request that makes or changes a function, with the levels that logs in JSON have where none are given."""
    logging = request.get("LoggingConfig") or {}
    if logging.get("LogFormat") != "JSON":
        return request
    return {**request, "LoggingConfig": {"ApplicationLogLevel": "INFO", "SystemLogLevel": "INFO", **logging}}


def install() -> None:
    from ministack.core.responses import error_response_json
    from ministack.services import lambda_svc

    invoke = lambda_svc._invoke
    record_of = lambda_svc._get_func_record_for_ref
    execute = lambda_svc._execute_function
    execute_warm = lambda_svc._execute_function_warm
    reserved = lambda_svc._reserved_concurrency
    create = lambda_svc._create_function
    update = lambda_svc._update_config

    def chosen(name: str, qualifier: str | None) -> str | None:
        function = lambda_svc._functions.get(name) or {}
        _called.set((name, qualifier) if qualifier in function.get("aliases", {}) else None)
        return routed(function, qualifier)

    async def weighted_invoke(name, event, headers, path_qualifier=None, query_params=None):
        given = path_qualifier or (query_params or {}).get("Qualifier")
        qualifier = given[0] if isinstance(given, list) else given
        version = chosen(name, qualifier)
        return await invoke(name, event, headers, version if qualifier else path_qualifier, query_params)

    def weighted_record(reference):
        # An event of SQS or of an API names the alias at the end of the ARN.
        name, qualifier = lambda_svc._resolve_request_scoped_name_and_qualifier(reference)
        version = chosen(name, qualifier)
        if qualifier and version != qualifier:
            reference = f"{reference[: -len(qualifier)]}{version}"
        return record_of(reference)

    def measured(func, event):
        config = func.get("config") or func
        if lambda_svc._function_config_scope_mismatch(config):
            # It calls itself again, in the right place.
            return execute(func, event)
        started = time.perf_counter()
        result = execute(func, event)
        milliseconds = (time.perf_counter() - started) * 1000
        place = lambda_svc._account_region_from_function_config(config)
        name = config["FunctionName"]
        called, alias = _called.get() or ("", None)
        measure(
            place,
            name,
            alias if called == name else None,
            config.get("Version", "$LATEST"),
            values_of(result if isinstance(result, dict) else {}, milliseconds),
        )
        return result

    def created(data):
        code = data.get("Code") or {}
        bucket, key, version = (code.get(name) for name in ("S3Bucket", "S3Key", "S3ObjectVersion"))
        if bucket and key and lambda_svc._fetch_code_from_s3(bucket, key, version_id=version) is None:
            message = f"Failed to fetch code from s3://{bucket}/{key}"
            return error_response_json("InvalidParameterValueException", message, 400)
        return create(levelled(data))

    def reserved_of_all(func, config):
        # What is called is a version; the limit is written at the function.
        return reserved(lambda_svc._functions.get(config.get("FunctionName")) or func, config)

    lambda_svc._invoke = weighted_invoke
    lambda_svc._get_func_record_for_ref = weighted_record
    lambda_svc._execute_function = measured
    lambda_svc._execute_function_warm = lambda *arguments: named(execute_warm(*arguments))
    lambda_svc._reserved_concurrency = reserved_of_all
    lambda_svc._create_function = created
    lambda_svc._update_config = lambda name, data: update(name, levelled(data))
    # Its own metrics stay in its own CloudWatch, which nobody asks.
    lambda_svc._emit_lambda_metrics = lambda *arguments, **named_arguments: None


def measure(
    place: tuple[str, str], function: str, alias: str | None, version: str, values: dict[str, float]
) -> None:
    """Notes what one call of a function came to, with the alias that was called.

    `place` is the account and the Region.
    https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
    """
    resource = {"FunctionName": function, "Resource": f"{function}:{alias or version}"}
    sets = [{"FunctionName": function}, resource]
    if alias:
        sets.append({**resource, "ExecutedVersion": version})
    metrics.measure(place, "AWS/Lambda", sets, values)


def values_of(result: dict, milliseconds: float) -> dict[str, float]:
    """What one call adds to each metric. A call that was refused is none."""
    if result.get("throttle"):
        return {"Throttles": 1}
    return {
        "Invocations": 1,
        "Errors": 1 if result.get("error") else 0,
        "Throttles": 0,
        "Duration": milliseconds,
    }
