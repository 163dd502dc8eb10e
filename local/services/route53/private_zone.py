"""A zone that is made with a VPC is private; moto wants to be told so, and else makes a public one without the VPC.

https://docs.aws.amazon.com/Route53/latest/APIReference/API_CreateHostedZone.html
"""


def install() -> None:
    from moto.route53.responses import Route53

    is_true = Route53._get_bool_param

    def given(self, name, if_none=None):
        if name == "HostedZoneConfig.PrivateZone" and self._get_param("VPC.VPCId"):
            return True
        return is_true(self, name, if_none)

    Route53._get_bool_param = given
