"""A NAT gateway of moto keeps its Elastic IP when it is gone. Here the address is free again, as AWS leaves it.

https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteNatGateway.html
"""


def install() -> None:
    from moto.ec2.models.nat_gateways import NatGatewayBackend

    delete = NatGatewayBackend.delete_nat_gateway

    def deleted(self, nat_gateway_id):
        gateway = delete(self, nat_gateway_id)
        for one in gateway.address_set:
            association = one.get("associationId")
            if association and any(address.association_id == association for address in self.addresses):
                self.disassociate_address(association_id=association)
        return gateway

    NatGatewayBackend.delete_nat_gateway = deleted
