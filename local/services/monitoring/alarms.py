"""Alarms that measure. moto keeps metrics and alarms, and never compares them.

An alarm goes on as soon as enough of its periods breach, the one that is under way among them: nobody waits
for the end of a minute. The periods before it count for themselves too: what was measured in the last second of a
minute comes in the next one. It goes off, as with AWS, at a later look: so one that was set by hand stays for a while.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html
"""

import json
import operator
import sys
import threading
import time
from datetime import datetime, timezone

from engines.moto.turns import TURN
from services.monitoring.metric_math import Unknown, evaluate

# Seconds between two looks.
INTERVAL = 2

# Seconds for which a state stays at least: AWS looks once a minute.
LEAST_STAY = 60

# Seconds for which single values are kept, as CloudWatch keeps those of one second.
KEPT = 3 * 3600

COMPARISONS = {
    "GreaterThanThreshold": (operator.gt, "greater than"),
    "GreaterThanOrEqualToThreshold": (operator.ge, "greater than or equal to"),
    "LessThanThreshold": (operator.lt, "less than"),
    "LessThanOrEqualToThreshold": (operator.le, "less than or equal to"),
}


# Alarms of which the log says that they are not evaluated.
_told: set[str] = set()


def install() -> None:
    tell_metrics_apart()
    threading.Thread(target=_look_now_and_then, daemon=True).start()


def tell_metrics_apart() -> None:
    """A metric has all the dimensions that are asked for and no others; moto's statistics add up those with more.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricStatistics.html
    """
    from moto.cloudwatch.models import MetricDatumBase

    of_any = MetricDatumBase.filter

    def of_one(self, namespace, name, dimensions, already_present_metrics=None):
        # Asked for statistics; ListMetrics gives what is already there.
        if dimensions and namespace is None and name is None and already_present_metrics is None:
            wanted = {(one["Name"], one["Value"]) for one in dimensions}
            return wanted == {(one.name, one.value) for one in self.dimensions}
        return of_any(self, namespace, name, dimensions, already_present_metrics)

    MetricDatumBase.filter = of_one


def _look_now_and_then() -> None:
    from moto.cloudwatch.models import cloudwatch_backends

    while True:
        time.sleep(INTERVAL)
        for regions in list(cloudwatch_backends.values()):
            for backend in list(regions.values()):
                try:
                    with TURN:
                        look(backend, time.time())
                except Exception as error:  # One account's alarms are no reason to leave the others unwatched.
                    print(f"alarms are not evaluated: {type(error).__name__}: {error}", file=sys.stderr, flush=True)


def look(backend, now: float) -> None:
    """Evaluates all alarms of an account in a Region."""
    if not backend.metric_data and not backend.alarms:
        return
    while backend.metric_data and now - _epoch(backend.metric_data[0].timestamp) > KEPT:
        backend.metric_data.pop(0)
    for alarm in backend.alarms.values():
        if alarm.rule is not None or alarm.comparison_operator not in COMPARISONS:
            continue
        try:
            state, reason, values = newest(alarm, backend.metric_data, now)
        except Unknown as error:
            if alarm.alarm_arn not in _told:
                print(f"alarm {alarm.name} is not evaluated: {error}", file=sys.stderr, flush=True)
                _told.add(alarm.alarm_arn)
            continue
        if state == alarm.state_value:
            continue
        # What goes off waits; what goes on does not.
        if state != "ALARM" and now - _epoch(alarm.state_updated_timestamp) < LEAST_STAY:
            continue
        data = {"version": "1.0", "recentDatapoints": values, "threshold": float(alarm.threshold)}
        alarm.update_state(reason, json.dumps(data), state)


def newest(alarm, data: list, now: float) -> tuple[str, str, list[float]]:
    """State, reason and values of an alarm, by its periods up to now or, where only they breach, up to the last whole one."""
    found = judged(alarm, data, now)
    if found[0] == "ALARM" or alarm.comparison_operator.startswith("Less"):
        return found
    before = judged(alarm, data, now - _period(alarm))
    return before if before[0] == "ALARM" and before[2] else found


