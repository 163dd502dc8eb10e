"""What MiniStack does differently from AWS with a function of Python, mended.

Its worker has no handler of logs, so that what a function logs below WARNING is lost. Here the root logger writes as AWS's
runtime does, from the level that the function sets.
https://docs.aws.amazon.com/lambda/latest/dg/python-logging.html

It names every error Runtime.HandlerError. Here an error has the type that was raised, and its stack.
https://docs.aws.amazon.com/lambda/latest/dg/python-exceptions.html
"""

import re

# Before the function's code is loaded. The request is that of the call that runs.
_LOGS = r"""
import logging as _logs, sys as _logs_sys, time as _logs_time

_logs_request = {"id": ""}

def _logs_add(record):
    record.aws_request_id = _logs_request["id"]
    return True

_logs_handler = _logs.StreamHandler(_logs_sys.stderr)
_logs_handler.addFilter(_logs_add)
_logs_form = _logs.Formatter(
    "[%(levelname)s]\t%(asctime)s.%(msecs)03dZ\t%(aws_request_id)s\t%(message)s", "%Y-%m-%dT%H:%M:%S")
_logs_form.converter = _logs_time.gmtime
_logs_handler.setFormatter(_logs_form)
_logs.getLogger().addHandler(_logs_handler)
"""

_CALL = '_ms_ctx = _ms_msg.get("ctx") or {}\n'
_FAILURE = "traceback.format_exc()"


def logging_worker(script: str) -> str:
    """The worker's script, with logs as AWS has them, and the whole error told where it is told at all."""
    for text in (_CALL, _FAILURE):
        if text not in script:
            raise RuntimeError(f"MiniStack's worker of Python has no {text.strip()}: look at services/lambda again")
    noted = f'{_CALL}        _logs_request["id"] = _ms_ctx.get("request_id", "")\n'
    return _LOGS + script.replace(_CALL, noted)


def raised(result: dict) -> dict:
    """The result of a call; an error with the type and the stack of the traceback that its log ends with."""
    body = result.get("body")
    if not result.get("error") or not isinstance(body, dict) or body.get("errorType") != "Runtime.HandlerError":
        return result
    message = body.get("errorMessage", "")
    _, begun, trace = result.get("log", "").rpartition("Traceback (most recent call last):\n")
    ended = re.search(rf"^([A-Za-z_][\w.]*)(?:: {re.escape(message)})?\s*\Z", trace, re.M)
    if not begun or not ended:
        return result
    frames = re.split(r'^(?=  File ")', trace[: ended.start()], flags=re.M)
    # The first is the worker, which AWS does not show.
    return {
        **result,
        "body": {
            "errorMessage": message,
            "errorType": ended.group(1).rpartition(".")[2],
            "stackTrace": [frame for frame in frames if frame][1:],
        },
    }


def install() -> None:
    from ministack.core import lambda_runtime
    from ministack.services import lambda_svc

    execute_warm = lambda_svc._execute_function_warm
    lambda_runtime._PYTHON_WORKER_SCRIPT = logging_worker(lambda_runtime._PYTHON_WORKER_SCRIPT)
    lambda_svc._execute_function_warm = lambda *arguments: raised(execute_warm(*arguments))
