import { argoCdValues, oidcConfig, type Sso, ssoFaults } from "@groundplan/modules/gitops";
import { parse } from "yaml";

const sso: Sso = {
  name: "Okta",
  issuer: "https://example.okta.com",
  clientId: "0oa1",
  clientSecret: "$argocd-sso:clientSecret",
};

test("Argo CD asks the issuer for the groups, with the secret's place", () => {
  expect(ssoFaults(sso)).toEqual([]);
  expect(parse(oidcConfig(sso))).toEqual({
    name: "Okta",
    issuer: "https://example.okta.com",
    clientID: "0oa1",
    clientSecret: "$argocd-sso:clientSecret",
    requestedScopes: ["openid", "profile", "email", "groups"],
    requestedIDTokenClaims: { groups: { essential: true } },
  });
});

test("a public client proves itself by PKCE", () => {
  const { clientSecret: _, ...open } = sso;
  expect(parse(oidcConfig(open))).toMatchObject({ enablePKCEAuthentication: true });
  expect(parse(oidcConfig(open))).not.toHaveProperty("clientSecret");
});

test("the values of the chart carry it only where there is an SSO", () => {
  const props = {
    domain: "argocd.dev.example.com",
    highAvailability: false,
    admins: [],
    pagerDutyService: "x",
  };
  expect(argoCdValues({ ...props, sso }).configs.cm["oidc.config"]).toBe(oidcConfig(sso));
  expect(argoCdValues(props).configs.cm).not.toHaveProperty(["oidc.config"]);
});

test.each<[string, Partial<Sso>, RegExp]>([
  ["no name", { name: " " }, /name is empty/],
  ["an issuer over http", { issuer: "http://example.okta.com" }, /not an https URL/],
  ["an issuer with a query", { issuer: "https://example.okta.com?a=b" }, /not an https URL/],
  ["no client", { clientId: "" }, /clientId/],
  ["a secret in clear", { clientSecret: "hunter2-hunter2" }, /does not name a key of a Secret/],
])("planted fault: %s", (_, change, message) => {
  const [fault, ...more] = ssoFaults({ ...sso, ...change });
  expect(fault?.what).toMatch(message);
  expect(more).toEqual([]);
  expect(JSON.stringify(fault)).not.toContain("hunter2");
});
