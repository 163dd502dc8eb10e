import type { WholeRequest } from "../../../local/gateway/exchange";
import { onlyReads, repeatReads } from "../../../local/gateway/repeat";

function requestOf(operation: string, method = "POST"): WholeRequest {
  return { method, url: "/", headers: {}, scope: undefined, operation, body: Buffer.alloc(0) };
}

const broken = () => Object.assign(new Error("socket hang up"), { code: "ECONNRESET" });

/** Fails so often, then succeeds; counts. */
function failing(times: number, error: () => Error) {
  const attempts = { count: 0 };
  const send = async () => {
    attempts.count += 1;
    if (attempts.count <= times) throw error();
    return "answer";
  };
  return { attempts, send };
}

test("what only reads is sent again when the connection broke", async () => {
  const { attempts, send } = failing(2, broken);
  await expect(repeatReads(requestOf("DescribeVpcs"), send)).resolves.toBe("answer");
  expect(attempts.count).toBe(3);
});

test("but not for ever", async () => {
  const { attempts, send } = failing(9, broken);
  await expect(repeatReads(requestOf("DescribeVpcs"), send)).rejects.toThrow("socket hang up");
  expect(attempts.count).toBe(3);
});

test("planted fault: a write whose connection broke is not sent again, as it may have been carried out", async () => {
  const { attempts, send } = failing(1, broken);
  await expect(repeatReads(requestOf("PutItem"), send)).rejects.toThrow("socket hang up");
  expect(attempts.count).toBe(1);
});

test("planted fault: another error is not a broken connection", async () => {
  const { attempts, send } = failing(1, () => new TypeError("wrong"));
  await expect(repeatReads(requestOf("DescribeVpcs"), send)).rejects.toThrow("wrong");
  expect(attempts.count).toBe(1);
});

test.each([
  ["GetItem", true],
  ["ListBuckets", true],
  ["Getaway", false],
  ["GetAuthorizationToken", true],
  ["CreateVpc", false],
  ["POST /", false],
])("%s only reads: %s", (operation, reads) => {
  expect(onlyReads({ method: "POST", operation })).toBe(reads);
});
