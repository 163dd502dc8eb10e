import { EcrReplicationConfiguration } from "@cdktf/provider-aws/lib/ecr-replication-configuration";
import { Construct } from "constructs";
import { type Fault, SynthError } from "../core";
import { type RegistryReplicationProps, replicationFaults } from "./replication-props";

/**
 * Copies what is pushed from now on to registries of other Regions and accounts. An account has one such configuration in a
 * Region: a second replaces it, whoever made the first. Of one app, a second fails the synth; where several platforms share
 * an account, one of them has it, with the prefixes of all, and `groundplan doctor` says what an apply would take away.
 *
 * ECR makes the repositories there with its own settings, unless a repository creation template for `REPLICATION` says
 * others; neither lifecycle nor policy is copied.
 *
 * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/replication.html
 */
export class RegistryReplication extends Construct {
  /** Account and Region that have it. */
  private readonly place: string;

  /** @throws SynthError with every fault of the properties. */
  constructor(scope: Construct, id: string, props: RegistryReplicationProps) {
    super(scope, id);
    this.place = `account ${props.account} in ${props.region}`;
    const faults = [...replicationFaults(props), ...this.ownerFaults()];
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

  /** The fault of another one of the app for the same account and Region: each apply would undo the other's. */
  private ownerFaults(): readonly Fault[] {
    const other = this.node.root.node
      .findAll()
      .find((one) => one instanceof RegistryReplication && one !== this && one.place === this.place);
    if (other === undefined) return [];
    const what = `${this.place} has one replication configuration, and ${other.node.path} is it`;
    return [{ what, instead: "give the destinations and prefixes of both to one of them" }];
  }
}
