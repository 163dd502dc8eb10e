import { randomUUID } from "node:crypto";
import { EksError } from "./error";
import { given, objectOf, textOf } from "./input";
import { type Asked, about, activeClusterOf, arnOf, clusterOf, type Operation, page } from "./operation";
import { beginUpdate, isUnderWay } from "./progress";
import { type Changing, held } from "./state";
import { tagsOf } from "./tags";

const SETTINGS = ["usernameClaim", "usernamePrefix", "groupsClaim", "groupsPrefix", "requiredClaims"];

/** @see https://docs.aws.amazon.com/eks/latest/APIReference/API_AssociateIdentityProviderConfig.html */
export const identityProviders: Readonly<Record<string, Operation>> = {
  "POST /clusters/{name}/identity-provider-configs/associate": (asked) => {
    const record = activeClusterOf(asked);
    const { cluster } = record;
    const oidc = objectOf(asked.input, "oidc") ?? {};
    const name = textOf(oidc, "identityProviderConfigName");
    if (Object.keys(record.identityProviders).length > 0) {
      throw new EksError(
        "ResourceInUseException",
        "A cluster has one identity provider config at the most",
        about(cluster),
      );
    }
    const tags = tagsOf(asked.input);
    record.identityProviders[name] = {
      identityProviderConfigName: name,
      identityProviderConfigArn: arnOf(
        asked.place,
        `identityproviderconfig/${cluster.name}/oidc/${name}/${randomUUID()}`,
      ),
      clusterName: cluster.name,
      issuerUrl: textOf(oidc, "issuerUrl", /^https:\/\/.+/),
      clientId: textOf(oidc, "clientId"),
      ...given(oidc, SETTINGS),
      tags,
      status: "CREATING",
    };
    const params = { IdentityProviderConfig: [{ type: "oidc", name }] };
    return { update: beginUpdate(record, `oidc/${name}`, "AssociateIdentityProviderConfig", params), tags };
  },

  "POST /clusters/{name}/identity-provider-configs/describe": (asked) => {
    const [record, provider, name] = existing(asked);
    if (isUnderWay(record, `oidc/${name}`)) return { identityProviderConfig: { oidc: provider } };
    if (provider.status === "DELETING") {
      delete record.identityProviders[name];
      throw missing(asked, name);
    }
    provider.status = "ACTIVE";
    return { identityProviderConfig: { oidc: provider } };
  },

  "POST /clusters/{name}/identity-provider-configs/disassociate": (asked) => {
    const [record, provider, name] = existing(asked);
    provider.status = "DELETING";
    const params = { IdentityProviderConfig: [{ type: "oidc", name }] };
    return { update: beginUpdate(record, `oidc/${name}`, "DisassociateIdentityProviderConfig", params) };
  },

  "GET /clusters/{name}/identity-provider-configs": (asked) => {
    const names = Object.keys(clusterOf(asked).identityProviders);
    const { items, ...next } = page(names, asked.query);
    return { identityProviderConfigs: items.map((name) => ({ type: "oidc", name })), ...next };
  },
};

function existing(asked: Asked): [ReturnType<typeof clusterOf>, Changing, string] {
  const record = clusterOf(asked);
  const name = textOf(objectOf(asked.input, "identityProviderConfig") ?? {}, "name");
  const provider = held(record.identityProviders, name);
  if (provider) return [record, provider, name];
  throw missing(asked, name);
}

function missing({ path }: Asked, name: string): EksError {
  return new EksError("ResourceNotFoundException", `Identity provider config ${name} is not associated`, {
    clusterName: path.name ?? "",
  });
}
