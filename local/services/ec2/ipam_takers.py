"""What takes a range of a pool of IPAM, and gives it back: VPCs, their further ranges, and subnets.

https://docs.aws.amazon.com/vpc/latest/ipam/tutorials-create-vpc-ipam.html
"""

from services.ec2.ipam_ranges import allocated, release
from services.ec2.ipam_records import error, found


def take_from_pools() -> None:
    from moto.ec2.models.subnets import SubnetBackend
    from moto.ec2.models.vpcs import VPCBackend
    from moto.ec2.responses.subnets import Subnets
    from moto.ec2.responses.vpcs import VPCs

    def taking(method, kind, id_of):
        def taken(self):
            pool_id = self._get_param("Ipv4IpamPoolId")
            if pool_id is None:
                return method(self)
            pool = found(self, "pools", pool_id)
            if pool["Locale"] != self.region:
                raise error("InvalidParameterValue", f"The locale of {pool_id} is not {self.region}")
            cidr, length = self._get_param("CidrBlock"), self._get_param("Ipv4NetmaskLength")
            allocation = allocated(self, pool, cidr, length, kind, None)
            self.params["CidrBlock"] = allocation["Cidr"]
            try:
                result = method(self)
            except Exception:
                release(self, lambda one: one is allocation)
                raise
            allocation["ResourceId"] = id_of(result.result)
            return result

        return taken

    VPCs.create_vpc = taking(VPCs.create_vpc, "vpc", lambda made: made["Vpc"].id)
    VPCs.associate_vpc_cidr_block = taking(VPCs.associate_vpc_cidr_block, "vpc", lambda made: made["VpcId"])
    Subnets.create_subnet = taking(Subnets.create_subnet, "subnet", lambda made: made["Subnet"].id)

    delete_vpc, delete_subnet = VPCBackend.delete_vpc, SubnetBackend.delete_subnet
    disassociate = VPCBackend.disassociate_vpc_cidr_block

    def vpc_deleted(self, vpc_id):
        vpc = delete_vpc(self, vpc_id)
        release(self, lambda one: one["ResourceId"] == vpc_id)
        return vpc

    def subnet_deleted(self, subnet_id):
        subnet = delete_subnet(self, subnet_id)
        release(self, lambda one: one["ResourceId"] == subnet_id)
        return subnet

    def disassociated(self, association_id):
        entry = disassociate(self, association_id)
        release(self, lambda one: one["ResourceId"] == entry["vpc_id"] and one["Cidr"] == entry["cidr_block"])
        return entry

    VPCBackend.delete_vpc, SubnetBackend.delete_subnet = vpc_deleted, subnet_deleted
    VPCBackend.disassociate_vpc_cidr_block = disassociated
