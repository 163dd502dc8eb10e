"""What moto takes of an instance and does not keep: credits, maintenance, monitoring, throughput of its volumes, and the
security groups where they are those of its network interface.

https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyInstanceCreditSpecification.html
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyInstanceMaintenanceOptions.html
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_MonitorInstances.html
"""

# What a gp3 volume has without being asked. https://docs.aws.amazon.com/ebs/latest/userguide/general-purpose.html
GP3 = {"iops": 3000, "throughput": 125}


def credits_of(instance) -> str:
    """The credits of an instance: what was asked for, or what its family begins with."""
    chosen = getattr(instance, "cpu_credits", None)
    return chosen or ("unlimited" if instance.instance_type.startswith(("t3", "t4g")) else "standard")


def install() -> None:
    from moto.core.responses import ActionResult
    from moto.ec2.models.elastic_block_store import Volume
    from moto.ec2.models.instances import Instance, InstanceBackend
    from moto.ec2.responses.instances import InstanceResponse

    run, make_volume = InstanceResponse.run_instances, Volume.__init__
    modify_groups = InstanceBackend.modify_instance_security_groups
    Instance.maintenance_options = {"AutoRecovery": "default", "RebootMigration": "default"}

    def volume_made(self, *arguments, **named):
        make_volume(self, *arguments, **named)
        with_performance(self, {})

    def with_performance(volume, asked) -> None:
        for attribute, least in GP3.items():
            value = asked.get(attribute.capitalize()) or getattr(volume, attribute)
            if volume.volume_type == "gp3":
                value = value or least
            setattr(volume, attribute, int(value) if value else value)

    def mappings_of(self, template) -> dict:
        """Block devices by name, as the request or else the launch template has them."""
        given = self._get_param("BlockDeviceMappings", [])
        if not given and template:
            given = self.ec2_backend._get_template_from_args(template).data.get("BlockDeviceMappings") or []
        return {one["DeviceName"]: one.get("Ebs", {}) for one in given if one.get("Ebs")}

    def started(self):
        result = run(self)
        template = self._get_param("LaunchTemplate", {})
        data = self.ec2_backend._get_template_from_args(template).data if template else {}
        devices = mappings_of(self, template)
        credits = self._get_param("CreditSpecification", data.get("CreditSpecification") or {})
        maintenance = self._get_param("MaintenanceOptions", data.get("MaintenanceOptions") or {})
        monitored = self._get_param("Monitoring", data.get("Monitoring") or {}).get("Enabled")
        for instance in result.result.instances:
            instance.cpu_credits = credits.get("CpuCredits")
            instance.maintenance_options = {**Instance.maintenance_options, **maintenance}
            instance.monitoring_state = "enabled" if str(monitored).lower() == "true" else "disabled"
            if not instance.security_groups and 0 in instance.nics:
                instance.security_groups = list(instance.nics[0].group_set)
            for name, device in instance.get_block_device_mapping:
                with_performance(self.ec2_backend.get_volume(device.volume_id), devices.get(name, {}))
        return result

    def change_groups(self, instance_id, new_group_id_list):
        instance = modify_groups(self, instance_id, new_group_id_list)
        if 0 in instance.nics:
            instance.nics[0]._group_set = list(instance.security_groups)
        return instance

    def describe_instance_credit_specifications(self):
        instances = self.ec2_backend.describe_instance_credit_specifications(self._get_param("InstanceIds", []))
        found = [{"InstanceId": one.id, "CpuCredits": credits_of(one)} for one in instances]
        return ActionResult({"InstanceCreditSpecifications": found})

    def modify_instance_credit_specification(self):
        asked = self._get_param("InstanceCreditSpecifications", [])
        for one in asked:
            self.ec2_backend.get_instance(one["InstanceId"]).cpu_credits = one["CpuCredits"]
        changed = [{"InstanceId": one["InstanceId"]} for one in asked]
        return ActionResult({"SuccessfulInstanceCreditSpecifications": changed})

    def modify_instance_maintenance_options(self):
        instance = self.ec2_backend.get_instance(self._get_param("InstanceId"))
        given = {name: self._get_param(name) for name in ("AutoRecovery", "RebootMigration") if self._get_param(name)}
        instance.maintenance_options = {**instance.maintenance_options, **given}
        return ActionResult({"InstanceId": instance.id, **instance.maintenance_options})

    def monitoring(state: str):
        def answered(self):
            found = self.ec2_backend.get_multi_instances_by_id(self._get_param("InstanceIds", []))
            for instance in found:
                instance.monitoring_state = state
            return ActionResult(
                {"InstanceMonitorings": [{"InstanceId": one.id, "Monitoring": {"State": state}} for one in found]}
            )

        return answered

    Volume.__init__ = volume_made
    InstanceBackend.modify_instance_security_groups = change_groups
    InstanceResponse.run_instances = started
    InstanceResponse.describe_instance_credit_specifications = describe_instance_credit_specifications
    InstanceResponse.modify_instance_credit_specification = modify_instance_credit_specification
    InstanceResponse.modify_instance_maintenance_options = modify_instance_maintenance_options
    InstanceResponse.monitor_instances = monitoring("enabled")
    InstanceResponse.unmonitor_instances = monitoring("disabled")
