"""Images as EC2 makes and keeps them, where moto leaves something out.

A copy has the tags that its request names, its snapshot too, is encrypted when that asks for it, and is made once for one token;
its name is free in the Region. What is encrypted is said, and is never public.
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CopyImage.html
https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/sharingamis-intro.html
"""

OWNED = {"image", "snapshot"}


def install() -> None:
    from moto.core.responses import ActionResult
    from moto.ec2.models.amis import Ami, AmiBackend
    from moto.ec2.responses.amis import AmisResponse

    create, modify = AmiBackend.create_image, AmiBackend.modify_image_attribute

    def created(self, instance_id, name, description, tag_specifications):
        ami = create(self, instance_id, name, description, tag_specifications)
        volumes = [device.volume_id for device in self.get_instance(instance_id).block_device_mapping.values()]
        ami.ebs_snapshot.encrypted = any(self.volumes[one].encrypted for one in volumes if one in self.volumes)
        return ami

    def copied(self):
        token = self._get_param("ClientToken")
        given = self._get_param("TagSpecifications", [])
        self.error_on_dryrun()
        known = self.ec2_backend.__dict__.setdefault("groundplan_copies", {})
        ami_id = known.get(token)
        if ami_id is None or ami_id not in self.ec2_backend.amis:
            ami_id = _copy(self, given).id
            if token:
                known[token] = ami_id
        return ActionResult({"ImageId": ami_id})

    def modified(self, ami_id, launch_permissions_to_add, launch_permissions_to_remove):
        ami = self.describe_images(ami_ids=[ami_id])[0]
        if {"Group": "all"} in launch_permissions_to_add and ami.ebs_snapshot.encrypted:
            raise _refusal("InvalidParameterValue", f"Snapshots encrypted can't be shared publicly: {ami_id}")
        modify(self, ami_id, launch_permissions_to_add, launch_permissions_to_remove)

    mappings = Ami.block_device_mappings.fget

    def described(self):
        found = mappings(self)
        for one in found:
            one["Ebs"]["Encrypted"] = bool(self.ebs_snapshot.encrypted)
        return found

    Ami.block_device_mappings = property(described)
    AmiBackend.create_image = created
    AmiBackend.modify_image_attribute = modified
    AmisResponse.copy_image = copied


def _copy(response, given):
    from moto.ec2.models import ec2_backends

    backend, name = response.ec2_backend, response._get_param("Name")
    taken = next((ami for ami in backend.amis.values() if ami.name == name and ami.owner_id == backend.account_id), None)
    if taken:
        raise _refusal("InvalidAMIName.Duplicate", f"AMI name {name} is already in use by AMI {taken.id}")
    source_id, region = response._get_param("SourceImageId"), response._get_param("SourceRegion")
    source = ec2_backends[backend.account_id][region].describe_images(ami_ids=[source_id])[0]
    ami = backend.copy_image(source_id, region, name, response._get_param("Description"))
    ami.root_device_type = source.root_device_type
    snapshot = ami.ebs_snapshot
    snapshot.description = f"Copied for DestinationAmi {ami.id} from SourceAmi {source_id} for SourceSnapshot {source.ebs_snapshot.id}."
    snapshot.encrypted = source.ebs_snapshot.encrypted or response._get_param("Encrypted") in (True, "true")
    for specification in given:
        if specification["ResourceType"] not in OWNED:
            raise _refusal("InvalidParameterValue", f"'{specification['ResourceType']}' is not taggable by CopyImage")
        one = ami if specification["ResourceType"] == "image" else snapshot
        for tag in specification["Tags"]:
            one.add_tag(tag["Key"], tag["Value"])
    return ami


def _refusal(code, message):
    from moto.ec2.exceptions import EC2ClientError

    return EC2ClientError(code, message)
