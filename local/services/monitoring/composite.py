"""Composite alarms: moto keeps the rule of one, and neither takes the call nor works it out.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutCompositeAlarm.html
"""

import re

TOKENS = re.compile(r"""\s*(?:(?P<state>ALARM|OK|INSUFFICIENT_DATA)\s*\(\s*(?:"(?P<quoted>[^"]*)"|(?P<plain>[^)]*?))\s*\)|(?P<word>AND|OR|NOT|TRUE|FALSE|\(|\)))""")


class Malformed(Exception):
    """A rule that cannot be read."""


def holds(rule: str, state_of) -> bool:
    """Whether a rule holds. `state_of` gives the state of an alarm by its name or ARN.

    NOT counts before AND, and AND before OR.
    """
    tokens, position = [], 0
    while rule[position:].strip():
        match = TOKENS.match(rule, position)
        if not match:
            raise Malformed(rule[position:].strip())
        tokens.append(match)
        position = match.end()

    def word():
        return tokens[0]["word"] if tokens else None

    def either():
        value = both()
        while word() == "OR":
            tokens.pop(0)
            other = both()
            value = value or other
        return value

    def both():
        value = single()
        while word() == "AND":
            tokens.pop(0)
            other = single()
            value = value and other
        return value

    def single():
        if not tokens:
            raise Malformed("the rule ends too early")
        token = tokens.pop(0)
        if token["state"]:
            name = token["plain"] if token["quoted"] is None else token["quoted"]
            return state_of(name) == token["state"]
        if token["word"] == "NOT":
            return not single()
        if token["word"] in ("TRUE", "FALSE"):
            return token["word"] == "TRUE"
        if token["word"] == "(":
            value = either()
            if word() != ")":
                raise Malformed("a parenthesis is not closed")
            tokens.pop(0)
            return value
        raise Malformed(token["word"])

    value = either()
    if tokens:
        raise Malformed(tokens[0].group(0).strip())
    return value


def look(backend) -> None:
    """Works out the composite alarms of an account in a Region."""

    def state_of(name):
        alarm = backend.alarms.get(name.split(":alarm:")[-1])
        return alarm.state_value if alarm else None

    for alarm in list(backend.alarms.values()):
        if alarm.rule is None:
            continue
        state = "ALARM" if holds(alarm.rule, state_of) else "OK"
        if state != alarm.state_value:
            alarm.update_state(f"{alarm.alarm_arn} was updated and its alarm rule evaluates to {state}", "{}", state)


def install() -> None:
    from moto.cloudwatch import models, responses
    from moto.core.exceptions import ServiceException

    answers = responses.CloudWatchResponse
    describe = answers.describe_alarms

    class ValidationError(ServiceException):
        code = "ValidationError"

    def put_composite_alarm(self):
        rule = self._get_param("AlarmRule") or ""
        names = []
        try:
            holds(rule, lambda name: names.append(name.split(":alarm:")[-1]))
        except Malformed as error:
            raise ValidationError(f"AlarmRule is malformed: {error}") from None
        unknown = [name for name in names if name not in self.cloudwatch_backend.alarms]
        if unknown:
            raise ValidationError(f"Could not save the composite alarm as alarms [{', '.join(unknown)}] in the alarm rule do not exist")
        result = self.put_metric_alarm()
        alarm = self.cloudwatch_backend.alarms[self._get_param("AlarmName")]
        for name, attribute in SUPPRESSION.items():
            setattr(alarm, attribute, self._get_param(name))
        return result

    def describe_by_type(self):
        result = describe(self).result
        types = self._get_param("AlarmTypes", []) or ["MetricAlarm"]
        look(self.cloudwatch_backend)
        return responses.ActionResult(
            {
                **result,
                "MetricAlarms": result["MetricAlarms"] if "MetricAlarm" in types else [],
                "CompositeAlarms": result["CompositeAlarms"] if "CompositeAlarm" in types else [],
            }
        )

    # By the name of the field in the API.
    models.Alarm.alarm_rule = property(lambda self: self.rule)
    answers.put_composite_alarm = put_composite_alarm
    answers.describe_alarms = describe_by_type


SUPPRESSION = {
    "ActionsSuppressor": "actions_suppressor",
    "ActionsSuppressorExtensionPeriod": "actions_suppressor_extension_period",
    "ActionsSuppressorWaitPeriod": "actions_suppressor_wait_period",
}
