"""Life-cycle hooks of instances that a group launches, which moto only lists.

Such an instance waits in state Pending:Wait, in no target group, until CompleteLifecycleAction was called for each hook, or
the hook's time is over: then its default result counts. CONTINUE puts it into service, ABANDON ends it, and the group
launches another. A hook that is deleted is abandoned by those that wait at it.
https://docs.aws.amazon.com/autoscaling/ec2/userguide/lifecycle-hooks-overview.html
https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_CompleteLifecycleAction.html
https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_DeleteLifecycleHook.html

Hooks of terminating instances are in patch.py.
"""

import time

LAUNCHING = "autoscaling:EC2_INSTANCE_LAUNCHING"
WAITING = "Pending:Wait"


def waiting_in(group) -> list:
    return [state for state in group.instance_states if state.lifecycle_state == WAITING]


def settle(group, state, hook: str, result: str) -> None:
    """Completes what an instance waits for at one hook."""
    backend = group.autoscaling_backend
    if result == "ABANDON":
        group.instance_states = [one for one in group.instance_states if one is not state]
        backend.ec2_backend.terminate_instances([state.instance.id])
        return
    state.waits_for.pop(hook, None)
    if not state.waits_for:
        state.lifecycle_state = "InService"
        backend.update_attached_elbs(group.name)
        backend.update_attached_target_groups(group.name)


def settle_late(group) -> None:
    """Completes what nobody has completed in time, by the default of the hook."""
    for state in waiting_in(group):
        for hook, (until, default) in list(state.waits_for.items()):
            if until <= time.time() and state in group.instance_states:
                settle(group, state, hook, default)


def install() -> None:
    from moto.autoscaling import models, responses
    from moto.core.responses import EmptyResult

    answers, backends, groups = (
        responses.AutoScalingResponse,
        models.AutoScalingBackend,
        models.FakeAutoScalingGroup,
    )
    launch = groups.replace_autoscaling_group_instances
    describe, delete, delete_hook, register = (
        backends.describe_auto_scaling_groups,
        backends.delete_auto_scaling_group,
        backends.delete_lifecycle_hook,
        backends.update_attached_target_groups,
    )
    complete, heartbeat = answers.complete_lifecycle_action, answers.record_lifecycle_action_heartbeat

    def launch_to_hooks(self, *args, **named):
        before = list(self.instance_states)
        result = launch(self, *args, **named)
        backend = self.autoscaling_backend
        # Hooks of one that is only being made are those of a group before it.
        hooks = backend.describe_lifecycle_hooks(self.name) if self.name in backend.autoscaling_groups else []
        launching = [hook for hook in hooks if hook.lifecycle_transition == LAUNCHING]
        for state in self.instance_states:
            if launching and state not in before:
                state.lifecycle_state = WAITING
                state.waits_for = {
                    hook.name: (time.time() + hook.heartbeat_timeout, hook.default_result) for hook in launching
                }
        return result

    def active_or_waiting(self):
        return [state for state in self.instance_states if state.lifecycle_state in ("InService", WAITING)]

    def describe_settled(self, names, filters=None):
        for group in self.autoscaling_groups.values():
            settle_late(group)
        return describe(self, names, filters)

    def delete_with_hooks(self, group_name, *args, **named):
        result = delete(self, group_name, *args, **named)
        if group_name not in self.autoscaling_groups:
            for hook in self.describe_lifecycle_hooks(group_name):
                delete_hook(self, group_name, hook.name)
        return result

    def delete_hook_and_abandon(self, as_name, name):
        delete_hook(self, as_name, name)
        group = self.autoscaling_groups.get(as_name)
        for state in waiting_in(group) if group else []:
            if name in state.waits_for:
                settle(group, state, name, "ABANDON")

    def register_those_in_service(self, group_name):
        group = self.autoscaling_groups[group_name]
        states = group.instance_states
        group.instance_states = [state for state in states if state.lifecycle_state != WAITING]
        try:
            register(self, group_name)
        finally:
            group.instance_states = states

    def waiting(self):
        """The group and the instance that a request is about, where it waits at the hook that is named."""
        group = self.autoscaling_backend.autoscaling_groups.get(self._get_param("AutoScalingGroupName"))
        for state in waiting_in(group) if group else []:
            named = state.instance.id == self._get_param("InstanceId")
            if named and self._get_param("LifecycleHookName") in state.waits_for:
                return group, state
        return None

    def complete_either(self):
        found = waiting(self)
        if found is None:
            return complete(self)
        settle(*found, self._get_param("LifecycleHookName"), self._get_param("LifecycleActionResult"))
        return EmptyResult()

    def heartbeat_of_either(self):
        found = waiting(self)
        if found is None:
            return heartbeat(self)
        group, state = found
        name = self._get_param("LifecycleHookName")
        (hook,) = self.autoscaling_backend.describe_lifecycle_hooks(group.name, [name])
        state.waits_for[name] = (time.time() + hook.heartbeat_timeout, hook.default_result)
        return EmptyResult()

    groups.replace_autoscaling_group_instances = launch_to_hooks
    groups.active_instances = active_or_waiting
    backends.describe_auto_scaling_groups = describe_settled
    backends.delete_auto_scaling_group = delete_with_hooks
    backends.delete_lifecycle_hook = delete_hook_and_abandon
    backends.update_attached_target_groups = register_those_in_service
    answers.complete_lifecycle_action = complete_either
    answers.record_lifecycle_action_heartbeat = heartbeat_of_either
