"""What moto's autoscaling groups forget or lack, mended.

It drops the warm-up, the longest life, the maintenance policy and, at an update, more. Here they are kept.
https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_UpdateAutoScalingGroup.html

A policy is enabled unless it says otherwise, and only a predictive one has a predictive configuration.
https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_ScalingPolicy.html

It has no instance refresh. Here one replaces the instances at once, and is done.
https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_StartInstanceRefresh.html
"""

import uuid
from datetime import datetime, timezone

# What a request names -> the attribute that is answered, and what takes it away again.
SETTINGS = {
    "DefaultInstanceWarmup": ("default_instance_warmup", -1),
    "MaxInstanceLifetime": ("max_instance_lifetime", 0),
    "DefaultCooldown": ("default_cooldown", None),
    "PlacementGroup": ("placement_group", None),
    "TerminationPolicies": ("termination_policies", None),
    "CapacityRebalance": ("capacity_rebalance", None),
    "DesiredCapacityType": ("desired_capacity_type", None),
    "Context": ("context", None),
}


def maintenance_of(policy: dict) -> dict | None:
    """A maintenance policy; both of its percentages at -1 take it away."""
    kept = {name: value for name, value in policy.items() if int(value) != -1}
    return kept or None


def keep_settings(group, parameters: dict) -> None:
    """Keeps what a request sets of a group and moto does not look at."""
    for name, (attribute, nothing) in SETTINGS.items():
        if name in parameters:
            value = parameters[name]
            setattr(group, attribute, None if nothing is not None and int(value) == nothing else value)
    if "InstanceMaintenancePolicy" in parameters:
        group.instance_maintenance_policy = maintenance_of(parameters["InstanceMaintenancePolicy"])


def install() -> None:
    from moto.autoscaling import models, responses
    from moto.autoscaling.exceptions import ValidationError
    from moto.core.exceptions import ServiceException
    from moto.core.responses import ActionResult

    answers = responses.AutoScalingResponse
    group_class = models.FakeAutoScalingGroup
    policy_class = models.FakeScalingPolicy
    create, update, put_policy = (
        answers.create_auto_scaling_group,
        answers.update_auto_scaling_group,
        answers.put_scaling_policy,
    )

    # Of groups and policies that were made before this was here.
    group_class.default_instance_warmup = None
    group_class.max_instance_lifetime = None
    group_class.instance_maintenance_policy = None
    group_class.instance_refreshes = ()
    policy_class.enabled = True

    class ActiveInstanceRefreshNotFound(ServiceException):
        code = "ActiveInstanceRefreshNotFound"

    def group_of(self):
        name = self._get_param("AutoScalingGroupName")
        group = self.autoscaling_backend.autoscaling_groups.get(name)
        if group is None:
            raise ValidationError(f"AutoScalingGroup name not found - AutoScalingGroup: {name} not found")
        return group

    def create_with_settings(self):
        result = create(self)
        keep_settings(group_of(self), self._get_params())
        return result

    def update_with_settings(self):
        result = update(self)
        keep_settings(group_of(self), self._get_params())
        return result

    def put_enabled_policy(self):
        result = put_policy(self)
        policy = self.autoscaling_backend.policies[self._get_param("PolicyName")]
        policy.enabled = self._get_bool_param("Enabled", True)
        if policy.policy_type != "PredictiveScaling":
            policy.predictive_scaling_configuration = None
        return result

    def start_instance_refresh(self):
        group = group_of(self)
        parameters = self._get_params()
        wanted = len(group.instance_states)
        now = datetime.now(timezone.utc)
        refresh = {
            "InstanceRefreshId": str(uuid.uuid4()),
            "AutoScalingGroupName": group.name,
            "Status": "Successful",
            "StartTime": now,
            "EndTime": now,
            "PercentageComplete": 100,
            "InstancesToUpdate": 0,
            "Preferences": parameters.get("Preferences", {}),
        }
        configuration = parameters.get("DesiredConfiguration")
        if configuration:
            refresh["DesiredConfiguration"] = configuration
            template = configuration.get("LaunchTemplate")
            group.mixed_instances_policy = configuration.get("MixedInstancesPolicy")
            group._set_launch_configuration(None, template, group.mixed_instances_policy)
        if wanted:
            group.set_desired_capacity(0)
            group.set_desired_capacity(wanted)
        group.instance_refreshes = [refresh, *group.instance_refreshes]
        return ActionResult({"InstanceRefreshId": refresh["InstanceRefreshId"]})

    def describe_instance_refreshes(self):
        wanted = self._get_param("InstanceRefreshIds", [])
        found = [one for one in group_of(self).instance_refreshes if not wanted or one["InstanceRefreshId"] in wanted]
        return ActionResult({"InstanceRefreshes": found})

    def cancel_instance_refresh(self):
        name = group_of(self).name
        raise ActiveInstanceRefreshNotFound(f"No in progress or pending Instance Refresh found for Auto Scaling group {name}")

    answers.create_auto_scaling_group = create_with_settings
    answers.update_auto_scaling_group = update_with_settings
    answers.put_scaling_policy = put_enabled_policy
    answers.start_instance_refresh = start_instance_refresh
    answers.describe_instance_refreshes = describe_instance_refreshes
    answers.cancel_instance_refresh = cancel_instance_refresh
    answers.rollback_instance_refresh = cancel_instance_refresh
