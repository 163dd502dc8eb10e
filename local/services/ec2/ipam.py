"""IPAM, which moto lacks: scopes, pools of IPv4, and what VPCs and subnets take of them.

https://docs.aws.amazon.com/vpc/latest/ipam/what-it-is-ipam.html
"""

from ipaddress import ip_network

from services.ec2.ipam_ranges import LENGTHS, allocated, free_in_scope, release
from services.ec2.ipam_records import (
    all_of,
    answer,
    change,
    described,
    error,
    filtered,
    found,
    kept,
    made,
    new_id,
    shown,
)
from services.ec2.ipam_takers import take_from_pools

# Kinds of things as their ids begin, the longer ones first.
PREFIXES = ("ipam-pool", "ipam-scope", "ipam")


def install() -> None:
    from moto.ec2 import models, utils
    from moto.ec2.models import tags
    from moto.ec2.responses import EC2Response

    plain = utils.get_prefix

    def get_prefix(resource_id):
        return next((one for one in PREFIXES if resource_id.startswith(f"{one}-")), None) or plain(resource_id)

    for module in (models, utils, tags):
        module.get_prefix = get_prefix
    for prefix in PREFIXES:
        utils.EC2_RESOURCE_TO_PREFIX[prefix] = utils.EC2_PREFIX_TO_RESOURCE[prefix] = prefix
    for operation in (
        create_ipam,
        describe_ipams,
        modify_ipam,
        delete_ipam,
        create_ipam_scope,
        describe_ipam_scopes,
        modify_ipam_scope,
        delete_ipam_scope,
        create_ipam_pool,
        describe_ipam_pools,
        modify_ipam_pool,
        delete_ipam_pool,
        provision_ipam_pool_cidr,
        get_ipam_pool_cidrs,
        deprovision_ipam_pool_cidr,
        allocate_ipam_pool_cidr,
        get_ipam_pool_allocations,
        release_ipam_pool_allocation,
    ):
        setattr(EC2Response, operation.__name__, operation)
    take_from_pools()


def create_ipam(self):
    place = f"arn:{self.partition}:ec2::{self.current_account}"
    ipam_id = new_id("ipam")
    ipam = {
        "OwnerId": self.current_account,
        "IpamId": ipam_id,
        "IpamArn": f"{place}:ipam/{ipam_id}",
        "IpamRegion": self.region,
        "Description": self._get_param("Description"),
        "OperatingRegions": self._get_param("OperatingRegions", []),
        "DefaultResourceDiscoveryId": new_id("ipam-res-disco"),
        "DefaultResourceDiscoveryAssociationId": new_id("ipam-res-disco-assoc"),
        "ResourceDiscoveryAssociationCount": 1,
        "Tier": self._get_param("Tier", "advanced"),
        "EnablePrivateGua": self._get_param("EnablePrivateGua", False),
        "State": "create-complete",
    }
    kept(self, "ipams")[ipam_id] = ipam
    for kind in ("private", "public"):
        scope = _new_scope(self, ipam, kind, default=True)
        ipam[f"{kind.capitalize()}DefaultScopeId"] = scope["IpamScopeId"]
    return made(self, "Ipam", ipam, ipam_id)


def describe_ipams(self):
    return described(self, "ipams", "Ipams", "IpamIds")


def modify_ipam(self):
    ipam = found(self, "ipams", self._get_param("IpamId"))
    regions = [one["RegionName"] for one in ipam["OperatingRegions"]]
    regions += [one["RegionName"] for one in self._get_param("AddOperatingRegions", [])]
    gone = [one["RegionName"] for one in self._get_param("RemoveOperatingRegions", [])]
    ipam["OperatingRegions"] = [{"RegionName": one} for one in dict.fromkeys(regions) if one not in gone]
    change(self, ipam, "Description", "Tier", "EnablePrivateGua")
    ipam["State"] = "modify-complete"
    return answer(self, "Ipam", ipam)


