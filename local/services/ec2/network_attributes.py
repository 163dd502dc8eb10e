"""What moto takes of subnets, DHCP options and launch templates and does not keep.

https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifySubnetAttribute.html
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateDhcpOptions.html
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateTags.html
"""

# Attributes of a subnet that are names on launch: in the request -> in the answer.
NAMES = {
    "EnableResourceNameDnsAAAARecordOnLaunch.Value": "EnableResourceNameDnsAAAARecord",
    "PrivateDnsHostnameTypeOnLaunch": "HostnameType",
}


def install() -> None:
    from moto.ec2.models.launch_templates import LaunchTemplate
    from moto.ec2.models.subnets import Subnet
    from moto.ec2.responses.dhcp_options import DHCPOptions
    from moto.ec2.responses.subnets import Subnets

    modify_subnet, make_options = Subnets.modify_subnet_attribute, DHCPOptions.create_dhcp_options
    Subnet.enable_dns64 = False

    def modified(self):
        result = modify_subnet(self)
        subnet = self.ec2_backend.get_subnet(self._get_param("SubnetId"))
        if self._get_param("EnableDns64.Value") is not None:
            subnet.enable_dns64 = self._get_bool_param("EnableDns64.Value")
        for name, answered in NAMES.items():
            value = self._get_param(name)
            if value is not None:
                options = {**subnet.private_dns_name_options_on_launch, answered: value}
                subnet.private_dns_name_options_on_launch = options
        return result

    def made(self):
        result = make_options(self)
        tags = self._parse_tag_specification().get("dhcp-options", {})
        result.result["DhcpOptions"].add_tags(tags)
        return result

    Subnets.modify_subnet_attribute = modified
    DHCPOptions.create_dhcp_options = made
    # moto answers those of the day on which the template was made.
    LaunchTemplate.tags = property(lambda self: self.get_tags(), lambda self, _: None)
