"""What moto does not know of network load balancers.

Their ARNs say `net`, and those of their listeners and rules too; the addresses of their subnets are told; that security
groups count for traffic of PrivateLink is kept; and one zone is enough.
https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_LoadBalancer.html
https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_SetSubnets.html
"""

# By type; a Gateway Load Balancer is `gwy`.
KINDS = {"network": "net", "gateway": "gwy"}

ADDRESSES = ("AllocationId", "PrivateIPv4Address", "IPv6Address")


def addresses_of(mapping: dict) -> dict:
    """What a zone tells of the addresses that a subnet mapping gives."""
    return {name: mapping[name] for name in ADDRESSES if mapping.get(name)}


def install() -> None:
    from moto.core.responses import ActionResult
    from moto.elbv2 import models, responses

    answers, backend, balancer = responses.ELBV2Response, models.ELBv2Backend, models.FakeLoadBalancer
    create, show_groups, set_subnets = answers.create_load_balancer, answers.set_security_groups, answers.set_subnets
    make_arn = models.make_arn_for_load_balancer
    make = backend.create_load_balancer

    # Subnet -> its addresses.
    balancer.subnet_addresses = {}
    balancer.enforce_security_group_inbound_rules_on_private_link_traffic = None

    class Zone(models.AvailabilityZone):
        def __init__(self, subnet, addresses):
            super().__init__(subnet)
            self.load_balancer_addresses = [addresses] if addresses else []

    def zones_of(self):
        return [Zone(subnet, self.subnet_addresses.get(subnet.id)) for subnet in self.subnets]

    def made(self, *arguments, loadbalancer_type=None, **rest):
        kind = KINDS.get(loadbalancer_type, "app")
        models.make_arn_for_load_balancer = lambda **given: make_arn(**given).replace("/app/", f"/{kind}/", 1)
        try:
            return make(self, *arguments, loadbalancer_type=loadbalancer_type, **rest)
        finally:
            models.make_arn_for_load_balancer = make_arn

    def created(self):
        result = create(self)
        found = result.result["LoadBalancers"][0]
        mappings = self._get_params().get("SubnetMappings", [])
        found.subnet_addresses = {one["SubnetId"]: addresses_of(one) for one in mappings}
        if found.type == "network" and found.security_groups:
            found.enforce_security_group_inbound_rules_on_private_link_traffic = "on"
        return result

    def subnets_set(self):
        found = self.elbv2_backend.load_balancers.get(self._get_param("LoadBalancerArn"))
        mappings = self._get_params().get("SubnetMappings", [])
        subnets = [*self._get_param("Subnets", []), *(one["SubnetId"] for one in mappings)]
        if found is None or found.type == "application":
            return set_subnets(self)
        zones: dict = {}
        objects = [self.elbv2_backend._get_subnet(zones, subnet) for subnet in subnets]
        found.subnets = objects
        found.subnet_addresses = {
            **{subnet.id: found.subnet_addresses[subnet.id] for subnet in objects if subnet.id in found.subnet_addresses},
            **{one["SubnetId"]: addresses_of(one) for one in mappings if addresses_of(one)},
        }
        return ActionResult({"AvailabilityZones": found.availability_zones, "IpAddressType": found.ip_address_type})

    def groups_set(self):
        result = show_groups(self)
        enforced = self._get_param("EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic")
        found = self.elbv2_backend.load_balancers[self._get_param("LoadBalancerArn")]
        if enforced:
            found.enforce_security_group_inbound_rules_on_private_link_traffic = enforced
        kept = found.enforce_security_group_inbound_rules_on_private_link_traffic
        return ActionResult({**result.result, "EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic": kept})

    balancer.availability_zones = property(zones_of)
    backend.create_load_balancer = made
    answers.create_load_balancer = created
    answers.set_subnets = subnets_set
    answers.set_security_groups = groups_set
