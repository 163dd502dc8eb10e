import { CANONICAL, type ImageSettings, type Ubuntu } from "./settings";
import { variable } from "./variables";

/** Names of Canonical's images, before the processor. @see https://documentation.ubuntu.com/aws/aws-how-to/instances/find-ubuntu-images/ */
const BASES: Readonly<Record<Ubuntu, string>> = {
  "22.04": "ubuntu/images/hvm-ssd/ubuntu-jammy-22.04",
  "24.04": "ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04",
};

/** How long AWS is waited for, in seconds: a copy of a snapshot can take most of an hour. */
const PATIENCE = 3600;

/**
 * The builder: a machine that only the builder reaches, asks for sessions at its metadata, and is tagged at once.
 *
 * @see https://developer.hashicorp.com/packer/integrations/hashicorp/amazon/latest/components/builder/ebs
 */
export function amazonSource(settings: ImageSettings): object {
  const { ubuntu, architecture, volumeGb, owner = CANONICAL, pollSeconds = 15 } = settings;
  const debian = architecture === "arm64" ? "arm64" : "amd64";
  return {
    region: variable("region"),
    ami_name: variable("ami_name"),
    ami_description: variable("ami_description"),
    instance_type: variable("instance_type"),
    subnet_id: variable("subnet_id"),
    source_ami_filter: {
      filters: {
        name: `${BASES[ubuntu]}-${debian}-server-*`,
        architecture,
        "root-device-type": "ebs",
        "virtualization-type": "hvm",
      },
      owners: [owner],
      most_recent: true,
    },
    // The volume is encrypted, and not a copy of a plain one: nothing plain ever lies in the account.
    launch_block_device_mappings: [
      {
        device_name: "/dev/sda1",
        volume_type: "gp3",
        volume_size: volumeGb,
        // What gp3 has without a charge; Packer 1.6.6 takes no gp3 without numbers.
        iops: 3000,
        throughput: 125,
        delete_on_termination: true,
        encrypted: variable("encrypt_boot"),
        kms_key_id: variable("kms_key_id"),
      },
    ],
    ena_support: true,
    tags: variable("tags"),
    snapshot_tags: variable("tags"),
    run_tags: variable("tags"),
    run_volume_tags: variable("tags"),
    aws_polling: { delay_seconds: pollSeconds, max_attempts: Math.ceil(PATIENCE / pollSeconds) },
    communicator: "ssh",
    ssh_username: "ubuntu",
    ssh_timeout: "10m",
    ...access(settings),
    ...metadata(settings),
    ...endpoint(settings),
  };
}

function access({ connect, packer, sourceCidrs, instanceProfile, sshInterface }: ImageSettings): object {
  const profile = instanceProfile === undefined ? {} : { iam_instance_profile: instanceProfile };
  // It opens no port.
  if (connect === "session-manager") return { ...profile, ssh_interface: "session_manager" };
  const from =
    sourceCidrs === undefined || sourceCidrs.length === 0
      ? { temporary_security_group_source_public_ip: true }
      : { temporary_security_group_source_cidrs: sourceCidrs };
  return {
    ...profile,
    ...from,
    ...(sshInterface === undefined ? {} : { ssh_interface: sshInterface }),
    // 1.6.6 tags neither key pair nor security group: what an interrupted build leaves is found by this name, and by its machine.
    ...(packer === "current"
      ? { temporary_key_pair_type: "ed25519" }
      : { temporary_key_pair_name: variable("key_name") }),
  };
}

/** IMDSv2 alone, of the builder and of every machine that is started from the image. */
function metadata({ packer }: ImageSettings): object {
  if (packer === "1.6") return {};
  return {
    metadata_options: { http_endpoint: "enabled", http_tokens: "required", http_put_response_hop_limit: 1 },
    imds_support: "v2.0",
  };
}

function endpoint({ endpoint: url }: ImageSettings): object {
  if (url === undefined) return {};
  return {
    custom_endpoint_ec2: url,
    skip_region_validation: true,
    skip_credential_validation: true,
    skip_metadata_api_check: true,
  };
}
