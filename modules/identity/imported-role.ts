import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import type { Construct } from "constructs";
import { fitName, NAME_RULES, type PolicyStatement, policyDocument } from "../core";
import { accountRule, assertAttributes } from "../core/attributes";
import { Grantable } from "./grantable";

/** A role: one made by `PodIdentityRole` or `IrsaRole`, or one that is there already. */
export interface IRole {
  /** ARN of the role: with it the role is a grantee of others. */
  readonly arn: string;

  /** Name of the role. */
  readonly roleName: string;
}

/** What a role that is there already is known by. */
export interface RoleAttributes {
  /** Name of the role without its path, 1 to 64 characters. */
  readonly roleName: string;

  /** AWS account, 12 digits. */
  readonly account: string;

  /**
   * Path of the role, with a slash at both ends.
   *
   * @default "/"
   */
  readonly path?: string;

  /**
   * Partition of the account.
   *
   * @default "aws"
   */
  readonly partition?: string;
}

/** Characters that IAM takes in the name of a role's own policy. */
const POLICY_NAME_LENGTH = 128;

/** A role of another stack, or of another make: each grant is a policy of its own in it, of this stack. */
export class ImportedRole extends Grantable implements IRole {
  /** ARN of the role. */
  readonly arn: string;

  /** Name of the role. */
  readonly roleName: string;

  /** @throws SynthError with every fault of the attributes. */
  constructor(scope: Construct, id: string, attributes: RoleAttributes) {
    super(scope, id);
    const { roleName, account, path = "/", partition = "aws" } = attributes;
    assertAttributes(this.node.path, [
      {
        name: "roleName",
        value: roleName,
        pattern: NAME_RULES.role.pattern,
        example: NAME_RULES.role.example,
      },
      accountRule(account),
      { name: "path", value: path, pattern: /^\/(?:[\w+=,.@-]+\/)*$/, example: "/service/" },
    ]);
    this.roleName = roleName;
    this.arn = `arn:${partition}:iam::${account}:role${path}${roleName}`;
  }

  protected addGrant(name: string, statements: readonly PolicyStatement[]): void {
    // Whoever made the role, and other stacks, have policies in it as well: the same name would replace theirs.
    const own = fitName(`${this.node.path}-${name}`.replace(/[^\w+=,.@-]+/g, "-"), POLICY_NAME_LENGTH);
    new IamRolePolicy(this, name, {
      name: own,
      role: this.roleName,
      policy: policyDocument(statements),
    });
  }
}
