import type { Fault } from "../core/errors";

/** How people sign in to Argo CD: by their SSO, over OpenID Connect. */
export interface Sso {
  /** What the button says, e.g. `Okta`. */
  readonly name: string;

  /** URL of the issuer, whose `/.well-known/openid-configuration` Argo CD reads: https, e.g. `https://example.okta.com`. */
  readonly issuer: string;

  /** Id of Argo CD as a client of the issuer. */
  readonly clientId: string;

  /**
   * Where the client's secret is: `$<Secret>:<key>` of a Secret in Argo CD's namespace that is labelled
   * `app.kubernetes.io/part-of: argocd`. The secret itself is refused: it would lie in the state.
   *
   * @default - none: a public client, with PKCE
   */
  readonly clientSecret?: string;
}

/**
 * The `oidc.config` of `argocd-cm`, as JSON, which is YAML too. It asks for the groups, by which the roles go.
 *
 * @see https://argo-cd.readthedocs.io/en/stable/operator-manual/user-management/#existing-oidc-provider
 */
export function oidcConfig({ name, issuer, clientId, clientSecret }: Sso): string {
  return JSON.stringify({
    name,
    issuer,
    clientID: clientId,
    ...(clientSecret === undefined ? { enablePKCEAuthentication: true } : { clientSecret }),
    requestedScopes: ["openid", "profile", "email", "groups"],
    requestedIDTokenClaims: { groups: { essential: true } },
  });
}

/** The faults of a way to sign in. */
export function ssoFaults({ name, issuer, clientId, clientSecret }: Sso): readonly Fault[] {
  const faults: Fault[] = [];
  if (name.trim() === "") {
    faults.push({ what: "gitops.sso.name is empty", instead: 'use what the button is to say, e.g. "Okta"' });
  }
  if (!/^https:\/\/[^\s/?#]+(?:\/[^\s?#]*)?$/.test(issuer)) {
    faults.push({
      what: `gitops.sso.issuer is ${JSON.stringify(issuer)}: not an https URL without a query`,
      instead: 'use the issuer of your SSO, e.g. "https://example.okta.com"',
    });
  }
  if (!/^\S+$/.test(clientId)) {
    faults.push({
      what: `gitops.sso.clientId is ${JSON.stringify(clientId)}`,
      instead: "use the id that the SSO gave Argo CD as its client",
    });
  }
  if (clientSecret !== undefined && !/^\$[a-z0-9][a-z0-9.-]*:[A-Za-z0-9._-]+$/.test(clientSecret)) {
    faults.push({
      // It may be the secret itself: it is not repeated.
      what: "gitops.sso.clientSecret does not name a key of a Secret",
      instead:
        'use "$<Secret>:<key>", e.g. "$argocd-sso:clientSecret"; the secret itself would lie in the state',
    });
  }
  return faults;
}
