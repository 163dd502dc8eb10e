import type { Fault } from "../core/errors";
import { ACCESS_POLICIES, type AccessOptions } from "./access-options";

const PRINCIPAL = /^arn:aws[a-z-]*:iam::\d{12}:(?:role|user)\/[^*?]+$/;

/**
 * The faults of an access entry.
 *
 * @see https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateAccessEntry.html
 */
export function accessFaults(name: string, access: AccessOptions): readonly Fault[] {
  const faults: Fault[] = [];
  const { principalArn = "", policies = {}, groups = [] } = access;
  if (!/^[a-z](?:-?[a-z0-9]){0,29}$/.test(name)) {
    const what = `access ${JSON.stringify(name)} may hold only lower-case letters, digits and single hyphens, 30 at most`;
    faults.push({ what, instead: 'use e.g. "developers"' });
  }
  if (!PRINCIPAL.test(principalArn) && !principalArn.includes("${")) {
    faults.push({
      what: `${name}.principalArn is ${JSON.stringify(principalArn)}: not the ARN of one role or user`,
      instead: 'use e.g. "arn:aws:iam::123456789012:role/developers"',
    });
  }
  for (const [policy, scope] of Object.entries(policies)) {
    const known: readonly string[] = ACCESS_POLICIES;
    if (!known.includes(policy)) {
      const what = `${name}.policies has ${JSON.stringify(policy)}, which is not an access policy of EKS`;
      faults.push({ what, instead: `use one of ${ACCESS_POLICIES.join(", ")}` });
    }
    if (scope === "*" || scope.length > 0) continue;
    const what = `${name}.policies.${policy} is for no namespace`;
    faults.push({ what, instead: 'use "*" for the whole cluster, or e.g. ["apps"]' });
  }
  for (const group of groups) {
    if (!/^(?:system|eks|aws|amazon|iam):/.test(group)) continue;
    const what = `${name}.groups has ${JSON.stringify(group)}, which EKS refuses`;
    faults.push({ what, instead: 'use a group of your own, e.g. "developers", or an access policy' });
  }
  if (Object.keys(policies).length === 0 && groups.length === 0) {
    const instead = 'give it policies, e.g. { AmazonEKSViewPolicy: "*" }, or groups';
    faults.push({ what: `${name} is admitted and may do nothing`, instead });
  }
  return faults;
}

/**
 * The faults of who gets into a cluster, one by one and together: EKS has one entry for a principal.
 *
 * @param own - principals that have an entry already, by what they are.
 */
export function accessEntryFaults(
  access: Readonly<Record<string, AccessOptions>>,
  own: Readonly<Record<string, string>>,
): readonly Fault[] {
  const faults: Fault[] = [];
  const owners = new Map(Object.entries(own).map(([what, arn]) => [arn, what]));
  for (const [name, entry] of Object.entries(access)) {
    if (name === "admin") {
      faults.push({
        what: 'access "admin" is the cluster\'s own',
        instead: 'use another name, e.g. "platform"',
      });
    }
    faults.push(...accessFaults(name, entry));
    const { principalArn } = entry;
    const other = owners.get(principalArn);
    if (other !== undefined) {
      faults.push({
        what: `${name}.principalArn is ${JSON.stringify(principalArn)}: ${other} has it, and EKS takes one entry of a principal`,
        instead: "leave it out, or give the one entry what both have",
      });
    }
    if (principalArn !== undefined) owners.set(principalArn, `access ${JSON.stringify(name)}`);
  }
  return faults;
}
