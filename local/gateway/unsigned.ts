import { errorResponse } from "./errors";
import { isForm, jsonResponse, type RequestHead, type Target, type WholeResponse } from "./exchange";

/** A kind of request that AWS takes without a signature. */
interface UnsignedRow {
  /** Name that the service signs with elsewhere; undefined where there is no such name. */
  readonly service: string | undefined;
  readonly target?: Target;
  readonly why: string;
  takes(head: RequestHead, path: string): boolean;
}

/** Calls of STS that bring a token of somebody else's instead of a signature. */
const OF_STS = new Set(["AssumeRoleWithWebIdentity", "AssumeRoleWithSAML"]);

/** @see https://docs.aws.amazon.com/cognito/latest/developerguide/authentication-flows-public-server-side.html */
const OF_POOLS = new Set(
  [
    ["AssociateSoftwareToken", "ChangePassword", "CompleteWebAuthnRegistration", "ConfirmDevice"],
    ["ConfirmForgotPassword", "ConfirmSignUp", "DeleteUser", "DeleteUserAttributes"],
    ["DeleteWebAuthnCredential", "ForgetDevice", "ForgotPassword", "GetDevice", "GetTokensFromRefreshToken"],
    ["GetUser", "GetUserAttributeVerificationCode", "GetUserAuthFactors", "GlobalSignOut", "InitiateAuth"],
    ["ListDevices", "ListWebAuthnCredentials", "ResendConfirmationCode", "RespondToAuthChallenge"],
    ["RevokeToken", "SetUserMFAPreference", "SetUserSettings", "SignUp", "StartWebAuthnRegistration"],
    ["UpdateDeviceStatus", "UpdateUserAttributes", "VerifySoftwareToken", "VerifyUserAttribute"],
  ].flat(),
);

/** @see https://docs.aws.amazon.com/cognito/latest/developerguide/resource-permissions.html */
const OF_IDENTITIES = new Set(["GetCredentialsForIdentity", "GetId", "GetOpenIdToken", "UnlinkIdentity"]);

/** What AWS takes without a signature, of what is emulated here; the first row that takes a request counts. */
const UNSIGNED: readonly UnsignedRow[] = [
  {
    service: "cognito-idp",
    why: "who signs in has no credentials yet",
    takes: (head) => isCallOf(head, "AWSCognitoIdentityProviderService", OF_POOLS),
  },
  {
    service: "cognito-identity",
    why: "who gets credentials has none yet",
    takes: (head) => isCallOf(head, "AWSCognitoIdentityService", OF_IDENTITIES),
  },
  {
    service: "cognito-idp",
    why: "OIDC discovery: whoever gets a token checks it",
    takes: ({ method }, path) =>
      method === "GET" && /^\/[\w-]+\/\.well-known\/(?:jwks\.json|openid-configuration)$/.test(path),
  },
  {
    service: "sts",
    target: "sts",
    why: "a token instead of a signature; the action is checked when the body is read",
    takes: (head, path) =>
      path === "/" && ((head.method === "POST" && isForm(head)) || OF_STS.has(actionOf(head.url))),
  },
  {
    service: undefined,
    target: "registry",
    why: "Docker's clients have a password or a token of GetAuthorizationToken",
    takes: ({ headers }, path) =>
      isRegistry(path) && /^(?:Basic|Bearer) ./i.test(headers.authorization ?? ""),
  },
  {
    service: undefined,
    target: "api",
    why: "an API is called by anybody, and its authorizer decides",
    takes: (_, path) =>
      /^\/(?:_aws\/(?:execute-api|lambda-url)|restapis\/[^/]+\/[^/]+\/_user_request_)\//.test(path),
  },
  {
    service: undefined,
    target: "code",
    why: "the address of a function's code is all that is needed, as AWS's presigned one is",
    takes: ({ method }, path) => method === "GET" && /^\/_ministack\/lambda-(?:code|layers)\//.test(path),
  },
  {
    service: undefined,
    target: "s3",
    why: "a bucket's policy may open it to anybody; forms and older presigned addresses are checked by S3",
    takes: ({ headers }) => headers["x-amz-target"] === undefined,
  },
];

/**
 * Lets in a request that nobody has signed where AWS takes it.
 *
 * @param region - of requests that name none.
 * @returns the request with what it may reach, or AWS's refusal.
 */
export function admitUnsigned(head: RequestHead, region: string): RequestHead | WholeResponse {
  const [path = "/"] = head.url.split("?", 1);
  const row = UNSIGNED.find((one) => one.takes(head, path));
  if (row?.target === "s3" && isRegistry(path)) return registryRefusal();
  if (!row) return missingToken(head);
  const scope = row.service === undefined ? undefined : { accessKey: "", region, service: row.service };
  return { ...head, scope, ...(row.target ? { target: row.target } : {}) };
}

/** Refuses a call of STS whose action, which stands in the body, is to be signed. */
export function refuseUnsignedAction(head: RequestHead): WholeResponse | undefined {
  if (head.target !== "sts" || OF_STS.has(head.operation) || OF_STS.has(actionOf(head.url))) return undefined;
  return missingToken(head);
}

/** @see https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html */
function missingToken(head: RequestHead): WholeResponse {
  const isJson = head.headers["x-amz-target"] !== undefined;
  return errorResponse(head, {
    status: 403,
    code: isJson ? "MissingAuthenticationTokenException" : "MissingAuthenticationToken",
    message: isJson ? "Missing Authentication Token" : "Request is missing Authentication Token",
  });
}

/** @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/registry_auth.html */
function registryRefusal(): WholeResponse {
  return jsonResponse(
    401,
    { errors: [{ code: "UNAUTHORIZED", message: "Not Authorized" }] },
    {
      "content-type": "application/json",
      "docker-distribution-api-version": "registry/2.0",
      "www-authenticate": 'Basic realm="https://ecr.amazonaws.com/",service="ecr.amazonaws.com"',
    },
  );
}

function isCallOf(
  { headers, operation }: RequestHead,
  api: string,
  operations: ReadonlySet<string>,
): boolean {
  return headers["x-amz-target"] === `${api}.${operation}` && operations.has(operation);
}

function isRegistry(path: string): boolean {
  return path === "/v2" || path.startsWith("/v2/");
}

function actionOf(url: string): string {
  const [, query = ""] = url.split("?", 2);
  return new URLSearchParams(query).get("Action") ?? "";
}
