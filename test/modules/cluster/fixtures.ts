import { Cluster, type ClusterProps } from "@groundplan/modules/cluster";
import { SynthError } from "@groundplan/modules/core";
import { TerraformStack, Testing } from "cdktf";
import { Synthesized } from "../network/synthesized";

/** A cluster that has no faults, on a day that has no warnings. */
export const VALID: ClusterProps = {
  name: "groundplan-dev",
  account: "123456789012",
  region: "us-east-1",
  vpcId: "vpc-1",
  subnets: { "us-east-1a": "subnet-1", "us-east-1b": "subnet-2", "us-east-1c": "subnet-3" },
  zones: ["us-east-1a", "us-east-1b"],
  kubernetesVersion: "1.35",
  nodeGroups: { general: { instanceTypes: ["m5.large"], min: 2, max: 6 } },
  today: new Date("2026-11-21"),
};

/** A stack with a valid cluster, some properties changed. */
export function stackWith(change: Partial<ClusterProps> = {}): { stack: TerraformStack; cluster: Cluster } {
  const stack = new TerraformStack(Testing.app(), "dev-cluster");
  return { stack, cluster: new Cluster(stack, "cluster", { ...VALID, ...change }) };
}

/** What it synthesizes to. */
export function clusterWith(change: Partial<ClusterProps> = {}): Synthesized {
  return new Synthesized(stackWith(change).stack);
}

/** What the synth says of it; empty when it passes. */
export function faultsOf(change: Partial<ClusterProps>): string {
  try {
    clusterWith(change);
    return "";
  } catch (error) {
    if (error instanceof SynthError) return error.message;
    throw error;
  }
}
