"""Metrics of what MiniStack runs, which go to CloudWatch as AWS's do: that is the other emulator's.

MiniStack measures only what Invoke was asked, and not by alias; an API and a queue call past it. Of APIs it
measures nothing. What is measured stands in the patch of each service.
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


def measure(place: tuple[str, str], namespace: str, sets: list[dict[str, str]], values: dict[str, float]) -> None:
    """Notes values, by the names of their metrics, for each set of dimensions. `place` is the account and the Region."""
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
