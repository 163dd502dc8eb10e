"""Life-cycle hooks of autoscaling groups, which moto only lists.

A group with a hook for terminating instances has each wait there, in state Terminating:Wait, until CompleteLifecycleAction
or until it is gone in EC2.
https://docs.aws.amazon.com/autoscaling/ec2/userguide/lifecycle-hooks-overview.html

A change leaves the policy of mixed instances as it is when it names none, and moto forgets it. The settings of groups and
policies that it forgets are in groups.py.

A group replaces an instance that EC2 has ended, and ends one that is one too many and protected no more, when it is looked at.
https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-health-checks.html
"""

import copy

from moto.autoscaling.exceptions import ValidationError
from moto.autoscaling.models import AutoScalingBackend, FakeAutoScalingGroup, TerminateInstanceActivity
from moto.autoscaling.responses import AutoScalingResponse
from moto.core.responses import EmptyResult

TERMINATING = "autoscaling:EC2_INSTANCE_TERMINATING"
WAITING = "Terminating:Wait"


def hooked(backend: AutoScalingBackend, group: FakeAutoScalingGroup) -> bool:
    """Whether instances of a group wait before they end."""
    hooks = backend.describe_lifecycle_hooks(group.name)
    return any(hook.lifecycle_transition == TERMINATING for hook in hooks)


def drop_ended(group: FakeAutoScalingGroup) -> None:
    """Forgets the instances that EC2 has ended."""
    group.instance_states = [
        state for state in group.instance_states if state.instance.state not in ("shutting-down", "terminated")
    ]


def install() -> None:
    change = FakeAutoScalingGroup.update
    describe = AutoScalingBackend.describe_auto_scaling_groups
    resize = FakeAutoScalingGroup.set_desired_capacity
    terminate = AutoScalingBackend.terminate_instance

    def change_what_is_named(self, *args, mixed_instances_policy=None, **named):
        replaced = mixed_instances_policy or named.get("launch_template") or named.get("launch_config_name")
        policy = mixed_instances_policy if replaced else copy.deepcopy(self.mixed_instances_policy)
        if policy and not replaced:
            # moto has written both there, and takes one.
            policy["LaunchTemplate"]["LaunchTemplateSpecification"].pop("LaunchTemplateName", None)
        return change(self, *args, mixed_instances_policy=policy, **named)

    def describe_healed(self, names, filters=None):
        groups = describe(self, names, filters)
        for group in groups:
            drop_ended(group)
            if len(group.active_instances()) != (group.desired_capacity or 0):
                group.set_desired_capacity(group.desired_capacity)
        return groups

    def resize_by_hook(self, new_capacity):
        backend = self.autoscaling_backend
        if self.name not in backend.autoscaling_groups or not hooked(backend, self):
            return resize(self, new_capacity)
        wanted = self.min_size if new_capacity is None else new_capacity
        active = self.active_instances()
        if wanted >= len(active):
            return resize(self, new_capacity)
        self.desired_capacity = wanted
        spare = [state for state in active if not state.protected_from_scale_in]
        for state in spare[: len(active) - wanted]:
            state.lifecycle_state = WAITING
        return None

    def terminate_by_hook(self, instance_id, should_decrement):
        for group in self.autoscaling_groups.values():
            for state in group.instance_states:
                if state.instance.id != instance_id or not hooked(self, group):
                    continue
                size = group.desired_capacity
                if should_decrement:
                    if size <= (group.min_size or 0):
                        raise ValidationError(
                            "Currently, desiredSize equals minSize "
                            f"({group.min_size}). Terminating instance without replacement will violate group's min size "
                            "constraint. Either set shouldDecrementDesiredCapacity flag to false or lower group's min size."
                        )
                    group.desired_capacity = size - 1
                state.lifecycle_state = WAITING
                return TerminateInstanceActivity(state.instance, size)
        return terminate(self, instance_id, should_decrement)

    def waiting(self):
        """The group and the instance that a request is about; it has to wait at the hook."""
        group = self.autoscaling_backend.autoscaling_groups.get(self._get_param("AutoScalingGroupName"))
        for state in group.instance_states if group else []:
            if state.instance.id == self._get_param("InstanceId") and state.lifecycle_state == WAITING:
                return group, state
        raise ValidationError(
            f"No active Lifecycle Action found with instance ID {self._get_param('InstanceId')}"
        )

    def heartbeat(self):
        waiting(self)
        return EmptyResult()

    def complete(self):
        group, state = waiting(self)
        group.instance_states = [one for one in group.instance_states if one is not state]
        self.autoscaling_backend.ec2_backend.terminate_instances([state.instance.id])
        return EmptyResult()

    FakeAutoScalingGroup.update = change_what_is_named
    AutoScalingResponse.record_lifecycle_action_heartbeat = heartbeat
    AutoScalingResponse.complete_lifecycle_action = complete
    AutoScalingBackend.describe_auto_scaling_groups = describe_healed
    AutoScalingBackend.terminate_instance = terminate_by_hook
    FakeAutoScalingGroup.set_desired_capacity = resize_by_hook
