import { IamOpenidConnectProvider } from "@cdktf/provider-aws/lib/iam-openid-connect-provider";
import { Construct } from "constructs";
import { partitionOf } from "../core";
import { GITHUB_AUDIENCE, GITHUB_ISSUER } from "./github-trust";

/** What an account's trust in GitHub is known by. */
export interface IGitHubOidcProvider {
  /** ARN of the provider in IAM. */
  readonly arn: string;
}

/**
 * GitHub as an identity provider of the account. An account has it at most once.
 *
 * IAM checks GitHub's certificate against the authorities that it trusts itself, so no thumbprint is given.
 *
 * @see https://docs.github.com/en/actions/how-tos/secure-your-work/security-harden-deployments/oidc-in-aws
 */
export class GitHubOidcProvider extends Construct implements IGitHubOidcProvider {
  /** ARN of the provider. */
  readonly arn: string;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    const provider = new IamOpenidConnectProvider(this, "provider", {
      url: `https://${GITHUB_ISSUER}`,
      clientIdList: [GITHUB_AUDIENCE],
      tags: { Name: "github-actions" },
    });
    this.arn = provider.arn;
  }

  /** The provider that an account has already, made by somebody else. */
  static fromAccount(account: string, region: string): IGitHubOidcProvider {
    return { arn: `arn:${partitionOf(region)}:iam::${account}:oidc-provider/${GITHUB_ISSUER}` };
  }
}
