"""What moto's instances need to be machines that run: states that somebody else sets, and one path by which it does.

The gateway posts to `/moto-api/groundplan/instances` what has become of its machines, and gets all instances, images and
snapshots of every account and Region. From its first call on, an instance is `pending` until it says otherwise, and
`stopping` or `shutting-down` until its machine has ended.
https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-instance-lifecycle.html

Without that call instances are entries, as moto makes them.
"""

import json
import threading

CODES = {
    "pending": 0,
    "running": 16,
    "shutting-down": 32,
    "terminated": 48,
    "stopping": 64,
    "stopped": 80,
}

# Whether somebody runs machines.
_active = False

# The fleet for which this thread launches instances.
_launching = threading.local()


def install() -> None:
    from moto.ec2.models.fleets import Fleet
    from moto.ec2.models.instances import Instance
    from moto.moto_api._internal import urls

    _keep_what_is_launched(Instance)
    _remember_templates_of_fleets(Fleet)
    _leave_states_to_the_machine(Instance)
    _tell_addresses_apart()
    urls.url_paths["{0}/moto-api/groundplan/instances$"] = _exchange


def _keep_what_is_launched(instance_class) -> None:
    """An instance has the metadata options, key and profile of its launch template; moto leaves out some."""
    made_as_before = instance_class.__init__

    def made(self, ec2_backend, image_id, user_data, security_groups, **kwargs):
        made_as_before(self, ec2_backend, image_id, user_data, security_groups, **kwargs)
        self.machine = {"boots": 1, "status": "initializing"}
        template = kwargs.get("launch_template") or _template_of_fleet(image_id, user_data)
        data = ec2_backend._get_template_from_args(template).data if template else {}
        self.machine["profile"] = data.get("IamInstanceProfile") or {}
        options = data.get("MetadataOptions")
        if options and not kwargs.get("metadata_options"):
            self.metadata_options = type(self.metadata_options)(options)
        if data.get("InstanceInitiatedShutdownBehavior") and not kwargs.get("instance_initiated_shutdown_behavior"):
            self.instance_initiated_shutdown_behavior = data["InstanceInitiatedShutdownBehavior"]
        if _active:
            _set_state(self, "pending")

    instance_class.__init__ = made


def _remember_templates_of_fleets(fleet_class) -> None:
    """Instances of a fleet are launched from its templates; moto hands on the image, the type, the key and the user data alone."""

    def remembering(create):
        def created(self, *args):
            _launching.fleet = self
            try:
                return create(self, *args)
            finally:
                _launching.fleet = None

        return created

    fleet_class.create_spot_requests = remembering(fleet_class.create_spot_requests)
    fleet_class.create_on_demand_requests = remembering(fleet_class.create_on_demand_requests)


def _template_of_fleet(image_id, user_data) -> dict:
    fleet = getattr(_launching, "fleet", None)
    specs = fleet.launch_specs if fleet else []
    texts = _text(user_data)
    found = next((one for one in specs if one.image_id == image_id and _text(one.user_data) == texts), None)
    return (found and found.launch_template_spec) or {}


def _leave_states_to_the_machine(instance_class) -> None:
    start, stop, terminate, reboot = (
        instance_class.start,
        instance_class.stop,
        instance_class.terminate,
        instance_class.reboot,
    )
    status, system_status = instance_class.instance_status, instance_class.system_status

    def started(self):
        was = self._state.name
        previous = start(self)
        if _active and was in ("stopped", "stopping"):
            self.machine["status"] = "initializing"
            _set_state(self, "pending")
        elif _active:
            _set_state(self, was)
        return previous

    def stopped(self):
        was = self._state.name
        previous = stop(self)
        if _active:
            _set_state(self, "stopped" if was == "stopped" else "stopping")
        return previous

    def terminated(self):
        was = self._state.name
        previous = terminate(self)
        if _active and was not in ("terminated",):
            _set_state(self, "shutting-down")
        return previous

    def rebooted(self):
        was = self._state.name
        reboot(self)
        if _active:
            _set_state(self, was)
            self.machine["boots"] += 1

    def of_machine(found, self):
        if not _active or self._state.name != "running" or self.machine["status"] == "ok":
            return found
        return {"Status": self.machine["status"], "Details": [{"Name": "reachability", "Status": "initializing"}]}

    instance_class.start, instance_class.stop = started, stopped
    instance_class.terminate, instance_class.reboot = terminated, rebooted
    instance_class.instance_status = property(lambda self: of_machine(status.fget(self), self))
    instance_class.system_status = property(lambda self: of_machine(system_status.fget(self), self))


def _tell_addresses_apart() -> None:
    """All VPCs are one network here, so an address that is in use in one subnet is not given out in another."""
    from moto.ec2.models import ec2_backends
    from moto.ec2.models.subnets import Subnet

    of_subnet = Subnet.get_available_subnet_ip

    def of_all(self, instance):
        while True:
            address = of_subnet(self, instance)
            if not _active or not any(
                address in subnet._subnet_ips
                for backend in _backends(ec2_backends)
                for zone in backend.subnets.values()
                for subnet in zone.values()
                if subnet is not self
            ):
                return address

    Subnet.get_available_subnet_ip = of_all


