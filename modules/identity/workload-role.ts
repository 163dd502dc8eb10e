import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import { IamRolePolicyAttachment } from "@cdktf/provider-aws/lib/iam-role-policy-attachment";
import { Construct } from "constructs";
import {
  type Fault,
  NAME_RULES,
  nameFaults,
  type PolicyStatement,
  policyDocument,
  SynthError,
} from "../core";
import { Grantable } from "./grantable";
import { ImportedRole, type IRole, type RoleAttributes } from "./imported-role";
import type { ServiceAccount } from "./trust";

/** What the roles of workloads have in common. */
export interface WorkloadRoleProps {
  /** Name of the role, unique in the account; 1 to 64 characters. */
  readonly roleName: string;

  /**
   * What the role is for.
   *
   * @default - the service account's name
   */
  readonly description?: string;
}

/**
 * The role of a workload in a cluster: what its pods may do in AWS.
 *
 * What it may do is granted by name (`grantReadObjects`, …), or written with {@link allow}. Its `arn` makes it the
 * grantee of others, e.g. `repository.grantPull(role)` from another account.
 */
export abstract class WorkloadRole extends Grantable implements IRole {
  /** ARN of the role; with it the role is a grantee of its own account and of others. */
  readonly arn: string;

  /** Name of the role. */
  readonly roleName: string;

  /** Policies of this role: whoever needs the rights at once depends on them. */
  readonly policies: (IamRolePolicy | IamRolePolicyAttachment)[] = [];

  private readonly role: IamRole;

  /** A role that is there already: what it is granted is written here. @throws SynthError with every fault of the attributes. */
  static fromRoleAttributes(scope: Construct, id: string, attributes: RoleAttributes): ImportedRole {
    return new ImportedRole(scope, id, attributes);
  }

  protected constructor(
    scope: Construct,
    id: string,
    props: WorkloadRoleProps,
    trust: readonly PolicyStatement[],
    serviceAccounts: readonly ServiceAccount[],
  ) {
    super(scope, id);
    const faults = [...nameFaults(NAME_RULES.role, props.roleName), ...serviceAccountFaults(serviceAccounts)];
    if (faults.length > 0) throw new SynthError(this, faults);
    const names = serviceAccounts.map(({ namespace, name }) => `${namespace}/${name}`).join(", ");
    this.role = new IamRole(this, "role", {
      name: props.roleName,
      description: props.description ?? `Pods of ${names}`,
      assumeRolePolicy: policyDocument(trust),
      tags: { Name: props.roleName },
    });
    this.arn = this.role.arn;
    this.roleName = this.role.name;
  }

  /**
   * Lets the workload do something, in an inline policy of its own.
   *
   * @param name - of the policy within the role, e.g. `read-orders`; changing it replaces the policy.
   * @throws SynthError when a statement allows every action of a service.
   */
  allow(name: string, statements: readonly PolicyStatement[]): void {
    const faults = statements.flatMap(statementFaults);
    if (faults.length > 0) throw new SynthError(this, faults);
    const policies = this.node.tryFindChild("policies") ?? new Construct(this, "policies");
    this.policies.push(
      new IamRolePolicy(policies as Construct, name, {
        name,
        role: this.role.name,
        policy: policyDocument(statements),
      }),
    );
  }

  protected addGrant(name: string, statements: readonly PolicyStatement[]): void {
    this.allow(name, statements);
  }

  /** Attaches a policy that AWS or the team keeps. @param name - within the role, e.g. `ebs-csi`. */
  attach(name: string, policyArn: string): void {
    const attached = this.node.tryFindChild("attached") ?? new Construct(this, "attached");
    this.policies.push(
      new IamRolePolicyAttachment(attached as Construct, name, { role: this.role.name, policyArn }),
    );
  }
}

function statementFaults({ Effect, Action }: PolicyStatement): readonly Fault[] {
  // All but some is as open as all.
  return [Action ?? "*"]
    .flat()
    .filter((action) => Effect === "Allow" && /^(?:[*]|[^:]*:[*])$/.test(action))
    .map((action) => ({
      what: `a workload would be allowed ${JSON.stringify(action)}`,
      instead: 'name the actions that it needs, e.g. ["s3:GetObject"]',
    }));
}

/** What Kubernetes takes as the name of a namespace, and of a service account. */
const NAMESPACE = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
const ACCOUNT = /^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/;

/** The faults of service accounts: one at least, each by its name and not by a pattern. */
export function serviceAccountFaults(accounts: readonly ServiceAccount[]): readonly Fault[] {
  if (accounts.length === 0) {
    const instead = 'name one, e.g. { namespace: "apps", name: "api" }';
    return [{ what: "no service account is named: no pod could assume the role", instead }];
  }
  return accounts.flatMap(({ namespace, name }) => [
    ...(NAMESPACE.test(namespace) || namespace.includes("${") ? [] : [wrong("namespace", namespace, "apps")]),
    ...(ACCOUNT.test(name) || name.includes("${") ? [] : [wrong("service account", name, "api")]),
  ]);
}

function wrong(kind: string, value: string, example: string): Fault {
  return {
    what: `${kind} ${JSON.stringify(value)} is not a name that Kubernetes takes`,
    instead: `use lower-case letters, digits and hyphens, e.g. ${JSON.stringify(example)}`,
  };
}
