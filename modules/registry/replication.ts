import { EcrReplicationConfiguration } from "@cdktf/provider-aws/lib/ecr-replication-configuration";
import { Construct } from "constructs";
import { SynthError } from "../core";
import { type RegistryReplicationProps, replicationFaults } from "./replication-props";

/**
 * Copies what is pushed from now on to registries of other Regions and accounts. An account has one such configuration in a
 * Region: a second replaces it.
 *
 * ECR makes the repositories there with its own settings, unless a repository creation template for `REPLICATION` says
 * others; neither lifecycle nor policy is copied.
 *
 * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/replication.html
 */
export class RegistryReplication extends Construct {
  /** @throws SynthError with every fault of the properties. */
  constructor(scope: Construct, id: string, props: RegistryReplicationProps) {
    super(scope, id);
    const faults = replicationFaults(props);
    if (faults.length > 0) throw new SynthError(this, faults);
    new EcrReplicationConfiguration(this, "replication", {
      replicationConfiguration: {
        rule: [
          {
            destination: props.destinations.map(({ region, account }) => ({
              region,
              registryId: account ?? props.account,
            })),
            repositoryFilter: props.prefixes.map((filter) => ({ filter, filterType: "PREFIX_MATCH" })),
          },
        ],
      },
    });
  }
}
