import { GitHubOidcProvider } from "@groundplan/modules/identity";
import type { StateAccess } from "@groundplan/modules/state";
import { TerraformStack, Testing } from "cdktf";
import { GitHubAccess } from "../../modules/identity/github-access";
import { Synthesized } from "../modules/network/synthesized";

/** A statement as it stands in a policy. */
interface Statement {
  readonly Sid?: string;
  readonly Effect: string;
  readonly Action?: string | readonly string[];
  readonly NotAction?: string | readonly string[];
  readonly Resource?: string | readonly string[];
  readonly NotResource?: string | readonly string[];
  readonly Condition?: Conditions;
}

type Values = string | readonly string[];
type Conditions = Readonly<Record<string, Readonly<Record<string, Values>>>>;

/** A request as IAM judges it. */
export interface Request {
  /** E.g. `s3:GetObject`. */
  readonly action: string;

  /** @default "*", as of actions that know no resource */
  readonly resource?: string;

  /** Values of the condition keys that it carries; one that is left out is missing. */
  readonly keys?: Readonly<Record<string, Values>>;
}

/** What a role is allowed by its own policies, and what bounds it. */
export interface RolePolicies {
  readonly policies: readonly Statement[];
  readonly boundary: readonly Statement[];
}

/**
 * Whether a role may: its policies and its boundary allow it, and neither denies it. No resource's own policy and no
 * rule of the organization is judged.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-basics.html
 */
export function isAllowed({ policies, boundary }: RolePolicies, request: Request): boolean {
  const fits = (statements: readonly Statement[], effect: string) =>
    statements.some((statement) => statement.Effect === effect && concerns(statement, request));
  if (fits([...policies, ...boundary], "Deny")) return false;
  return fits(policies, "Allow") && fits(boundary, "Allow");
}

function concerns(statement: Statement, { action, resource = "*", keys = {} }: Request): boolean {
  const { Action, NotAction, Resource, NotResource, Condition = {} } = statement;
  const isAction =
    Action === undefined ? !matchesAny(NotAction, action, "i") : matchesAny(Action, action, "i");
  const isResource =
    Resource === undefined ? !matchesAny(NotResource, resource) : matchesAny(Resource, resource);
  return isAction && isResource && holds(Condition, keys);
}

const expressions = new Map<string, RegExp>();

/** Whether one of the patterns fits: `*` stands for anything, `?` for one character. */
function matchesAny(patterns: Values | undefined, text: string, flags = ""): boolean {
  if (patterns === undefined)
    throw new Error("a statement names neither what it is about nor what it is not");
  return [patterns].flat().some((pattern) => {
    const known = expressions.get(flags + pattern);
    if (known) return known.test(text);
    const source = pattern
      .replace(/[.+^${}()|[\]\\]/g, "\\$&")
      .replaceAll("*", ".*")
      .replaceAll("?", ".");
    const expression = new RegExp(`^${source}$`, flags);
    expressions.set(flags + pattern, expression);
    return expression.test(text);
  });
}

/** Whether all conditions hold: those that the roles of GitHub use, and no other. */
function holds(conditions: Conditions, keys: Readonly<Record<string, Values>>): boolean {
  return Object.entries(conditions).every(([operator, wanted]) =>
    Object.entries(wanted).every(([key, value]) => {
      const given = [keys[key] ?? []].flat();
      if (operator === "StringEquals")
        return given.length > 0 && given.every((one) => [value].flat().includes(one));
      // A key that is missing differs from every value.
      if (operator === "StringNotEquals") return given.every((one) => ![value].flat().includes(one));
      if (operator === "Null") return (given.length === 0) === (value === "true");
      if (operator === "ForAnyValue:StringEquals") return given.some((one) => [value].flat().includes(one));
      if (operator === "ForAllValues:StringLike") return given.every((one) => matchesAny(value, one));
      throw new Error(`operator ${operator} is not judged here`);
    }),
  );
}

/** The account of these tests. */
export const ACCOUNT = "123456789012";

/** The state of these tests: AWS's keys, a lock table. */
export const STATE: StateAccess = {
  platform: "groundplan",
  account: ACCOUNT,
  region: "us-east-1",
  locking: "dynamodb",
  encryption: "aws",
};

/** The roles of GitHub in an account, as they are synthesized. */
export class SynthesizedRoles {
  private readonly stack: Synthesized;

  constructor(environments: readonly string[], state: StateAccess = STATE) {
    const stack = new TerraformStack(Testing.app(), "identity");
    new GitHubAccess(stack, "github", {
      provider: GitHubOidcProvider.fromAccount(state.account, state.region),
      repository: { repository: "example/platform" },
      state,
      defaultBranch: "main",
      environments,
    });
    this.stack = new Synthesized(stack);
  }

  /** The role that plans. @param readOnly - what AWS's `ReadOnlyAccess` allows. */
  plan(readOnly: readonly string[]): RolePolicies {
    const attached = { Effect: "Allow", Action: readOnly, Resource: "*" };
    return {
      policies: [attached, ...this.statements("aws_iam_role_policy", "github/plan/plan")],
      boundary: this.statements("aws_iam_policy", "github/plan_boundary"),
    };
  }

  /** A role that an apply has made with every right, and that carries what such a role must. */
  made(environment: string): RolePolicies {
    return {
      policies: [{ Effect: "Allow", Action: "*", Resource: "*" }],
      boundary: this.apply(environment).boundary,
    };
  }

  /** The role that applies an environment. */
  apply(environment: string): RolePolicies {
    return {
      policies: [POWER_USER, ...this.statements("aws_iam_role_policy", `github/${environment}/apply/iam`)],
      boundary: this.statements("aws_iam_policy", `github/${environment}/boundary`),
    };
  }

  /** The text of a policy, whose length IAM limits. */
  text(type: "aws_iam_policy" | "aws_iam_role_policy", path: string): string {
    return String(this.stack.one(type, path).policy);
  }

  private statements(type: "aws_iam_policy" | "aws_iam_role_policy", path: string): readonly Statement[] {
    return JSON.parse(this.text(type, path)).Statement;
  }
}

/** The part of AWS's `PowerUserAccess` that is no reading. */
const POWER_USER: Statement = {
  Effect: "Allow",
  NotAction: ["iam:*", "organizations:*", "account:*"],
  Resource: "*",
};
