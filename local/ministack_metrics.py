"""Metrics of functions and HTTP APIs, which go to CloudWatch as AWS's do, with the alias that was called.

MiniStack measures only what Invoke was asked, and not by alias; an API and a queue call past it. Of APIs it
measures nothing.
https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-metrics.html
"""

import json
import os
import queue
import sys
import threading
import time
import urllib.request

# Seconds for which measurements are gathered before they are sent.
INTERVAL = 1.0

# Seconds that a request may take, on a machine that is busy with everything else too.
TIMEOUT = 60

# Values of one metric in one request: the most that CloudWatch takes.
MOST_VALUES = 150

_measured: queue.SimpleQueue = queue.SimpleQueue()


# What is measured in milliseconds, and not counted.
TIMES = ("Duration", "Latency", "IntegrationLatency")


def measure_function(
    place: tuple[str, str], function: str, alias: str | None, version: str, values: dict[str, float]
) -> None:
    """Notes what one call of a function came to: the values by the names of their metrics.

    `place` is the account and the Region.
    """
    resource = {"FunctionName": function, "Resource": f"{function}:{alias or version}"}
    sets = [{"FunctionName": function}, resource]
    if alias:
        sets.append({**resource, "ExecutedVersion": version})
    _measure(place, "AWS/Lambda", sets, values)


def measure_api(
    place: tuple[str, str], api: str, stage: str, route: str | None, status: int, times: dict[str, float]
) -> None:
    """Notes what one call of an HTTP API came to; a route is named only where its stage has detailed metrics."""
    of_stage = {"ApiId": api, "Stage": stage}
    sets = [{"ApiId": api}, of_stage]
    method, _, resource = (route or "").partition(" ")
    if method:
        sets.append({**of_stage, "Method": method, "Resource": resource or method})
    faults = {"4xx": 400 <= status < 500, "5xx": status >= 500}
    counts = {"Count": 1, **{name: int(fault) for name, fault in faults.items()}}
    _measure(place, "AWS/ApiGateway", sets, {**counts, **times})


def _measure(place: tuple[str, str], namespace: str, sets: list[dict[str, str]], values: dict[str, float]) -> None:
    _measured.put(((*place, namespace), int(time.time()), sets, values))


def send_now_and_then() -> None:
    """Sends what was measured, as long as the process runs."""
    while True:
        first = _measured.get()
        time.sleep(INTERVAL)
        gathered: dict[tuple[str, str, str], dict] = {}
        for place, second, sets, values in [first, *_drained()]:
            for dimensions in sets:
                for name, value in values.items():
                    key = (name, second, tuple(dimensions.items()))
                    gathered.setdefault(place, {}).setdefault(key, []).append(value)
        for (account, region, namespace), metrics in gathered.items():
            try:
                put_metric_data(region, account, namespace, list(_data(metrics)))
            except OSError as error:
                print(f"metrics of {namespace} are lost: {error}", file=sys.stderr, flush=True)


def put_metric_data(region: str, account: str, namespace: str, data: list[dict]) -> None:
    """https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricData.html

    The gateway reads from the scope where a request goes, and the account from the key.
    """
    scope = f"{account}/20000101/{region}/monitoring/aws4_request"
    headers = {
        "Authorization": f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=local",
        "Content-Type": "application/x-amz-json-1.0",
        "X-Amz-Target": "GraniteServiceVersion20100801.PutMetricData",
    }
    body = json.dumps({"Namespace": namespace, "MetricData": data}).encode()
    request = urllib.request.Request(os.environ["GROUNDPLAN_GATEWAY"], body, headers)
    urllib.request.urlopen(request, timeout=TIMEOUT).close()


def start() -> None:
    threading.Thread(target=send_now_and_then, daemon=True).start()


def _drained():
    while not _measured.empty():
        yield _measured.get()


def _data(metrics: dict):
    for (name, second, dimensions), values in metrics.items():
        for first in range(0, len(values), MOST_VALUES):
            yield {
                "MetricName": name,
                "Timestamp": second,
                "Unit": "Milliseconds" if name in TIMES else "Count",
                "Dimensions": [{"Name": key, "Value": value} for key, value in dimensions],
                "Values": values[first : first + MOST_VALUES],
            }
