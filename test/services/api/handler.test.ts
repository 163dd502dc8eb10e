import { handler } from "../../../services/api/src/index";

const ask = (rawPath: string, method = "GET") => handler({ rawPath, requestContext: { http: { method } } });

afterEach(() => {
  delete process.env.ARTIFACT_SHA256;
  delete process.env.ARTIFACT_COMMIT;
});

test("health", async () => {
  expect(await ask("/health")).toMatchObject({
    statusCode: 200,
    headers: { "content-type": "application/json", "cache-control": "no-store" },
    body: '{"status":"ok"}',
  });
});

test("the version is that of the artifact that Terraform pinned", async () => {
  process.env.ARTIFACT_SHA256 = "abc";
  process.env.ARTIFACT_COMMIT = "1234567";
  expect(JSON.parse((await ask("/version")).body)).toEqual({
    sha256: "abc",
    commit: "1234567",
    version: "unknown",
  });
  delete process.env.ARTIFACT_SHA256;
  expect(JSON.parse((await ask("/version")).body).sha256).toBe("unknown");
});

test("a range, which browsers may keep", async () => {
  const { statusCode, headers, body } = await ask("/ranges/10.0.0.0/24");
  expect(statusCode).toBe(200);
  expect(headers["cache-control"]).toBe("public, max-age=86400");
  expect(JSON.parse(body)).toMatchObject({ last: "10.0.0.255", usableInSubnet: 251 });
});

test("HEAD gets what GET would, without the body", async () => {
  const [head, get] = [await ask("/ranges/10.0.0.0/24", "HEAD"), await ask("/ranges/10.0.0.0/24")];
  expect(head).toEqual({ ...get, body: "" });
  expect(get.body).not.toBe("");
});

test("a method that is not answered is told which are", async () => {
  expect((await ask("/health", "POST")).headers.allow).toBe("GET, HEAD");
});

test.each([
  ["/ranges/10.0.0/24", "GET", 400],
  ["/ranges/%E0%A4/24", "GET", 400],
  ["/nothing", "GET", 404],
  ["/health/", "GET", 404],
  ["/health", "POST", 405],
])("%s by %s is answered with %d and a reason", async (path, method, status) => {
  const { statusCode, body } = await ask(path, method);
  expect(statusCode).toBe(status);
  expect(JSON.parse(body).message).toMatch(/use|encoded/);
});

test("a fault of our own is thrown on, so that it is counted", async () => {
  const said = jest.spyOn(console, "error").mockImplementation(() => undefined);
  // An event that no HTTP API sends.
  await expect(handler({ rawPath: "/health" } as never)).rejects.toThrow(TypeError);
  expect(said).toHaveBeenCalledTimes(1);
  said.mockRestore();
});
