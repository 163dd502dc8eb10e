"""A definition whose states lead nowhere is refused; MiniStack calls each one valid and fails when it runs.

Looked at: that it is JSON, has states, begins with one of them, and that each goes on to one of them or ends.
https://docs.aws.amazon.com/step-functions/latest/apireference/API_ValidateStateMachineDefinition.html
"""

import json

# Types that end without `End`.
LAST = ("Succeed", "Fail")


def faults_of(text) -> list[dict]:
    """The diagnostics of a definition; none where it is valid."""
    try:
        definition = json.loads(text)
    except (TypeError, ValueError):
        return [fault("INVALID_JSON_DESCRIPTION", "the definition is not JSON", "/")]
    return faults_in(definition, "") if isinstance(definition, dict) else [
        fault("SCHEMA_VALIDATION_FAILED", "the definition is not an object", "/")
    ]


def faults_in(machine: dict, path: str) -> list[dict]:
    states = machine.get("States")
    if not isinstance(states, dict) or not states:
        return [fault("SCHEMA_VALIDATION_FAILED", "The field 'States' is required and must have one state", f"{path}/States")]
    found = []
    if not isinstance(machine.get("StartAt"), str):
        found.append(fault("SCHEMA_VALIDATION_FAILED", "The field 'StartAt' is required but was missing", f"{path}/StartAt"))
    targets = [("StartAt", machine.get("StartAt"))]
    for name, state in states.items():
        at = f"States/{name}"
        if not isinstance(state, dict):
            found.append(fault("SCHEMA_VALIDATION_FAILED", "a state is an object", f"{path}/{at}"))
            continue
        kind = state.get("Type")
        if kind not in (*LAST, "Choice") and "Next" not in state and state.get("End") is not True:
            message = "The state has neither 'Next' nor 'End'"
            found.append(fault("MISSING_END_STATE", message, f"{path}/{at}"))
        targets += [(f"{at}/{key}", state[key]) for key in ("Next", "Default") if key in state]
        for field in ("Choices", "Catch"):
            for index, rule in enumerate(state.get(field) or []):
                if isinstance(rule, dict) and "Next" in rule:
                    targets.append((f"{at}/{field}[{index}]/Next", rule["Next"]))
        for index, branch in enumerate(state.get("Branches") or []):
            found += faults_in(branch, f"{path}/{at}/Branches[{index}]")
        inner = state.get("ItemProcessor") or state.get("Iterator")
        if isinstance(inner, dict):
            found += faults_in(inner, f"{path}/{at}/ItemProcessor")
    for at, target in targets:
        if isinstance(target, str) and target not in states:
            message = f"Missing 'Next' target: {target}"
            found.append(fault("MISSING_TRANSITION_TARGET", message, f"{path}/{at}"))
    return found


def fault(code: str, message: str, location: str) -> dict:
    return {"severity": "ERROR", "code": code, "message": message, "location": location}


def install() -> None:
    from ministack.core.responses import json_response
    from ministack.services import stepfunctions

    of_expressions = stepfunctions._validate_definition_jsonata

    def refused(text):
        found = faults_of(text) if isinstance(text, str) else []
        if found:
            first = found[0]
            return f"Invalid State Machine Definition: '{first['code']}: {first['message']} at {first['location']}'"
        return of_expressions(text)

    def validated(data):
        found = faults_of(data.get("definition"))
        return json_response({"result": "FAIL" if found else "OK", "diagnostics": found, "truncated": False})

    stepfunctions._validate_definition_jsonata = refused
    stepfunctions._validate_state_machine_definition = validated
