import { withoutUser } from "../../../cli/git/access";
import { isSameRepository } from "../../../cli/git/address";

const HTTPS = "https://github.com/owner/name";

test.each([
  ["https://github.com/owner/name.git"],
  ["https://x-access-token:secret@github.com/owner/name/"],
  ["ssh://git@GitHub.com:22/owner/name.git"],
  ["git@github.com:owner/name.git"],
  ["github.com:owner/name"],
])("%s is the same repository", (url) => {
  expect(isSameRepository(url, HTTPS)).toBe(true);
});

test.each([
  ["https://github.com/owner/other"],
  ["https://evil.example/github.com/owner/name"],
  ["/owner/name"],
  [""],
])("%s is another", (url) => {
  expect(isSameRepository(url, HTTPS)).toBe(false);
});

test("an address is shown without who logs in", () => {
  expect(withoutUser("https://user:secret@example.com/r.git")).toBe("https://example.com/r.git");
  expect(withoutUser("git@github.com:owner/name.git")).toBe("git@github.com:owner/name.git");
});