def judged(alarm, data: list, now: float) -> tuple[str, str, list[float]]:
    """State, reason and values of an alarm at a time."""
    breaches, words = COMPARISONS[alarm.comparison_operator]
    threshold = float(alarm.threshold)
    count = int(alarm.evaluation_periods)
    least = int(alarm.datapoints_to_alarm or count)
    period = _period(alarm)
    # A sum below a threshold says nothing before its period is over.
    under_way = 0 if alarm.comparison_operator.startswith("Less") else 1
    first = int(now // period - count + under_way) * period
    starts = [first + index * period for index in range(count)]
    values = _values(alarm, data, starts, period)
    there = [value for value in values if value is not None]
    missing = alarm.treat_missing_data or "missing"
    if not there and missing == "missing":
        return "INSUFFICIENT_DATA", "Insufficient Data: no datapoints were received", []
    if not there and missing == "ignore":
        return alarm.state_value, alarm.state_reason, []
    breaching = [missing == "breaching" if value is None else breaches(value, threshold) for value in values]
    points = ", ".join(
        f"{value} ({datetime.fromtimestamp(start, timezone.utc):%d/%m/%y %H:%M:%S})"
        for value, start in zip(reversed(values), reversed(starts))
        if value is not None
    )
    what = f"{sum(breaching)} out of the last {count} datapoints [{points}] were {words} the threshold ({threshold})"
    if sum(breaching) >= least:
        return "ALARM", f"Threshold Crossed: {what} (minimum {least} datapoints for OK -> ALARM transition).", there
    return "OK", f"Threshold Crossed: {what}: fewer than {least}.", there


def _values(alarm, data: list, starts: list[int], period: int) -> list[float | None]:
    if not alarm.metric_data_queries:
        stat = alarm.extended_statistic or alarm.statistic
        return series(data, (alarm.namespace, alarm.metric_name, alarm.dimensions, stat), starts, period)
    known: dict[str, list[float | None]] = {}
    result = None
    # Metrics first: an expression may stand before what it refers to.
    for query in sorted(alarm.metric_data_queries, key=lambda one: one.metric_stat is None):
        if query.metric_stat is not None:
            metric = query.metric_stat.metric
            asked = (metric.namespace, metric.metric_name, metric.dimensions, query.metric_stat.stat)
            known[query.id] = series(data, asked, starts, period)
        else:
            known[query.id] = evaluate(query.expression, known, len(starts))
        if str(query.return_data).lower() != "false":
            result = known[query.id]
    if result is None:
        raise Unknown("no query returns data")
    return result


def series(data: list, asked: tuple, starts: list[int], period: int) -> list[float | None]:
    """A statistic of a metric, by period; None where nothing was measured."""
    namespace, name, dimensions, stat = asked
    wanted = {(one.name, one.value) for one in dimensions}
    found = [
        (_epoch(datum.timestamp), float(datum.value))
        for datum in data
        if datum.namespace == namespace
        and datum.name == name
        and hasattr(datum, "value")
        and {(one.name, one.value) for one in datum.dimensions} == wanted
    ]
    return [
        statistic(stat, sorted(value for moment, value in found if start <= moment < start + period))
        for start in starts
    ]


def statistic(stat: str, values: list[float]) -> float | None:
    if not values:
        return None
    if stat.startswith("p"):
        # The nearest rank: what CloudWatch shows for few values.
        rank = -(-len(values) * float(stat[1:]) // 100)
        return values[max(int(rank) - 1, 0)]
    known = {"Sum": sum, "Maximum": max, "Minimum": min, "SampleCount": len}
    if stat == "Average":
        return sum(values) / len(values)
    if stat not in known:
        raise Unknown(f"statistic {stat}")
    return float(known[stat](values))


def _period(alarm) -> int:
    if not alarm.metric_data_queries:
        return int(alarm.period)
    return max(int(query.metric_stat.period) for query in alarm.metric_data_queries if query.metric_stat)


def _epoch(moment) -> float:
    if not isinstance(moment, datetime):
        return float(moment)
    return (moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)).timestamp()