def delete_ipam(self):
    ipam = found(self, "ipams", self._get_param("IpamId"))
    scopes = [one for one in all_of(self, "scopes").values() if one["IpamArn"] == ipam["IpamArn"]]
    pools = [one for one in all_of(self, "pools").values() if one["IpamArn"] == ipam["IpamArn"]]
    if not self._get_param("Cascade", False) and (pools or len(scopes) > 2):
        raise error("DependencyViolation", f"The ipam {ipam['IpamId']} has pools or scopes.")
    for kind, name, gone in (("pools", "IpamPoolId", pools), ("scopes", "IpamScopeId", scopes)):
        for one in gone:
            del kept(self, kind)[one[name]]
    del kept(self, "ipams")[ipam["IpamId"]]
    return answer(self, "Ipam", {**ipam, "State": "delete-in-progress"})


def create_ipam_scope(self):
    scope = _new_scope(self, found(self, "ipams", self._get_param("IpamId")), "private", default=False)
    scope["Description"] = self._get_param("Description")
    return made(self, "IpamScope", scope, scope["IpamScopeId"])


def describe_ipam_scopes(self):
    return described(self, "scopes", "IpamScopes", "IpamScopeIds")


def modify_ipam_scope(self):
    scope = found(self, "scopes", self._get_param("IpamScopeId"))
    change(self, scope, "Description")
    scope["State"] = "modify-complete"
    return answer(self, "IpamScope", scope)


def delete_ipam_scope(self):
    scope = found(self, "scopes", self._get_param("IpamScopeId"))
    if scope["IsDefault"] or shown(self, scope)["PoolCount"]:
        raise error("DependencyViolation", f"The ipam scope {scope['IpamScopeId']} cannot be deleted.")
    del kept(self, "scopes")[scope["IpamScopeId"]]
    return answer(self, "IpamScope", {**scope, "State": "delete-in-progress"})


def create_ipam_pool(self):
    scope = found(self, "scopes", self._get_param("IpamScopeId"))
    source_id = self._get_param("SourceIpamPoolId")
    source = found(self, "pools", source_id) if source_id else None
    pool_id = new_id("ipam-pool")
    pool = {
        "OwnerId": self.current_account,
        "IpamPoolId": pool_id,
        "SourceIpamPoolId": source_id,
        "IpamPoolArn": f"arn:{self.partition}:ec2::{self.current_account}:ipam-pool/{pool_id}",
        **{name: scope[name] for name in ("IpamScopeArn", "IpamScopeType", "IpamArn", "IpamRegion")},
        "Locale": self._get_param("Locale", "None"),
        "PoolDepth": source["PoolDepth"] + 1 if source else 1,
        "AutoImport": False,
        "AllocationResourceTags": self._get_param("AllocationResourceTags", []),
        "State": "create-complete",
        "cidrs": {},
        "allocations": {},
    }
    settings = ("AutoImport", "AddressFamily", "PubliclyAdvertisable", "AwsService", "PublicIpSource")
    change(self, pool, "Description", *settings, *LENGTHS)
    kept(self, "pools")[pool_id] = pool
    return made(self, "IpamPool", pool, pool_id)


def describe_ipam_pools(self):
    return described(self, "pools", "IpamPools", "IpamPoolIds")


def modify_ipam_pool(self):
    pool = found(self, "pools", self._get_param("IpamPoolId"))
    change(self, pool, "Description", "AutoImport", *LENGTHS)
    if self._get_param("ClearAllocationDefaultNetmaskLength", False):
        pool.pop("AllocationDefaultNetmaskLength", None)
    added = self._get_param("AddAllocationResourceTags", [])
    gone = {one["Key"] for one in [*added, *self._get_param("RemoveAllocationResourceTags", [])]}
    before = [one for one in pool["AllocationResourceTags"] if one["Key"] not in gone]
    pool["AllocationResourceTags"] = before + added
    pool["State"] = "modify-complete"
    return answer(self, "IpamPool", pool)


def delete_ipam_pool(self):
    pool = found(self, "pools", self._get_param("IpamPoolId"))
    if not self._get_param("Cascade", False) and (pool["cidrs"] or pool["allocations"]):
        raise error("DependencyViolation", f"The ipam pool {pool['IpamPoolId']} has CIDRs.")
    del kept(self, "pools")[pool["IpamPoolId"]]
    return answer(self, "IpamPool", {**pool, "State": "delete-in-progress"})


