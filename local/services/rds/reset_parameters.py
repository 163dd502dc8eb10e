"""Parameters of a group that are given back to their defaults; moto lacks the call.

https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_ResetDBParameterGroup.html
"""


def install() -> None:
    from moto.core.responses import ActionResult
    from moto.rds.exceptions import DBParameterGroupNotFoundError
    from moto.rds.responses import RDSResponse

    def reset_db_parameter_group(self):
        name = self.params.get("DBParameterGroupName")
        group = self.backend.db_parameter_groups.get(name)
        if group is None:
            raise DBParameterGroupNotFoundError(name)
        if self.params.get("ResetAllParameters"):
            group.parameters.clear()
        for one in self.params.get("Parameters", []):
            group.parameters.pop(one.original_dict()["ParameterName"], None)
        return ActionResult({"DBParameterGroupName": group.name})

    RDSResponse.reset_db_parameter_group = reset_db_parameter_group
