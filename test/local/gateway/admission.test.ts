import type { IncomingHttpHeaders } from "node:http";
import { admit, isRefusal } from "../../../local/gateway/admission";
import type { RequestHead, WholeResponse } from "../../../local/gateway/exchange";
import { operationOf, scopeOf } from "../../../local/gateway/scope";

/** What MiniStack was asked, as `target method host path`. */
let questions: string[];

beforeEach(() => {
  questions = [];
});

/** MiniStack knows one domain, one bucket that lets one page write, and one that lets every page do everything. */
async function question(target: string, method: string, head: RequestHead): Promise<WholeResponse> {
  const { host, origin } = head.headers;
  questions.push(`${target} ${method} ${host} ${head.url}`);
  if (target === "domain")
    return { status: host === "api.example.com:4566" ? 204 : 404, headers: {}, body: "" };
  const allows =
    head.url.startsWith("/open-to-app/") &&
    origin === "https://app.example" &&
    head.headers["access-control-request-method"] === "PUT";
  if (head.url.startsWith("/open-to-all"))
    return { status: 200, headers: { "access-control-allow-origin": "*" }, body: "" };
  const cors = { "access-control-allow-origin": "https://app.example", "content-length": "0" };
  return allows ? { status: 200, headers: cors, body: "" } : { status: 403, headers: {}, body: "" };
}

const SIGNED = (service: string) => ({
  authorization: `AWS4-HMAC-SHA256 Credential=x/20260101/us-east-1/${service}/aws4_request, Signature=0`,
});

const FORM = { "content-type": "application/x-www-form-urlencoded" };

function ask(method: string, url: string, headers: IncomingHttpHeaders = {}) {
  const all = { host: "127.0.0.1:4566", ...headers };
  const head = {
    method,
    url,
    headers: all,
    scope: scopeOf(all, url),
    operation: operationOf(method, all, url),
  };
  return admit(head, "us-east-1", question, () => undefined);
}

