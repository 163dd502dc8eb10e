"""Whether an account shares images with everybody in a Region, and key pairs that are deleted by their ids.

What is blocked is not made public: what is public already stays. Moto starts without a block, as an account that has lifted it.
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_EnableImageBlockPublicAccess.html
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DisableImageBlockPublicAccess.html
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteKeyPair.html
"""

BLOCKED, UNBLOCKED = "block-new-sharing", "unblocked"


def install() -> None:
    from moto.core.responses import ActionResult
    from moto.ec2.exceptions import EC2ClientError
    from moto.ec2.models.amis import AmiBackend
    from moto.ec2.responses.amis import AmisResponse
    from moto.ec2.responses.key_pairs import KeyPairs

    modify, delete_key = AmiBackend.modify_image_attribute, KeyPairs.delete_key_pair

    def state_of(backend):
        return backend.__dict__.get("groundplan_image_sharing", UNBLOCKED)

    def answered(self):
        return ActionResult({"ImageBlockPublicAccessState": state_of(self.ec2_backend)})

    def changed(state):
        def change(self):
            asked = self._get_param("ImageBlockPublicAccessState")
            if state == BLOCKED and asked != BLOCKED:
                raise EC2ClientError("InvalidParameterValue", f"Invalid value '{asked}' for ImageBlockPublicAccessState.")
            self.error_on_dryrun()
            self.ec2_backend.__dict__["groundplan_image_sharing"] = state
            return answered(self)

        return change

    def modified(self, ami_id, launch_permissions_to_add, launch_permissions_to_remove):
        if state_of(self) == BLOCKED and {"Group": "all"} in launch_permissions_to_add:
            raise EC2ClientError(
                "OperationNotPermitted",
                "You can't publicly share this image because block public access for AMIs is enabled in this Region.",
            )
        modify(self, ami_id, launch_permissions_to_add, launch_permissions_to_remove)

    def key_deleted(self):
        key_id = self._get_param("KeyPairId")
        if key_id is None:
            return delete_key(self)
        self.error_on_dryrun()
        name = next((one.key_name for one in self.ec2_backend.key_pairs.values() if one.id == key_id), None)
        if name is not None:
            self.ec2_backend.delete_key_pair(name)
        return ActionResult({"Return": True, "KeyPairId": key_id})

    AmiBackend.modify_image_attribute = modified
    AmisResponse.get_image_block_public_access_state = answered
    AmisResponse.enable_image_block_public_access = changed(BLOCKED)
    AmisResponse.disable_image_block_public_access = changed(UNBLOCKED)
    KeyPairs.delete_key_pair = key_deleted
