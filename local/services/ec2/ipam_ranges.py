"""The ranges that are taken of a pool of IPAM, and given back."""

from ipaddress import ip_network

from services.ec2.ipam_records import all_of, error, new_id

LENGTHS = ("AllocationMinNetmaskLength", "AllocationMaxNetmaskLength", "AllocationDefaultNetmaskLength")


def allocated(self, pool, cidr, length, kind, resource_id, preview=False):
    """Takes a range of a pool: the one that is asked for, or the first free one of that length."""
    length = length or (None if cidr else pool.get("AllocationDefaultNetmaskLength"))
    if not cidr and length is None:
        raise error("MissingParameter", "The request must contain the parameter NetmaskLength or Cidr")
    given = ip_network(cidr).prefixlen if cidr else int(length)
    least, most = (pool.get(name) for name in LENGTHS[:2])
    if kind != "ipam-pool" and not (least or 0) <= given <= (most or 128):
        raise error("InvalidParameterValue", f"The netmask length {given} is not {least or 0} to {most or 128}")
    chosen = first_free(pool, ip_network(cidr) if cidr else None, given)
    if chosen is None:
        wanted = cidr or f"of length {given}"
        raise error("InsufficientCidrBlocks", f"The pool {pool['IpamPoolId']} has no free CIDR {wanted}")
    allocation = {
        "Cidr": str(chosen),
        "IpamPoolAllocationId": new_id("ipam-pool-alloc"),
        "ResourceId": resource_id,
        "ResourceType": kind,
        "ResourceRegion": self.region,
        "ResourceOwner": self.current_account,
    }
    if not preview:
        pool["allocations"][allocation["IpamPoolAllocationId"]] = allocation
    return allocation


def first_free(pool, wanted, length):
    """The range that is wanted when it is free, or the first free one of a length; None without any."""
    taken = [ip_network(one["Cidr"]) for one in pool["allocations"].values()]
    for provisioned in pool["cidrs"]:
        whole = ip_network(provisioned)
        if wanted is not None:
            if wanted.version == whole.version and wanted.subnet_of(whole):
                return None if any(wanted.overlaps(one) for one in taken) else wanted
            continue
        if length < whole.prefixlen:
            continue
        step = 2 ** (whole.max_prefixlen - length)
        start, end = int(whole.network_address), int(whole.broadcast_address)
        while start + step - 1 <= end:
            candidate = ip_network((start, length))
            # After the end of what is in the way, at the next range of that length.
            last = max((int(one.broadcast_address) for one in taken if one.overlaps(candidate)), default=None)
            if last is None:
                return candidate
            start = (last // step + 1) * step
    return None


def free_in_scope(self, pool, cidr) -> None:
    """Pools of one scope without a source never overlap."""
    for other in all_of(self, "pools").values():
        if other["IpamScopeArn"] != pool["IpamScopeArn"] or other["SourceIpamPoolId"]:
            continue
        for one in other["cidrs"]:
            # Ranges of two versions never overlap.
            if ip_network(one).overlaps(ip_network(cidr)):
                raise error("InvalidParameterValue", f"{cidr} overlaps {one} of {other['IpamPoolId']}")


def release(backend, gives_back) -> None:
    """Gives back the allocations of all pools that are told by a function."""
    for pool in all_of(backend, "pools").values():
        for allocation_id, one in list(pool["allocations"].items()):
            if gives_back(one):
                del pool["allocations"][allocation_id]
