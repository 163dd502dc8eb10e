import { type PolicyStatement, partitionOf } from "../core/policy";
import { type StateAccess, stateArns, statePlanStatements } from "../state/access";
import { DATA_ACTIONS } from "./plan-data";
import { PLAN_SERVICES } from "./plan-services";

/** AWS's own list of what reads and changes nothing; AWS adds new services to it. */
export function readOnlyPolicyArn(region: string): string {
  return `arn:${partitionOf(region)}:iam::aws:policy/ReadOnlyAccess`;
}

/**
 * What the plan's role gets beside AWS's `ReadOnlyAccess`: the states and their locks, and a refusal of all
 * data. Whoever may push a branch runs code with this role.
 *
 * Data that a plan does read stays open: states, the lock table, the parameters under `/<platform>/` by which stacks
 * tell each other what they made, and what `PLAN_EXCEPTIONS` names.
 *
 * @param parameterRoot - what those parameters' names begin with, without slashes.
 */
export function githubPlanStatements(
  state: StateAccess,
  parameterRoot: string = state.platform,
): readonly PolicyStatement[] {
  const { objects, table } = stateArns(state);
  const partition = partitionOf(state.region);
  return [
    ...statePlanStatements(state, ["*"]),
    { Sid: "NoData", Effect: "Deny", Action: DATA_ACTIONS, Resource: "*" },
    {
      Sid: "NoObjects",
      Effect: "Deny",
      Action: ["s3:GetObject", "s3:GetObjectA*", "s3:GetObjectT*", "s3:GetObjectV*"],
      NotResource: objects,
    },
    {
      Sid: "NoItems",
      Effect: "Deny",
      Action: [
        "dynamodb:BatchGetItem",
        "dynamodb:GetItem",
        "dynamodb:PartiQLSelect",
        "dynamodb:Query",
        "dynamodb:Scan",
      ],
      NotResource: table,
    },
    {
      Sid: "NoApiKeys",
      Effect: "Deny",
      Action: "apigateway:GET",
      Resource: ["/apikeys", "/apikeys/*", "/usageplans/*/keys", "/usageplans/*/keys/*"].map(
        (path) => `arn:${partition}:apigateway:*::${path}`,
      ),
    },
    {
      Sid: "NoParameters",
      Effect: "Deny",
      Action: ["ssm:GetParameter", "ssm:GetParameterHistory", "ssm:GetParameters", "ssm:GetParametersByPath"],
      NotResource: [
        `arn:${partition}:ssm:*:${state.account}:parameter/${parameterRoot}/*`,
        // What AWS publishes, e.g. the newest image of a node.
        `arn:${partition}:ssm:*::parameter/aws/service/*`,
      ],
    },
  ];
}

/**
 * What bounds the plan's role, whatever AWS adds to `ReadOnlyAccess`: the services of which a plan reads how things
 * are set up, and the states and their locks.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
 */
export function githubPlanBoundary(state: StateAccess): readonly PolicyStatement[] {
  return [
    {
      Sid: "Services",
      Effect: "Allow",
      Action: PLAN_SERVICES.map((service) => `${service}:*`),
      Resource: "*",
    },
    ...statePlanStatements(state, ["*"]),
  ];
}
