"""Images of Ubuntu as Canonical names them, so that what looks for the newest by owner and name finds one.

What boots from them is Debian, for every architecture that of this machine: see docs/local.md.
https://documentation.ubuntu.com/aws/aws-how-to/instances/find-ubuntu-images/
"""

from datetime import datetime

OWNER = "099720109477"

# The same names that Packer's `source_ami_filter` and Terraform's `aws_ami` look for.
RELEASES = {
    "noble-24.04": ("hvm-ssd-gp3", "20260101"),
    "jammy-22.04": ("hvm-ssd", "20260101"),
}

ARCHITECTURES = {"arm64": "arm64", "amd64": "x86_64"}

# Filters that moto does not know. https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeImages.html
FILTERS = {
    "description": "description",
    "hypervisor": "hypervisor",
    "image-type": "image_type",
    "root-device-name": "root_device_name",
    "root-device-type": "root_device_type",
}


def install() -> None:
    from moto.ec2.exceptions import EC2ClientError
    from moto.ec2.models.amis import Ami, AmiBackend

    describe, create = AmiBackend.describe_images, AmiBackend.create_image

    def described(self, ami_ids=None, filters=None, exec_users=None, owners=None):
        # At the first look, and not at the start: what moto holds may have been read from a file since.
        _add(self, Ami)
        return describe(self, ami_ids, filters, exec_users, owners)

    def created(self, instance_id, name, description, tag_specifications):
        """Tags of the snapshot too, which moto does not take."""
        of_snapshot = [one for one in tag_specifications if one["ResourceType"] == "snapshot"]
        others = [one for one in tag_specifications if one["ResourceType"] != "snapshot"]
        taken = next((ami for ami in self.amis.values() if ami.name == name and ami.owner_id == self.account_id), None)
        if taken:
            raise EC2ClientError(
                "InvalidAMIName.Duplicate", f"AMI name {name} is already in use by AMI {taken.id}"
            )
        ami = create(self, instance_id, name, description, others)
        for specification in of_snapshot:
            for tag in specification["Tags"]:
                ami.ebs_snapshot.add_tag(tag["Key"], tag["Value"])
        ami.root_device_type = "ebs"
        return ami

    filter_value = Ami.get_filter_value

    def value_of(self, filter_name, method_name=None):
        attribute = FILTERS.get(filter_name)
        return getattr(self, attribute) if attribute else filter_value(self, filter_name, method_name)

    Ami.get_filter_value = value_of
    AmiBackend.describe_images = described
    AmiBackend.create_image = created


def _add(backend, ami_class) -> None:
    for number, (release, (volume, date)) in enumerate(RELEASES.items()):
        for suffix, architecture in ARCHITECTURES.items():
            ami_id = f"ami-00000000000{number:02d}{suffix.encode().hex()[:4]}"
            if ami_id in backend.amis or ami_id in backend.deleted_amis:
                continue
            backend.amis[ami_id] = ami_class(
                backend,
                ami_id,
                name=f"ubuntu/images/{volume}/ubuntu-{release}-{suffix}-server-{date}",
                description=f"Canonical, Ubuntu {release}, {suffix}: Debian stands in for it",
                owner_id=OWNER,
                public=True,
                virtualization_type="hvm",
                architecture=architecture,
                creation_date=datetime.strptime(date, "%Y%m%d"),
                image_location=f"{OWNER}/ubuntu-{release}-{suffix}",
                hypervisor="xen",
                root_device_type="ebs",
                root_device_name="/dev/sda1",
            )
