"""A user without credentials for services has an empty list of them; moto lacks the call, and no such credentials.

https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListServiceSpecificCredentials.html
"""


def install() -> None:
    from moto.core.responses import ActionResult
    from moto.iam.responses import IamResponse

    def list_service_specific_credentials(self):
        name = self._get_param("UserName")
        if name:
            # Raises NoSuchEntity.
            self.backend.get_user(name)
        return ActionResult({"ServiceSpecificCredentials": []})

    IamResponse.list_service_specific_credentials = list_service_specific_credentials
