import { EcrRegistryScanningConfiguration } from "@cdktf/provider-aws/lib/ecr-registry-scanning-configuration";
import { TerraformStack } from "cdktf";
import { Construct } from "constructs";
import { type Fault, SynthError } from "../core";

/** Properties of {@link RegistryScanning}. */
export interface RegistryScanningProps {
  /**
   * Patterns of the repositories whose images are looked at again whenever a vulnerability becomes known, `*` allowed.
   *
   * @default ["*"] - all of them
   */
  readonly continuous?: readonly string[];

  /**
   * Patterns of the repositories whose images are looked at when they are pushed, and never again.
   *
   * @default - none
   */
  readonly onPush?: readonly string[];
}

/**
 * Enhanced scanning by Amazon Inspector, of packages of languages too, for as long as an image is there. It is billed by the
 * image. An account has one such configuration in a Region: a second replaces it, and `scanOnPush` of repositories is ignored.
 *
 * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-scanning-enhanced.html
 */
export class RegistryScanning extends Construct {
  /** @throws SynthError with every fault of the patterns. */
  constructor(scope: Construct, id: string, props: RegistryScanningProps = {}) {
    super(scope, id);
    const { continuous = ["*"], onPush = [] } = props;
    const faults = [...scanningFaults([...continuous, ...onPush]), ...this.ownerFaults()];
    if (faults.length > 0) throw new SynthError(this, faults);
    const rule = (scanFrequency: string, patterns: readonly string[]) =>
      patterns.length === 0
        ? []
        : [
            {
              scanFrequency,
              repositoryFilter: patterns.map((filter) => ({ filter, filterType: "WILDCARD" })),
            },
          ];
    new EcrRegistryScanningConfiguration(this, "scanning", {
      scanType: "ENHANCED",
      rule: [...rule("CONTINUOUS_SCAN", continuous), ...rule("SCAN_ON_PUSH", onPush)],
    });
  }

  /** The fault of another one of the stack: each would undo the other's. */
  private ownerFaults(): readonly Fault[] {
    const other = TerraformStack.of(this)
      .node.findAll()
      .find((one) => one instanceof RegistryScanning && one !== this);
    if (other === undefined) return [];
    const what = `an account has one scanning configuration in a Region, and ${other.node.path} is it`;
    return [{ what, instead: "give the patterns of both to one of them" }];
  }
}

function scanningFaults(patterns: readonly string[]): readonly Fault[] {
  if (patterns.length === 0) {
    return [{ what: "no repository is scanned", instead: 'use e.g. continuous: ["*"]' }];
  }
  return patterns
    .filter((pattern) => !/^[a-z0-9*]+(?:[._/-][a-z0-9*]+)*$/.test(pattern))
    .map((pattern) => ({
      what: `pattern ${JSON.stringify(pattern)} is not one of repositories' names`,
      instead: 'use e.g. "groundplan/prod/*"',
    }));
}
