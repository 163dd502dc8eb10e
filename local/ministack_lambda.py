"""What MiniStack's Lambda does differently from AWS, mended.

It only stores the weights of an alias. Here a call of an alias with a routing configuration goes to the
additional version by its weight, whoever calls: Invoke, an API, a queue.
https://docs.aws.amazon.com/lambda/latest/dg/configuring-alias-routing.html

It names every error of a Node function Runtime.HandlerError. Here an error has the type that was thrown,
and its stack. https://docs.aws.amazon.com/lambda/latest/dg/nodejs-exceptions.html
"""

import random
import re


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


def install() -> None:
    from ministack.services import lambda_svc

    invoke = lambda_svc._invoke
    record_of = lambda_svc._get_func_record_for_ref
    execute = lambda_svc._execute_function_warm

    async def weighted_invoke(name, event, headers, path_qualifier=None, query_params=None):
        given = path_qualifier or (query_params or {}).get("Qualifier")
        qualifier = given[0] if isinstance(given, list) else given
        if qualifier and name in lambda_svc._functions:
            path_qualifier = routed(lambda_svc._functions[name], qualifier)
        return await invoke(name, event, headers, path_qualifier, query_params)

    def weighted_record(reference):
        # An event of SQS or of an API names the alias at the end of the ARN.
        name, qualifier = lambda_svc._resolve_request_scoped_name_and_qualifier(reference)
        function = lambda_svc._functions.get(name)
        if function and qualifier:
            version = routed(function, qualifier)
            if version != qualifier:
                reference = f"{reference[: -len(qualifier)]}{version}"
        return record_of(reference)

    lambda_svc._invoke = weighted_invoke
    lambda_svc._get_func_record_for_ref = weighted_record
    lambda_svc._execute_function_warm = lambda *arguments: named(execute(*arguments))