def provision_ipam_pool_cidr(self):
    pool = found(self, "pools", self._get_param("IpamPoolId"))
    cidr, length = self._get_param("Cidr"), self._get_param("NetmaskLength")
    if pool["SourceIpamPoolId"]:
        source = found(self, "pools", pool["SourceIpamPoolId"])
        cidr = allocated(self, source, cidr, length, "ipam-pool", pool["IpamPoolId"])["Cidr"]
    elif not cidr:
        raise error("MissingParameter", "The request must contain the parameter Cidr")
    else:
        free_in_scope(self, pool, cidr)
    provisioned = {
        "Cidr": cidr,
        "State": "provisioned",
        "IpamPoolCidrId": new_id("ipam-pool-cidr"),
        "NetmaskLength": ip_network(cidr).prefixlen,
    }
    pool["cidrs"][cidr] = provisioned
    return answer(self, "IpamPoolCidr", {**provisioned, "State": "pending-provision"})


def get_ipam_pool_cidrs(self):
    pool = found(self, "pools", self._get_param("IpamPoolId"))
    return answer(self, "IpamPoolCidrs", filtered(self, pool["cidrs"].values()))


def deprovision_ipam_pool_cidr(self):
    pool = found(self, "pools", self._get_param("IpamPoolId"))
    cidr = self._get_param("Cidr")
    if cidr not in pool["cidrs"]:
        raise error("IncorrectState", f"{cidr} is not provisioned to {pool['IpamPoolId']}.")
    allocations = [one["Cidr"] for one in pool["allocations"].values()]
    within = [one for one in allocations if ip_network(one).subnet_of(ip_network(cidr))]
    if within:
        failure = {"Code": "cidr-not-available", "Message": f"allocated: {', '.join(within)}"}
        pool["cidrs"][cidr].update(State="failed-deprovision", FailureReason=failure)
        return answer(self, "IpamPoolCidr", {**pool["cidrs"][cidr], "State": "pending-deprovision"})
    gone = pool["cidrs"].pop(cidr)
    if pool["SourceIpamPoolId"]:
        release(self, lambda one: one["ResourceId"] == pool["IpamPoolId"] and one["Cidr"] == cidr)
    return answer(self, "IpamPoolCidr", {**gone, "State": "pending-deprovision"})


def allocate_ipam_pool_cidr(self):
    pool = found(self, "pools", self._get_param("IpamPoolId"))
    preview = self._get_param("PreviewNextCidr", False)
    cidr, length = self._get_param("Cidr"), self._get_param("NetmaskLength")
    allocation = allocated(self, pool, cidr, length, "custom", None, preview)
    if not preview:
        allocation["Description"] = self._get_param("Description")
    return answer(self, "IpamPoolAllocation", allocation)


def get_ipam_pool_allocations(self):
    pool = found(self, "pools", self._get_param("IpamPoolId"))
    wanted = self._get_param("IpamPoolAllocationId")
    held = pool["allocations"].values()
    allocations = [one for one in held if wanted in (None, one["IpamPoolAllocationId"])]
    if wanted and not allocations:
        raise error("InvalidIpamPoolAllocationId.NotFound", f"The allocation ID '{wanted}' does not exist")
    return answer(self, "IpamPoolAllocations", filtered(self, allocations))


def release_ipam_pool_allocation(self):
    pool = found(self, "pools", self._get_param("IpamPoolId"))
    allocation = pool["allocations"].get(self._get_param("IpamPoolAllocationId"))
    if allocation is None:
        raise error("InvalidIpamPoolAllocationId.NotFound", "The allocation ID does not exist")
    if allocation["ResourceType"] != "custom":
        raise error("InvalidParameterValue", "Only an allocation of type custom can be released")
    del pool["allocations"][allocation["IpamPoolAllocationId"]]
    return answer(self, "Success", True)


def _new_scope(self, ipam, kind, default):
    scope_id = new_id("ipam-scope")
    scope = {
        "OwnerId": self.current_account,
        "IpamScopeId": scope_id,
        "IpamScopeArn": f"arn:{self.partition}:ec2::{self.current_account}:ipam-scope/{scope_id}",
        "IpamArn": ipam["IpamArn"],
        "IpamRegion": ipam["IpamRegion"],
        "IpamScopeType": kind,
        "IsDefault": default,
        "State": "create-complete",
    }
    kept(self, "scopes")[scope_id] = scope
    return scope
