"""moto knows a file system's policies and lacks the calls: of backups to put and to read, of the system to delete.

https://docs.aws.amazon.com/efs/latest/ug/API_PutBackupPolicy.html
https://docs.aws.amazon.com/efs/latest/ug/API_DeleteFileSystemPolicy.html
"""

import json

JSON = {"Content-Type": "application/json"}


def install() -> None:
    from moto.efs import models, responses
    from moto.efs.exceptions import FileSystemNotFound, PolicyNotFound

    answers = responses.EFSResponse
    system_class = models.FileSystem

    def system_of(self):
        identity = self._get_param("FileSystemId")
        system = self.efs_backend.file_systems_by_id.get(identity)
        if system is None:
            raise FileSystemNotFound(identity)
        return system

    def policy_of(system):
        # One that was made with backups says so; one that nobody has asked about has none.
        status = getattr(system, "_backup_status", None) or ("ENABLED" if system._backup else None)
        return {"Status": status} if status else None

    def put_backup_policy(self):
        system = system_of(self)
        # Under a name with an underscore: what has none is part of the file system's description.
        system._backup_status = self._get_param("BackupPolicy")["Status"]
        return json.dumps({"BackupPolicy": policy_of(system)}), JSON

    def describe_backup_policy(self):
        policy = policy_of(system_of(self))
        if policy is None:
            raise PolicyNotFound("None")
        return json.dumps({"BackupPolicy": policy}), JSON

    def delete_file_system_policy(self):
        system_of(self).file_system_policy = None
        return "", JSON

    system_class.backup_policy = property(policy_of)
    answers.put_backup_policy = put_backup_policy
    answers.describe_backup_policy = describe_backup_policy
    answers.delete_file_system_policy = delete_file_system_policy