/** What a request may reach, or the status and the error of its refusal. */
async function admitted(method: string, url: string, headers?: IncomingHttpHeaders) {
  const result = await ask(method, url, headers);
  if (!isRefusal(result)) return result.target ?? result.scope?.service ?? "itself";
  for (const name of Object.keys(result.headers)) {
    if (name.startsWith("access-control-")) throw new Error(`a refusal with ${name}`);
  }
  const body = String(result.body);
  const [inBody] = /(?<=<Code>)\w+|(?<="__type":")\w+|not for web pages|UNAUTHORIZED/.exec(body) ?? [];
  const code = result.headers["x-amzn-errortype"] ?? inBody;
  return `${result.status} ${code}`;
}

test("a signed request goes on, and costs no question", async () => {
  expect(await admitted("POST", "/", SIGNED("ec2"))).toBe("ec2");
  expect(await admitted("GET", "/?X-Amz-Credential=x%2F20260101%2Fus-east-1%2Fsts%2Faws4_request")).toBe(
    "sts",
  );
  expect(await admitted("POST", "/_groundplan/reset")).toBe("itself");
  expect(questions).toEqual([]);
});

describe("web pages", () => {
  const PATHS = [
    ["POST", "/_groundplan/reset", {}],
    ["GET", "/", {}],
    ["POST", "/", SIGNED("ec2")],
    ["POST", "/2015-03-31/functions", SIGNED("lambda")],
    ["POST", "/", { ...FORM }],
    ["GET", "/bucket/key", SIGNED("s3")],
    ["OPTIONS", "/bucket/key", { "access-control-request-method": "GET" }],
    ["POST", "/", { "x-amz-target": "AmazonSSM.PutParameter" }],
    ["GET", "/_aws/execute-api/b2282598/$default/", {}],
    ["GET", "/v2/", { authorization: "Basic eDp5" }],
    ["GET", "/?X-Amz-Credential=x%2F20260101%2Fus-east-1%2Fec2%2Faws4_request&Action=RunInstances", {}],
  ] as const;

  test.each([
    [{ origin: "https://page.example", "sec-fetch-site": "cross-site" }],
    [{ origin: "https://page.example" }],
    [{ origin: "null" }],
    [{ origin: "chrome-extension://abc", "sec-fetch-site": "none" }],
    [{ origin: "http://127.0.0.1:3000", "sec-fetch-site": "same-site" }],
    [{ "sec-fetch-site": "cross-site" }],
    [{ "sec-fetch-site": "same-site" }],
    [{ origin: "http://127.0.0.1:4566", "sec-fetch-site": "same-origin" }],
  ])("%j is refused, whatever its path", async (page) => {
    for (const [method, url, headers] of PATHS) {
      const wanted = url.startsWith("/_groundplan/") ? "403 not for web pages" : "403 AccessDenied";
      expect(await admitted(method, url, { ...headers, ...page })).toBe(wanted);
    }
  });

  test("planted fault: what a program or an address bar sends is no page", async () => {
    expect(await admitted("POST", "/", { ...SIGNED("ec2"), "sec-fetch-mode": "cors" })).toBe("ec2");
    expect(await admitted("GET", "/bucket/key", { "sec-fetch-site": "none" })).toBe("s3");
  });

  test("a page of a public bucket loads what stands beside it, and no more", async () => {
    const page = { "sec-fetch-site": "same-origin" };
    expect(await admitted("GET", "/bucket/picture.png", page)).toBe("anybody");
    for (const query of ["AWSAccessKeyId=x&Signature=y&Expires=1", "x-amz-credential=x&x-amz-signature=y"]) {
      expect(await ask("GET", `/bucket/picture.png?${query}`, page)).toMatchObject({
        target: "anybody",
        url: "/bucket/picture.png",
      });
    }
    expect(await admitted("GET", "/bucket?policy", page)).toBe("403 AccessDenied");
    expect(await admitted("GET", "/_aws/execute-api/b2282598/", page)).toBe("403 AccessDenied");
    expect(await admitted("GET", "/v2/", page)).toBe("403 AccessDenied");
    expect(await admitted("DELETE", "/bucket/picture.png", page)).toBe("403 AccessDenied");
    expect(await admitted("GET", "/bucket/picture.png", { ...page, ...SIGNED("s3") })).toBe(
      "403 AccessDenied",
    );
  });

  test("a bucket is open to the pages of its CORS configuration, and for the method that it names", async () => {
    const page = { origin: "https://app.example", "sec-fetch-site": "cross-site" };
    const put = await ask("PUT", "/open-to-app/key", { ...page, ...SIGNED("s3") });
    expect(put).toMatchObject({
      target: "anybody",
      scope: undefined,
      cors: { "access-control-allow-origin": "https://app.example" },
    });
    expect(Object.keys((put as RequestHead).cors ?? {})).toEqual(["access-control-allow-origin"]);
    const preflight = { ...page, "access-control-request-method": "PUT" };
    expect(await ask("OPTIONS", "/open-to-app/key", preflight)).toMatchObject({ status: 200 });
    expect(await admitted("DELETE", "/open-to-app/key", page)).toBe("403 AccessDenied");
    expect(await admitted("PUT", "/other/key", page)).toBe("403 AccessDenied");
    expect(await admitted("PUT", "/open-to-app/key", { ...page, ...SIGNED("lambda") })).toBe(
      "403 AccessDenied",
    );
    expect(await admitted("PUT", "/open-to-app/key", { ...page, origin: "null" })).toBe("403 AccessDenied");
  });

  describe("a bucket that is open to every page", () => {
    const page = { origin: "https://evil.example", "sec-fetch-site": "cross-site" };
    const SIGNATURES = [
      ["/open-to-all/key", SIGNED("s3")],
      ["/open-to-all/key", { authorization: "AWS x:y", "x-amz-security-token": "x" }],
      [
        "/open-to-all/key?X-Amz-Credential=x%2F20260101%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Signature=0",
        {},
      ],
      ["/open-to-all/key?x-amz-credential=x&x%2Damz%2dsignature=0&x-amz-acl=public-read", {}],
      ["/open-to-all/key?AWSAccessKeyId=x&Signature=y&Expires=1", {}],
    ] as const;

    test.each(SIGNATURES)("a signature that proves nothing is none: %s %j", async (url, headers) => {
      for (const method of ["GET", "HEAD", "PUT", "POST", "DELETE"]) {
        const admittedAs = (await ask(method, url, { ...page, ...headers })) as RequestHead;
        expect(admittedAs).toMatchObject({ target: "anybody", scope: undefined, url: "/open-to-all/key" });
        expect(Object.keys(admittedAs.headers).sort()).toEqual(["host", "origin", "sec-fetch-site"]);
      }
    });

    test("lists, versions and parts are what a page may ask for", async () => {
      const queries = ["list-type=2&prefix=a%26b", "uploads", "partNumber=1&uploadId=x", "versionId=1"];
      for (const query of queries) {
        const url = `/open-to-all/?${query}`;
        expect(await ask("GET", url, page)).toMatchObject({ target: "anybody", url });
      }
    });

    test.each([
      "policy",
      "cors",
      "acl",
      "lifecycle",
      "tagging=",
      "%70olicy",
      "a=b&notification",
      "delete",
      "Policy",
    ])("planted fault: ?%s is a configuration, and refused", async (query) => {
      for (const method of ["GET", "PUT", "DELETE"]) {
        const url = `/open-to-all?${query}`;
        expect(await admitted(method, url, { ...page, ...SIGNED("s3") })).toBe("403 AccessDenied");
      }
    });

    test("an object is copied from a bucket that is open to the page too", async () => {
      const copy = (source: string) =>
        admitted("PUT", "/open-to-all/x", { ...page, "x-amz-copy-source": source });
      expect(await copy("/open-to-all/key")).toBe("anybody");
      expect(await copy("open-to-all-2/key?versionId=1")).toBe("anybody");
      for (const source of [
        "/private-state/tf.tfstate",
        "private-state/tf.tfstate",
        "%2Fprivate-state%2Ftf.tfstate",
        "//private-state/open-to-all",
        "arn:aws:s3:us-east-1:123456789012:accesspoint/x/object/y",
        "%",
        "",
      ]) {
        expect([source, await copy(source)]).toEqual([source, "403 AccessDenied"]);
      }
      const inAddress = "/open-to-all/x?X-Amz-Copy-Source=/private-state/tf.tfstate";
      expect(await admitted("PUT", inAddress, page)).toBe("403 AccessDenied");
    });
  });

  test("an API is open to them, as on AWS, and nothing else is at its address", async () => {
    const page = { host: "b2282598.execute-api.localhost:4566", origin: "https://page.example" };
    expect(await admitted("GET", "/", page)).toBe("api");
    expect(await ask("POST", "/_groundplan/reset", { ...page, ...SIGNED("ec2") })).toMatchObject({
      target: "api",
      scope: undefined,
    });
    expect(await ask("GET", "/", { ...page, ...SIGNED("execute-api") })).toMatchObject({
      target: "api",
      scope: { service: "execute-api" },
    });
  });
});

describe("hosts", () => {
  test("a name that leads here by DNS is refused, signed or not; the domain of an API is not", async () => {
    for (const headers of [{}, SIGNED("lambda")]) {
      expect(await admitted("GET", "/_groundplan/status", { host: "evil.example", ...headers })).toMatch(
        /^403/,
      );
    }
    expect(await admitted("POST", "/", { host: "api.example.com:4566", ...SIGNED("ec2") })).toBe("api");
    expect(questions).toEqual([
      "domain GET evil.example /",
      "domain GET evil.example /",
      "domain GET api.example.com:4566 /",
    ]);
  });
});

describe("without a signature", () => {
  test.each([
    ["GET", "/bucket/key", {}, "s3"],
    ["GET", "/bucket/key?AWSAccessKeyId=x&Signature=y&Expires=1", {}, "s3"],
    ["POST", "/bucket", { "content-type": "multipart/form-data; boundary=x" }, "s3"],
    ["POST", "/", FORM, "sts"],
    ["GET", "/?Action=AssumeRoleWithWebIdentity&Version=2011-06-15", {}, "sts"],
    ["POST", "/", { "x-amz-target": "AWSCognitoIdentityProviderService.InitiateAuth" }, "cognito-idp"],
    ["POST", "/", { "x-amz-target": "AWSCognitoIdentityService.GetId" }, "cognito-identity"],
    ["GET", "/us-east-1_abc/.well-known/jwks.json", {}, "cognito-idp"],
    ["GET", "/v2/app/manifests/latest", { authorization: "Basic QVdTOng=" }, "registry"],
    ["GET", "/v2/", { authorization: "Bearer x" }, "registry"],
    ["POST", "/_aws/execute-api/b2282598/$default/x", {}, "api"],
    ["GET", "/_ministack/lambda-code/123456789012/us-east-1/f", {}, "code"],
  ])("%s %s %j goes to %s", async (method, url, headers, target) => {
    expect(await admitted(method, url, headers)).toBe(target);
  });

  test.each([
    ["POST", "/", { "x-amz-target": "AmazonSSM.GetParameter" }, "403 MissingAuthenticationTokenException"],
    [
      "POST",
      "/",
      { "x-amz-target": "AWSCognitoIdentityProviderService.AdminCreateUser" },
      "403 MissingAuthenticationTokenException",
    ],
    ["GET", "/v2/", {}, "401 UNAUTHORIZED"],
    ["GET", "/v2/", { authorization: "Negotiate x" }, "401 UNAUTHORIZED"],
    // S3 refuses these: there is no such bucket.
    ["POST", "/_ministack/reset", {}, "s3"],
    ["POST", "/2015-03-31/functions", {}, "s3"],
    ["GET", "/latest/meta-data/", {}, "s3"],
  ])("planted fault: %s %s %j gets no further: %s", async (method, url, headers, answer) => {
    expect(await admitted(method, url, headers)).toBe(answer);
  });
});