def _exchange(request, _url, _headers):
    """Takes what has changed, and answers what there is."""
    from moto.ec2.models import ec2_backends

    global _active
    body = json.loads(request.data or b"{}")
    _active = True
    for change in body.get("changes", []):
        _apply(ec2_backends[change["account"]][change["region"]], change)
    backends = _backends(ec2_backends)
    instances = [_described(backend, one) for backend in backends for one in backend.all_instances() if _concerns(one)]
    images = {ami.id: ami.ebs_snapshot.id for backend in backends for ami in backend.amis.values() if ami.ebs_snapshot}
    snapshots = [id for backend in backends for id in backend.snapshots]
    answer = {"instances": instances, "images": images, "snapshots": snapshots}
    return 200, {"content-type": "application/json"}, json.dumps(answer)


def _apply(backend, change) -> None:
    instance = next((one for one in backend.all_instances() if one.id == change["id"]), None)
    if instance is None:
        return
    _machine(instance).update(change.get("machine", {}))
    wanted, state = change.get("state"), instance._state.name
    # What was asked for meanwhile counts: a machine that has just started does not undo a stop.
    if wanted and (change.get("from") is None or state in change["from"]):
        _set_state(instance, wanted)
    if change.get("reason"):
        code, _, message = change["reason"].partition(": ")
        instance._reason = change["reason"]
        instance.state_reason.code, instance.state_reason.message = code, f"{code}: {message}"


def _set_state(instance, name) -> None:
    instance._state.name, instance._state.code = name, CODES[name]


def _machine(instance) -> dict:
    if not hasattr(instance, "machine"):
        # Of a moto without these.
        instance.machine = {"boots": 1, "status": "ok"}
    return instance.machine


def _concerns(instance) -> bool:
    return instance._state.name != "terminated"


def _backends(ec2_backends):
    return [backend for regions in list(ec2_backends.values()) for backend in list(regions.values())]


def _described(backend, instance) -> dict:
    nic = instance.nics.get(0)
    key = backend.key_pairs.get(instance.key_name) if instance.key_name else None
    options = instance.metadata_options
    return {
        "id": instance.id,
        "account": backend.account_id,
        "region": backend.region_name,
        "state": instance._state.name,
        "boots": _machine(instance)["boots"],
        "imageId": str(instance.image_id),
        "type": instance.instance_type,
        "architecture": instance.architecture,
        "address": instance.private_ip,
        "publicAddress": instance.public_ip or "",
        "ipv6Addresses": [one for one in (nic.ipv6_addresses if nic else []) if one],
        "mac": nic.mac_address if nic else "",
        "interfaceId": nic.id if nic else "",
        "hostName": instance.private_dns_name,
        "publicHostName": instance.public_dns_name or "",
        "subnetId": instance.subnet_id or "",
        "vpcId": instance.vpc_id or "",
        "zone": instance.availability_zone,
        "keyName": instance.key_name or "",
        "publicKey": key.public_key.strip() if key else "",
        "userData": _text(instance.user_data),
        "securityGroups": [group.name for group in instance.security_groups],
        "securityGroupIds": [group.id for group in instance.security_groups],
        "profile": _profile(backend, instance),
        "tags": {tag["key"]: tag["value"] for tag in instance.get_tags()},
        "lifecycle": instance.lifecycle or "on-demand",
        "shutdownBehavior": instance.instance_initiated_shutdown_behavior,
        "launchIndex": int(instance.ami_launch_index or 0),
        "metadata": {
            "isEnabled": options.http_endpoint == "enabled",
            "requiresToken": options.http_tokens == "required",
            "hopLimit": int(options.http_put_response_hop_limit),
            "tellsTags": options.instance_metadata_tags == "enabled",
        },
    }


def _profile(backend, instance) -> dict | None:
    """ARN, id and role of the instance's profile: the one that was associated, or its template's."""
    from moto.iam.models import iam_backends

    association = backend.iam_instance_profile_associations.get(instance.id)
    profile = association.iam_instance_profile if association else None
    named = _machine(instance).get("profile") or {}
    if profile is None and named:
        profiles = iam_backends[backend.account_id]["aws"].instance_profiles.values()
        profile = next((one for one in profiles if one.arn == named.get("Arn") or one.name == named.get("Name")), None)
    if profile is None or not profile.roles:
        return None
    return {"arn": profile.arn, "id": profile.id, "role": profile.roles[0].arn}


def _text(user_data) -> str:
    """In base64, as it was given."""
    if user_data is None:
        return ""
    if isinstance(user_data, bytes):
        return user_data.decode()
    return user_data.as_bytes().decode() if hasattr(user_data, "as_bytes") else str(user_data)
