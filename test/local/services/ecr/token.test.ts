import { LIFETIME, makeToken, placeOfToken } from "../../../../local/services/ecr/token";

const PLACE = { account: "123456789012", region: "us-east-1" };
const NOW = 1_800_000_000;

const basic = (user: string, password: string) =>
  `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;

test("a token lets in for the place that it was made for, for 12 hours", () => {
  const header = basic("AWS", makeToken("key", PLACE, NOW));
  expect(placeOfToken("key", header, NOW)).toEqual(PLACE);
  expect(placeOfToken("key", header, NOW + LIFETIME - 1)).toEqual(PLACE);
  expect(placeOfToken("key", header, NOW + LIFETIME)).toBeUndefined();
});

test("planted fault: a token of another registry, one that was changed, and another user are refused", () => {
  const token = makeToken("key", PLACE, NOW);
  const [, signature] = token.split(".");
  const other = Buffer.from(JSON.stringify({ ...PLACE, account: "2", until: NOW * 2 })).toString("base64url");
  for (const header of [
    basic("AWS", makeToken("other", PLACE, NOW)),
    basic("AWS", `${other}.${signature}`),
    basic("AWS", ""),
    basic("AWS", "123456789012-auth-token"),
    basic("me", token),
    `Bearer ${token}`,
    "Basic",
    undefined,
  ]) {
    expect(placeOfToken("key", header, NOW)).toBeUndefined();
  }
});
