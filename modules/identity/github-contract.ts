import { defineContract } from "../core";

/** What the identity stack tells the stacks of an environment. */
export const IDENTITY = defineContract("identity", {
  /** ARN of GitHub's identity provider in the account. */
  githubOidcProviderArn: "string",
  /** ARN of the role that plans: it reads, and nothing else. */
  planRoleArn: "string",
  /** ARN of the role that applies the environment. */
  applyRoleArn: "string",
});
