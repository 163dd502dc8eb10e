"""Parameters of the data type `aws:ec2:image` hold an AMI that there is, and that the account may start in the Region.

AWS answers the request first and looks at the AMI after it: one that is not there is answered like any other, and never becomes
the parameter's value. moto stores whatever is written.
https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-ec2-aliases.html
"""

IMAGE = "aws:ec2:image"


def install() -> None:
    from moto.ssm.models import SimpleSystemManagerBackend as Backend

    put = Backend.put_parameter

    def written(self, *args, **kwargs):
        parameter = put(self, *args, **kwargs)
        if parameter.data_type == IMAGE and not _can_start(self.account_id, self.region_name, parameter.value):
            _forget(self, parameter)
        return parameter

    Backend.put_parameter = written


def _forget(backend, parameter) -> None:
    versions = backend._parameters[parameter.name]
    versions.remove(parameter)
    if not versions:
        del backend._parameters[parameter.name]
        backend._resource_tags["Parameter"].pop(parameter.name, None)


def _can_start(account: str, region: str, image: str) -> bool:
    """Whether an image is available in the Region, and the account's own, public, or shared with it."""
    from moto.ec2.models import ec2_backends

    own = ec2_backends[account][region]
    # Images of others are there from the first look on.
    own.describe_images()
    for backend in [own, *(ec2_backends[one][region] for one in list(ec2_backends) if one != account)]:
        ami = backend.amis.get(image)
        if ami is None or ami.state != "available":
            continue
        if backend is own or {"Group": "all"} in ami.launch_permissions or {"UserId": account} in ami.launch_permissions:
            return True
    return False
