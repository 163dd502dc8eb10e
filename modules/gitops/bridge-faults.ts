import { addonNames } from "../addons/enabled";
import type { Fault } from "../core/errors";
import { type BridgeProps, CLUSTER_LABEL } from "./bridge-props";
import { isDnsLabel, isLabelValue } from "./manifest";

/** What stands for a value that Terraform learns only at apply. */
const TOKEN = /\$\{/;

/** The fault of a value that does not fit a pattern; a token fits every one. */
function mismatch(key: string, value: string, pattern: RegExp, example: string): readonly Fault[] {
  if (TOKEN.test(value) || pattern.test(value)) return [];
  return [
    {
      what: `${key} is ${JSON.stringify(value)}: not of its form`,
      instead: `use e.g. ${JSON.stringify(example)}`,
    },
  ];
}

/** Every fault of what the bridge is to tell. */
export function bridgeFaults(props: BridgeProps): readonly Fault[] {
  const { cluster, environment, account, region, vpcId, labels = {} } = props;
  return [
    // Lower case, as it is the name of the Secret too.
    ...mismatch("cluster", cluster, /^[a-z0-9](?:[a-z0-9-]{0,98}[a-z0-9])?$/, "groundplan-dev"),
    ...mismatch("account", account, /^\d{12}$/, "123456789012"),
    ...mismatch("region", region, /^[a-z]{2}(?:-[a-z]+)+-\d$/, "us-east-1"),
    ...mismatch("vpcId", vpcId, /^vpc-(?:[0-9a-f]{8}|[0-9a-f]{17})$/, "vpc-0123456789abcdef0"),
    ...labelFaults({ environment, ...labels }),
    ...addonFaults(props),
    ...connectionFaults(props),
  ];
}

/** Labels that the bridge writes itself. */
const OWN_LABEL = /^enable_/;

function labelFaults(labels: Readonly<Record<string, string>>): readonly Fault[] {
  return Object.entries(labels).flatMap(([key, value]): readonly Fault[] => {
    const faults: Fault[] = [];
    if (OWN_LABEL.test(key) || key in CLUSTER_LABEL) {
      faults.push({
        what: `label ${JSON.stringify(key)} is the bridge's own`,
        instead: "enable the add-on in the overlay's `addons`, or choose another key",
      });
    }
    if (!/^(?:[a-z0-9.-]{1,253}\/)?[A-Za-z0-9](?:[A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/.test(key)) {
      faults.push({
        what: `label key ${JSON.stringify(key)} is not of the form that Kubernetes takes`,
        instead: 'use up to 63 letters, digits, "-", "_" and ".", e.g. "team"',
      });
    }
    if (!TOKEN.test(value) && !isLabelValue(value)) {
      faults.push({
        what: `label ${key} is ${JSON.stringify(value)} (${value.length} characters): a label's value has up to 63 letters, digits, "-", "_" and ".", a letter or digit at both ends`,
        instead: "shorten it, or make it an annotation",
      });
    }
    return faults;
  });
}

const ROLE_ARN = /^arn:aws(?:-[a-z]+)*:iam::(\d{12}):role\/[\w+=,.@/-]{1,576}$/;

function addonFaults({ addons, account, knownAddons = addonNames() }: BridgeProps): readonly Fault[] {
  return Object.entries(addons).flatMap(([name, facts]): readonly Fault[] => {
    const faults: Fault[] = [];
    if (!knownAddons.includes(name)) {
      faults.push({
        what: `add-on ${JSON.stringify(name)} is not one that the bridge knows`,
        instead: `use one of ${knownAddons.join(", ")}`,
      });
    }
    for (const key of ["namespace", "serviceAccount"] as const) {
      if (TOKEN.test(facts[key]) || isDnsLabel(facts[key])) continue;
      faults.push({
        what: `${key} of ${name} is ${JSON.stringify(facts[key])}: not a DNS label of 1 to 63 characters`,
        instead: 'use e.g. "kube-system"',
      });
    }
    const { roleArn } = facts;
    if (roleArn === undefined || TOKEN.test(roleArn)) return faults;
    const owner = ROLE_ARN.exec(roleArn)?.[1];
    if (owner === undefined) {
      faults.push({
        what: `roleArn of ${name} is ${JSON.stringify(roleArn)}: not the ARN of a role`,
        instead: `use e.g. "arn:aws:iam::${account}:role/groundplan-dev-external-dns"`,
      });
    } else if (owner !== account) {
      faults.push({
        what: `roleArn of ${name} is ${JSON.stringify(roleArn)}: a role of account ${owner}, and the cluster is in ${account}`,
        instead: "give the role of the cluster's own account",
      });
    }
    return faults;
  });
}

function connectionFaults({ connection }: BridgeProps): readonly Fault[] {
  if (connection === undefined) return [];
  const { server, config } = connection;
  const faults = [...mismatch("connection.server", server, /^https:\/\/[^\s/]+/, "https://10.0.0.1:6443")];
  if (config.tlsClientConfig.insecure && config.tlsClientConfig.caData !== undefined) {
    faults.push({
      what: "connection.config has a certificate authority and `insecure: true`, which ignores it",
      instead: "write insecure: false",
    });
  }
  return faults;
}
