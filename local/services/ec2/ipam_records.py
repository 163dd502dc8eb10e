"""What moto keeps of IPAM: plain records beside the rest of EC2, so that they are saved with it."""

from re import fullmatch

NOT_FOUND = {
    "ipams": "InvalidIpamId.NotFound",
    "scopes": "InvalidIpamScopeId.NotFound",
    "pools": "InvalidIpamPoolId.NotFound",
}

# Filters whose names are not those of the answer: Locale of `locale`.
FILTERS = {"owner-id": "OwnerId", "ipam-arn": "IpamArn"}


def backends(one):
    """Of every Region: a pool is made in the IPAM's, and used in that of its locale."""
    from moto.ec2.models import ec2_backends

    account = getattr(one, "current_account", None) or one.account_id
    return [ec2_backends[account][region] for region in list(ec2_backends[account])]


def kept(self, kind):
    """The records of a kind in the Region of the request, by id."""
    return self.ec2_backend.__dict__.setdefault("ipam", {}).setdefault(kind, {})


def all_of(one, kind):
    """The records of a kind in every Region, by id."""
    books = [each.__dict__.get("ipam", {}).get(kind, {}) for each in backends(one)]
    return {key: value for book in books for key, value in book.items()}


def found(self, kind, wanted):
    record = all_of(self, kind).get(wanted)
    if record is None:
        raise error(NOT_FOUND[kind], f"The ID '{wanted}' does not exist")
    return record


def described(self, kind, answered, parameter):
    ids = self._get_param(parameter, [])
    records = [found(self, kind, one) for one in ids] if ids else all_of(self, kind).values()
    return answer(self, answered, filtered(self, records))


def filtered(self, records):
    """Those that pass the filters of the request, as an answer shows them."""
    from moto.ec2.utils import simple_aws_filter_to_re

    def passes(record, name, values):
        if name.startswith("tag:"):
            held = [tag["Value"] for tag in record.get("Tags", []) if tag["Key"] == name[4:]]
        else:
            key = FILTERS.get(name) or "".join(part.capitalize() for part in name.split("-"))
            held = [str(record.get(key))]
        return any(fullmatch(simple_aws_filter_to_re(value), one) for value in values for one in held)

    filters = self._filters_from_querystring().items()
    answered = [shown(self, record) for record in records]
    return [one for one in answered if all(passes(one, name, values) for name, values in filters)]


def shown(self, record):
    """A record with what is counted, and its tags."""
    answered = {key: value for key, value in record.items() if value is not None and key[0].isupper()}
    own = record.get("IpamPoolId") or record.get("IpamScopeId") or record.get("IpamId")
    tags = {key: value for each in backends(self) for key, value in each.tags.get(own, {}).items()}
    answered["Tags"] = [{"Key": key, "Value": value} for key, value in tags.items()]
    if "IpamScopeId" in record:
        pools = all_of(self, "pools").values()
        answered["PoolCount"] = sum(one["IpamScopeArn"] == record["IpamScopeArn"] for one in pools)
    elif "IpamId" in record:
        scopes = all_of(self, "scopes").values()
        answered["ScopeCount"] = sum(one["IpamArn"] == record["IpamArn"] for one in scopes)
    return answered


def made(self, name, record, record_id):
    for specification in self._get_param("TagSpecifications", []):
        tags = {tag["Key"]: tag["Value"] for tag in specification.get("Tags", [])}
        self.ec2_backend.create_tags([record_id], tags)
    return answer(self, name, record)


def change(self, record, *names) -> None:
    for name in names:
        value = self._get_param(name)
        if value is not None:
            record[name] = value


def answer(self, name, value):
    from moto.core.responses import ActionResult

    return ActionResult({name: shown(self, value) if isinstance(value, dict) else value})


def new_id(prefix):
    from moto.ec2.utils import random_id

    return random_id(prefix)


def error(code, message):
    from moto.ec2.exceptions import EC2ClientError

    return EC2ClientError(code, message)
